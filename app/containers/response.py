"""Several outputs on their way to a client, each as soon as it is made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, aclosing, suppress
from typing import Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.containers.archive import ZipWriter
from app.containers.kinds import Container
from app.containers.mixed import MixedWriter
from app.containers.outputs import Outputs, PlacedOutput
from app.presence import present
from app.problems import ProblemError


class Writer(Protocol):
    """How outputs are written one behind the other. ``media_type``: of the whole."""

    media_type: str

    def add(self, output: PlacedOutput, request_id: str | None) -> AsyncGenerator[bytes]: ...
    def end(self) -> AsyncGenerator[bytes]: ...


def writer_of(container: Container) -> Writer:
    return ZipWriter() if container is Container.ZIP else MixedWriter()


class StreamedResponse(Response):
    """``held``: what the request holds until its last byte is sent; it is left by this response. The client has to be
    there all the while. Where the stream cannot be completed the connection is closed without its end."""

    def __init__(
        self, request: Request, outputs: Outputs, writer: Writer, held: AsyncExitStack, headers: Mapping[str, str]
    ) -> None:
        self.status_code = 200
        self.background = None
        self.media_type = writer.media_type
        self._request, self._outputs, self._writer, self._held = request, outputs, writer, held
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        with suppress(ProblemError):  # which was recorded, and can be answered no more
            async with self._held:
                async with present(self._request):
                    await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                    await self._send_outputs(send)
                await send({"type": "http.response.body", "body": b""})

    async def _send_outputs(self, send: Send) -> None:
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        async for output in self._outputs:
            with output:
                await _pass_on(self._writer.add(output, request_id), send)
            await asyncio.sleep(0)  # others have their turn, though all of this were waiting
        await _pass_on(self._writer.end(), send)


async def _pass_on(pieces: AsyncGenerator[bytes], send: Send) -> None:
    async with aclosing(pieces):
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
