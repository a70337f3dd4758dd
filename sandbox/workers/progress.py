"""One page of memory shared by a worker and its parent: how far the worker came, readable after it is dead.

The worker stores to it, which is no system call. What it stores is untrusted: the parent takes nothing from it but a
word out of ``[a-z-]`` and a time.
"""

from __future__ import annotations

import mmap
import os
import re
import struct
from typing import Self

from sandbox.mechanisms import memfd

_LAYOUT = struct.Struct("<Q16s")
_STAGE = re.compile(rb"[a-z][a-z-]{0,15}\Z")


class Progress:
    """``locked_ns``: CLOCK_MONOTONIC; 0 until reached. Without a descriptor the page is for forks of this process; with
    one (:meth:`shareable`) for whoever is given that."""

    def __init__(self, fd: int = -1) -> None:
        self.fd = fd
        self._page = mmap.mmap(fd, mmap.PAGESIZE)

    @classmethod
    def shareable(cls) -> Self:
        fd = memfd.create("progress")
        os.ftruncate(fd, mmap.PAGESIZE)
        return cls(fd)

    def locked(self, clock_s: float) -> None:
        """Everything is in force and the work begins; ``clock_s``: CLOCK_MONOTONIC in seconds."""
        struct.pack_into("<Q", self._page, 0, int(clock_s * 1e9))

    def stage(self, name: str) -> None:
        struct.pack_into("<16s", self._page, 8, name.encode()[:16])

    def read(self) -> tuple[int, str | None]:
        """``(locked_ns, stage)`` as far as they make sense."""
        locked_ns, raw = _LAYOUT.unpack_from(self._page)
        word = raw.rstrip(b"\0")
        return locked_ns, word.decode() if _STAGE.match(word) else None

    def close(self) -> None:
        self._page.close()
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
