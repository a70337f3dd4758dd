"""Anonymous files that carry a job's bytes between processes (memfd_create(2)).

Inputs are *sealed* before they are sent: once F_SEAL_WRITE and F_SEAL_SHRINK are set nobody, the sender included, can
change a byte or pull a mapped page away under the reader. Outputs are made by the parent, written by the worker, and
read only after the worker is gone.
"""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
from types import TracebackType
from typing import Self

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_size_t
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
_libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long]
_KEEP_SIZE, _PUNCH_HOLE = 0x01, 0x02
_MAP_FAILED = ctypes.c_size_t(-1).value
_memory_view = ctypes.pythonapi.PyMemoryView_FromMemory
_memory_view.restype = ctypes.py_object
_memory_view.argtypes = [ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int]
_PYBUF_READ = 0x100

SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
_FLAGS = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
# Linux 6.3; not in Python's os module before 3.13. A memfd that can never be executed.
_MFD_NOEXEC_SEAL = 0x0008


def create(name: str) -> int:
    """A new, empty, writable memfd; never executable where the kernel can promise it. Returns its descriptor."""
    try:
        return os.memfd_create(name, _FLAGS | _MFD_NOEXEC_SEAL)
    except OSError:
        return os.memfd_create(name, _FLAGS)


class MemfdWriter:
    """Collects a streamed body. Use as a context manager: on leaving it the descriptor is closed unless detached."""

    def __init__(self, name: str = "input") -> None:
        self._fd = create(name)
        self.size = 0

    def append(self, chunk: bytes | bytearray | memoryview) -> None:
        view = memoryview(chunk)
        while view:
            written = os.write(self._fd, view)
            self.size += written
            view = view[written:]

    def seal(self) -> int:
        """Seal the content for good. Returns the descriptor, still owned by this writer."""
        fcntl.fcntl(self._fd, fcntl.F_ADD_SEALS, SEALS)
        return self._fd

    def detach(self) -> int:
        """Seal, and hand the descriptor over to the caller, who closes it."""
        fd = self.seal()
        self._fd = -1
        return fd

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def seal_bytes(data: bytes | bytearray | memoryview) -> int:
    """A sealed memfd that holds ``data``. The caller closes it."""
    with MemfdWriter() as writer:
        writer.append(data)
        return writer.detach()


def seal(fd: int) -> None:
    """From now on nobody can change the file, which may be sealed already. Raises OSError while somebody has it mapped
    writable."""
    if not is_sealed(fd):
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, SEALS)


def free(fd: int, offset: int, size: int) -> None:
    """Give back the memory of so many bytes, which read as zeros then (fallocate(2), FALLOC_FL_PUNCH_HOLE). A page that
    has other bytes too stays, and so does a file that is sealed."""
    _libc.fallocate(fd, _PUNCH_HOLE | _KEEP_SIZE, offset, size)


def is_sealed(fd: int) -> bool:
    """Whether nobody can change or shrink the file any more. False for anything that is not a sealable memfd."""
    try:
        return fcntl.fcntl(fd, fcntl.F_GET_SEALS) & SEALS == SEALS
    except OSError:
        return False


def map_readonly(fd: int) -> memoryview:
    """The whole file as read-only memory, for the rest of the process's life. Reading it is no system call.

    Not Python's mmap: that keeps a copy of the descriptor and closes it when it is collected, which would be a system
    call at a time that nobody chose. Raises OSError.
    """
    size = os.fstat(fd).st_size
    if size == 0:
        return memoryview(b"")
    address = _libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, fd, 0)
    if address == _MAP_FAILED:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    view: memoryview = _memory_view(address, size, _PYBUF_READ)
    return view
