"""Structured logs on standard error: JSON for machines, columns for a terminal."""

from __future__ import annotations

import logging
import sys

import structlog

from app.settings import LogFormat, Settings

# Chatter of the server library that our own lines already say.
_QUIET = ("uvicorn.access", "uvicorn.error", "asyncio", "multipart", "python_multipart")


def configure(settings: Settings) -> None:
    """Once, at the start of the process."""
    set_up(settings.log_level, settings.log_format)


def silence() -> None:
    """For a command that says itself what went wrong."""
    set_up("critical", LogFormat.AUTO)


def set_up(level_name: str, log_format: LogFormat) -> None:
    level = logging.getLevelNamesMapping()[level_name.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_renderers(log_format),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING, stream=sys.stderr)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def _renderers(wanted: LogFormat) -> list[structlog.typing.Processor]:
    if wanted is LogFormat.CONSOLE or (wanted is LogFormat.AUTO and sys.stderr.isatty()):
        return [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    # Without the values of local variables: they would put documents into the log.
    tracebacks = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    )
    return [tracebacks, structlog.processors.JSONRenderer()]
