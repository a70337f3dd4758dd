"""uvicorn's HTTP/1.1 protocol with bounds on what comes before a request is one.

Its parser collects a header until it ends, however long that takes and however long it gets, and answers what is no
HTTP as plain text. Here a header (and what follows a chunked body) has a bound in bytes and in time, and every answer
is a problem.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.problems import MEDIA_TYPE, ProblemError

MAX_HEADER_BYTES: Final = 64 * 1024
HEADER_TIMEOUT_S: Final = 20.0


class BoundedProtocol(HttpToolsProtocol):
    """``_unread``: bytes since the last that was a body's, or since the request began; ``_between``: no request is on
    its way in."""

    _unread = 0
    _between = True
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_header()

    def connection_lost(self, exc: Exception | None) -> None:
        self._header_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._timer is None and self._between:
            self._await_header()  # the next request on this connection
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MAX_HEADER_BYTES and not self.transport.is_closing():
            detail = f"The request's header has more than {MAX_HEADER_BYTES} bytes. Send fewer or shorter fields."
            self._refuse(ProblemError("header-too-large", detail))

    def on_headers_complete(self) -> None:
        self._header_is_there()
        self._between = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        self._between = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own signature
        detail = "What arrived is not an HTTP/1.1 request: its request line, header or chunks are malformed."
        self._refuse(ProblemError("request-invalid", detail))

    def _await_header(self) -> None:
        self._timer = self.loop.call_later(HEADER_TIMEOUT_S, self._late)

    def _header_is_there(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        if self._is_answering():
            self._await_header()  # it came early, and the answer before it comes first
        elif not self.transport.is_closing():
            detail = f"The request's header was not complete after {HEADER_TIMEOUT_S:g} s."
            self._refuse(ProblemError("header-timeout", detail))

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _refuse(self, error: ProblemError) -> None:
        """Close; with an answer where none is under way on this connection."""
        if not (self._is_answering() and self.cycle.response_started):
            body = error.problem().model_dump_json(exclude_none=True).encode()
            status = HTTPStatus(error.kind.status)
            head = (
                f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
                f"content-length: {len(body)}\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + body)
        self.transport.close()
