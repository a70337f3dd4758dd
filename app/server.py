"""The HTTP server: one process, uvicorn on uvloop, and a stop that loses nothing."""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from types import FrameType

import structlog
import uvicorn
import uvloop

from app.admission import Admission
from app.factory import create_app
from app.protocol import BoundedProtocol
from app.settings import Settings
from app.state import AppState

_log = structlog.get_logger(__name__)


class DrainingServer(uvicorn.Server):
    """On the first SIGTERM or SIGINT it goes on listening, answers 503 to what is new, finishes what is in flight (for
    at most ``grace_s``), and only then closes. A second signal ends it at once."""

    def __init__(self, config: uvicorn.Config, admission: Admission, grace_s: float) -> None:
        super().__init__(config)
        self._admission = admission
        self._grace_s = grace_s
        self._deadline = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's own signature
        """In a signal handler: only sets what :meth:`on_tick` looks at."""
        if not self.started or self._admission.draining:
            self.should_exit = True
            self.force_exit = self._admission.draining
        self._deadline = time.monotonic() + self._grace_s
        self._admission.drain()

    async def on_tick(self, counter: int) -> bool:
        if self._admission.draining and (self._admission.in_flight == 0 or time.monotonic() > self._deadline):
            self.should_exit = True
        return await super().on_tick(counter)


def bind(settings: Settings) -> socket.socket:
    """Before anything slow, so that a port in use is said at once. Raises OSError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
    except BaseException:
        listener.close()
        raise
    return listener


async def serve(settings: Settings, listener: socket.socket) -> None:
    """Until it is told to stop."""
    _allow_descriptors()
    app = create_app(settings)
    state: AppState = app.state.shared
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=max(1, round(settings.stop_grace_s)),
    )
    host, port = listener.getsockname()[:2]
    _log.info("starting", address=f"http://{f'[{host}]' if ':' in host else host}:{port}", paths=settings.paths)
    server = DrainingServer(config, state.admission, settings.stop_grace_s)
    try:
        await server.serve([listener])
    finally:  # a second signal skips the lifespan's own, and waits for nothing
        await state.backends.stop(0.0 if server.force_exit else settings.stop_grace_s)
    _log.info("stopped")


def run(settings: Settings, listener: socket.socket) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(serve(settings, listener))


def _allow_descriptors() -> None:
    """A request holds one descriptor per part: take as many as the host allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
