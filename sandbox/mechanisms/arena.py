"""A heap that is reserved before the lock, so that allocating under the lock is no system call.

glibc's malloc asks the kernel for memory with brk and mmap, and Python's own allocator with mmap. All of them are told
here to live from one contiguous heap that is extended *once*, before the filter is installed: pages are then only
touched, which is a page fault and not a system call. When the heap is used up malloc answers NULL, and the render ends
with a MemoryError instead of a hang.

Needs ``PYTHONMALLOC=malloc`` in the environment of the process (read by CPython before any of our code runs).
Sources: mallopt(3); CPython's ``Objects/obmalloc.c``.
"""

from __future__ import annotations

import ctypes
import mmap
import os

_libc = ctypes.CDLL(None)
_libc.malloc.restype = ctypes.c_void_p
_libc.malloc.argtypes = [ctypes.c_size_t]
_libc.free.argtypes = [ctypes.c_void_p]
_libc.malloc_trim.argtypes = [ctypes.c_size_t]
_libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_libc.mallopt.argtypes = [ctypes.c_int, ctypes.c_int]

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_MMAP_MAX = -4
_M_ARENA_MAX = -8
_NEVER = 0x7FFFFFFF
_OFF = -1  # not the largest int: a heap of more than 2 GiB would be over it, and given back at the first free
_MADV_HUGEPAGE = 14
_MADV_POPULATE_WRITE = 23
_HUGE_PAGE = 2 << 20
_PYMEM_DOMAIN_RAW = 0
_LARGER_THAN_ANY_HOLE = 16 << 20
# malloc hands out the smallest hole that is large enough: the large ones first, or they would be cut into small ones.
_HOLE_SIZES = (*(1 << power for power in range(20, 11, -1)), *range(2048, 0, -16))


class ArenaError(MemoryError):
    """The heap cannot be made what the lock needs."""


class _MemAllocator(ctypes.Structure):
    """CPython's PyMemAllocatorEx: ``malloc(ctx, size)``, ..., ``free(ctx, pointer)``."""

    _fields_ = [(name, ctypes.c_void_p) for name in ("ctx", "malloc", "calloc", "realloc", "free")]


class _ArenaAllocator(ctypes.Structure):
    """CPython's PyObjectArenaAllocator: ``alloc(ctx, size)``, ``free(ctx, pointer, size)``."""

    _fields_ = [(name, ctypes.c_void_p) for name in ("ctx", "alloc", "free")]


def settle() -> None:
    """Make malloc keep to one heap and never give memory back. Once, at the start of a fork server.

    Raises ArenaError where glibc refuses or Python runs on its own allocator.
    """
    if os.environ.get("PYTHONMALLOC") != "malloc":
        raise ArenaError("PYTHONMALLOC=malloc is missing in the environment: Python would mmap its own arenas")
    options = ((_M_MMAP_MAX, 0), (_M_MMAP_THRESHOLD, _NEVER), (_M_TRIM_THRESHOLD, _OFF), (_M_ARENA_MAX, 1))
    # M_MMAP_THRESHOLD has an upper bound in glibc and may be refused; M_MMAP_MAX 0 alone already forbids mmap.
    if not all(_libc.mallopt(name, value) or name == _M_MMAP_THRESHOLD for name, value in options):
        raise ArenaError("mallopt refused an option the reserved heap depends on")
    _frame_stacks_from_malloc()


def _frame_stacks_from_malloc() -> None:
    """Python 3.11+ maps the chunks of its frame stack with mmap, through the *arena* allocator, and unmaps them when a
    deep call returns: two system calls at any time. The raw allocator's functions have a compatible C signature (its
    free ignores the size that follows in the next register), so they can serve as the arena allocator.
    """
    raw = _MemAllocator()
    ctypes.pythonapi.PyMem_GetAllocator(_PYMEM_DOMAIN_RAW, ctypes.byref(raw))
    arena = _ArenaAllocator(ctx=raw.ctx, alloc=raw.malloc, free=raw.free)
    ctypes.pythonapi.PyObject_SetArenaAllocator(ctypes.byref(arena))


def trim() -> None:
    """Give memory that is free now back to the kernel; :func:`settle` has told malloc not to do that by itself."""
    _libc.malloc_trim(0)


def plug() -> int:
    """Take every hole that is free between what is allocated, for good. Returns the bytes that are lost that way.

    Loading leaves thousands of them, all over the heap. What a worker then allocates would lie in a hole here and one
    there, each on a page that it shares with its fork server and has to copy first; from the heap's end it gets one
    page after the other. Once, when everything is loaded; after :func:`settle` and :func:`trim`.
    """
    # No hole is that large, so it is cut from the heap's end, and everything below it is a hole.
    end = _libc.malloc(_LARGER_THAN_ANY_HOLE)
    taken = sum(_take_holes(size, end) for size in _HOLE_SIZES)
    _libc.free(end)
    return taken


def _take_holes(size: int, end: int) -> int:
    taken = 0
    while True:
        pointer = _libc.malloc(size)
        if not pointer or pointer >= end:
            _libc.free(pointer)
            return taken
        taken += size


def reserve(size_bytes: int) -> None:
    """Extend the heap by ``size_bytes`` in one brk. The pages stay untouched, so it costs address space only.

    They may come as huge pages (where transparent huge pages are not switched off): a picture is megabytes that are
    written once, and every first touch of a small page costs a fault.
    """
    # Freed at the end of the heap it melts into malloc's top chunk, from which all later requests are cut.
    _libc.free(_extend(size_bytes))


def populate(size_bytes: int) -> None:
    """Have the next ``size_bytes`` of the heap in memory already (madvise(2), MADV_POPULATE_WRITE, Linux 5.14): all at
    once costs a quarter of what page faults one by one do, and a worker that waits has the time for it."""
    pointer = _extend(size_bytes)
    start = -(-pointer // mmap.PAGESIZE) * mmap.PAGESIZE
    _libc.madvise(start, (pointer + size_bytes - start) // mmap.PAGESIZE * mmap.PAGESIZE, _MADV_POPULATE_WRITE)
    _libc.free(pointer)


def _extend(size_bytes: int) -> int:
    """A block at the heap's end, on huge pages as far as there are. Raises ArenaError."""
    pointer: int | None = _libc.malloc(size_bytes)
    if not pointer:
        raise ArenaError(f"the kernel would not extend the heap by {size_bytes} bytes")
    start = -(-pointer // _HUGE_PAGE) * _HUGE_PAGE
    _libc.madvise(start, max(0, pointer + size_bytes - start) // _HUGE_PAGE * _HUGE_PAGE, _MADV_HUGEPAGE)
    return pointer
