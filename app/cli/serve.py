"""``renderserver serve``: the HTTP server."""

from __future__ import annotations

from app import logging, server
from app.cli.flags import fail, settings_or_exit, with_settings
from app.cli.refusal import refuse_foot_guns


@with_settings
def serve(**flags: str | bool | None) -> None:
    """Serve HTTP until SIGTERM or SIGINT; requests in flight are finished first.

    Exit status: 0 stopped as told, 1 the address cannot be listened on, or a foot-gun is in force that is not waived,
    2 the settings cannot be used.
    """
    settings = settings_or_exit(flags)
    refuse_foot_guns(settings)
    logging.configure(settings)
    try:
        listener = server.bind(settings)
    except OSError as error:
        fail(f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}.", status=1)
    server.run(settings, listener)
