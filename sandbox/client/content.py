"""What a worker has written, as slices of the memory file that it wrote to: passed on by descriptor, read in chunks.

All of it is untrusted. Nothing here looks into it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from sandbox.mechanisms import memfd

CHUNK_BYTES: Final = 64 * 1024


class _SharedFile:
    """A descriptor with several owners. The last one closes it; until then, what an owner gives back takes no memory
    any more."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._owners = 1

    def share(self) -> Self:
        self._owners += 1
        return self

    def leave(self, offset: int = 0, size: int = 0) -> None:
        self._owners -= 1
        if not self._owners:
            os.close(self.fd)
            self.fd = -1
        elif size >= CHUNK_BYTES:  # what is smaller is not worth the call
            memfd.free(self.fd, offset, size)


class Content:
    """``size`` bytes. Whoever is given it closes it; a context manager."""

    def __init__(self, file: _SharedFile, offset: int, size: int) -> None:
        self._file: _SharedFile | None = file.share()
        self._offset = offset
        self.size = size

    @classmethod
    def of(cls, data: bytes) -> Self:
        """In a file of its own."""
        return cls.own(memfd.seal_bytes(data), len(data))

    @classmethod
    def own(cls, fd: int, size: int) -> Self:
        """The first ``size`` bytes of a memory file, which is this content's to close."""
        file = _SharedFile(fd)
        made = cls(file, 0, size)
        file.leave()
        return made

    def read(self) -> bytes:
        """All of it. For large content, not on an event loop."""
        return b"".join(self.chunks(max(self.size, 1)))

    def chunks(self, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """A worker that still runs could cut its file: there may be less than ``size`` says."""
        position, end = self._offset, self._offset + self.size
        while position < end and (chunk := os.pread(self._fd, min(size, end - position), position)):
            yield chunk
            position += len(chunk)

    def sealed(self) -> int:
        """A sealed memory file that holds exactly this content; the caller closes it. It is the very file where nothing
        else is in it and nobody has it mapped writable, as a worker may that is still being taken down: no byte is
        copied then. Else, not on an event loop. Raises OSError."""
        if self._offset == 0 and os.fstat(self._fd).st_size == self.size:
            fd = os.dup(self._fd)
            try:
                memfd.seal(fd)
            except OSError:
                os.close(fd)
            else:
                return fd
        with memfd.MemfdWriter("content") as writer:
            for chunk in self.chunks():
                writer.append(chunk)
            return writer.detach()

    @property
    def _fd(self) -> int:
        if self._file is None:
            raise ValueError("the content was closed")
        return self._file.fd

    def move(self) -> Content:
        """The same content with a new owner, who closes it; this one is closed."""
        if self._file is None:
            raise ValueError("the content was closed")
        moved = Content(self._file, self._offset, self.size)
        self._file.leave()
        self._file = None
        return moved

    def close(self) -> None:
        if self._file is not None:
            self._file.leave(self._offset, self.size)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


class OutputFile:
    """The memory file that one job's worker writes to: content after content, in the order of its frames."""

    def __init__(self) -> None:
        self._file = _SharedFile(memfd.create("output"))
        self._taken = 0

    @property
    def fd(self) -> int:
        return self._file.fd

    def take(self, size: int) -> Content | None:
        """The next ``size`` bytes; None where the file does not have them."""
        if self._taken + size > os.fstat(self.fd).st_size:
            return None
        content = Content(self._file, self._taken, size)
        self._taken += size
        return content

    def close(self) -> None:
        """What nobody took goes at once, though somebody may still have what was taken."""
        self._file.leave(self._taken, os.fstat(self.fd).st_size - self._taken)
