"""The one place where an error becomes an answer, whether it is ours or the framework's."""

from __future__ import annotations

import errno
from typing import cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import MEDIA_TYPE, ProblemError, option_invalid, retry_after

_log = structlog.get_logger(__name__)


def respond(error: ProblemError) -> Response:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    body = error.problem(request_id).model_dump(exclude_none=True)
    return JSONResponse(body, error.kind.status, dict(error.headers), MEDIA_TYPE)


# --- errors that are not ours ---------------------------------------------------------------------------------------


def install(app: FastAPI) -> None:
    """Give every error of the framework the same shape."""
    app.add_exception_handler(ProblemError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OSError, _system)
    app.add_middleware(LastResort)


async def _ours(_request: Request, error: Exception) -> Response:
    return respond(cast("ProblemError", error))


async def _invalid(_request: Request, error: Exception) -> Response:
    return respond(option_invalid(cast("RequestValidationError", error).errors()))


_HTTP_CODES = {404: "not-found", 405: "method-not-allowed"}


async def _http(request: Request, error: Exception) -> Response:
    http = cast("HTTPException", error)
    headers = http.headers or {}
    if http.status_code in _HTTP_CODES:
        detail = f"{request.method} {request.url.path[:200]} is not one of this server's calls; /docs lists them."
        return respond(ProblemError(_HTTP_CODES[http.status_code], detail, headers))
    return respond(ProblemError("request-invalid", str(http.detail), headers))


_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC)


async def _system(request: Request, error: Exception) -> Response:
    """Out of descriptors or memory is overload; anything else is our bug."""
    number = cast("OSError", error).errno
    if number in _EXHAUSTED:
        _log.warning("out-of-resources", errno=errno.errorcode[number])
        detail = "The server is out of file descriptors or memory for the moment. Send the request again later."
        return respond(ProblemError("overloaded", detail, retry_after(2)))
    return await _unexpected(request, error)


class LastResort:
    """Answers what nothing else caught. The framework's own place for it is outside of all middleware, where the
    request's id is not known any more."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            response = await _unexpected(Request(scope), error)
            await response(scope, receive, send)


async def _unexpected(_request: Request, error: Exception) -> Response:
    _log.error("unexpected", error=type(error).__name__, exc_info=error)
    detail = "This is a bug in the server, not in the request. Its log has the details under this request id."
    return respond(ProblemError("internal", detail))
