"""What a request brought, or a file on the command line: sealed, counted and hashed, and never looked into."""

from __future__ import annotations

import os
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Upload:
    """``fds``: the document, then the images, sealed. ``images``: their SHA-1 digests in the same order. ``reference``:
    the picture to hold a render against, sealed, where there is one. ``nodes``: what to draw, where a
    form says it.

    A context manager that closes the descriptors.
    """

    media_type: str
    fds: tuple[int, ...]
    images: tuple[str, ...]
    size: int
    reference: int | None = None
    nodes: bytes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for fd in (*self.fds, *(() if self.reference is None else (self.reference,))):
            os.close(fd)
