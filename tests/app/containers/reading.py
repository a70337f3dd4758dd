"""Answers in containers, read by the standard library's own readers of mail and of ZIPs, and a client that reads while
they are written."""

from __future__ import annotations

import asyncio
import email
import io
import json
import zipfile
from collections.abc import Callable
from email.message import Message
from typing import Any, Self

from fastapi import FastAPI

from tests.app.fakes import JSON


def parts_of(content_type: str, body: bytes) -> list[Message]:
    """Every part of a multipart body. Fails where it is not complete."""
    whole = email.message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    assert whole.get_content_type() == "multipart/mixed"
    assert not whole.defects
    parts: Any = whole.get_payload()
    assert isinstance(parts, list)
    assert all(isinstance(part, Message) and not part.defects for part in parts)
    return parts


def content_of(part: Message) -> bytes:
    """Has the length that it says."""
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert len(content) == int(part["Content-Length"])
    return content


def problem_of(part: Message, code: str) -> dict[str, Any]:
    assert part.get_content_type() == "application/problem+json"
    said: dict[str, Any] = json.loads(content_of(part))
    assert said["code"] == code
    assert said["index"] == int(part["Render-Index"])
    assert said["type"].startswith("/docs#")
    return said


def files_of(body: bytes) -> dict[str, bytes]:
    """Every file of a ZIP, in order, its checksum compared."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name) for name in archive.namelist()}


def outputs_of(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """What the last file lists."""
    assert list(files)[-1] == "renders.json"
    listed: list[dict[str, Any]] = json.loads(files["renders.json"])["outputs"]
    assert [each["file"] for each in listed if each["file"]] == list(files)[:-1]
    assert [each["index"] for each in listed] == list(range(len(listed)))
    return listed


class Reader:
    """A client that is called for each piece of an answer, and can leave: what the transport in memory cannot, which
    collects it. A context manager, which waits for the end of the call. ``ended``: it has returned, or raised."""

    def __init__(
        self, app: FastAPI, query: str = "", body: bytes = b"{}", headers: dict[str, str] | None = None
    ) -> None:
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.body = b""
        self.is_complete = False
        self.on_piece: Callable[[], None] = lambda: None
        self.stalled = asyncio.Event()
        self.stalled.set()
        self._app, self._query, self._content = app, query, body
        self._sent_headers = JSON if headers is None else headers
        self._read = False
        self._left = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.call = asyncio.create_task(self._call())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stalled.set()
        if not self.call.done():
            self.leave()
            await asyncio.wait([self.call], timeout=5)
            self.call.cancel()  # a server that does not notice
        await asyncio.gather(self.call, return_exceptions=True)

    def leave(self) -> None:
        self._left.set()

    async def end(self) -> None:
        await asyncio.wait([self.call], timeout=10)
        assert self.call.done()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                assert not self.call.done() or condition()
                await asyncio.sleep(0)

    async def _call(self) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": "/v1/render",
            "raw_path": b"/v1/render",
            "query_string": self._query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in self._sent_headers.items()],
            "scheme": "http",
            "server": ("test", 80),
            "client": ("test", 1),
        }
        await self._app(scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        if not self._read:
            self._read = True
            return {"type": "http.request", "body": self._content, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.stalled.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")
            self.is_complete = not message.get("more_body", False)
        self.on_piece()
