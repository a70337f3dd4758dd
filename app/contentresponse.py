"""Content on its way to a client: from its descriptor to the socket in chunks, and never held whole."""

from __future__ import annotations

import asyncio
import errno
import hashlib
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.client.content import Content

# Hashing this many bytes takes about a millisecond; more than that is done off the event loop.
_INLINE_BYTES: Final = 1 << 20


class ContentResponse(Response):
    """A response whose body is content, which it closes when it is sent, or can be sent no more."""

    def __init__(self, content: Content, media_type: str, headers: Mapping[str, str]) -> None:
        self._held = content
        super().__init__(None, media_type=media_type, headers=headers)

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        super().init_headers({**(headers or {}), "content-length": str(self._held.size)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        with self._held as content:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            left = content.size
            for chunk in content.chunks():
                left -= len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
            if left:  # what a client was promised and cannot have: it sees that the answer broke off
                raise OSError(errno.EIO, "a worker has cut its output")


async def etag(content: Content) -> str:
    """Strong: the digest of the bytes (RFC 9110, 8.8.3)."""
    digest = await asyncio.to_thread(_digest, content) if content.size > _INLINE_BYTES else _digest(content)
    return f'"{digest}"'


def _digest(content: Content) -> str:
    hashed = hashlib.blake2b(digest_size=20)
    for chunk in content.chunks(_INLINE_BYTES):
        hashed.update(chunk)
    return hashed.hexdigest()
