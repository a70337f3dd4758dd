"""Content that is sent with its size said before: all of it, or nothing more at all.

A worker that still draws can still write to what it has made before; what it says of its size was checked, and may not
be true any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.answer import distrusted
from sandbox.client.content import CHUNK_BYTES, Content


def whole(content: Content, size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """In chunks of ``size`` bytes. Raises ProblemError where it ends before its size."""
    missing = content.size
    for chunk in content.chunks(size):
        missing -= len(chunk)
        yield chunk
    if missing:
        raise distrusted("it has cut what it made before")
