"""Learn why a worker died, from the kernel and without privilege (ptrace(2), PTRACE_O_TRACEEXIT).

A process that seccomp kills leaves its parent a SIGSYS and nothing more; which system call it was stands only in the
kernel's audit log, which a container cannot read. The fork server is the worker's parent and may trace it: the worker
stops once, in the moment of its death, with its registers and its memory still there. PTRACE_O_EXITKILL is a gift on
top: if the fork server dies, the kernel kills the worker.

The init of a pid namespace ignores signals it has no handler for, a segmentation fault included, once it is traced (it
would fault for ever). So a signal that is about to end a worker is seen here first, noted, and replaced by SIGKILL.

Where ptrace is forbidden (Yama scope 3, or a debugger is already attached) the cause is simply not known.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
from dataclasses import dataclass

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long
_libc.__errno_location.restype = ctypes.c_void_p

_PTRACE_CONT = 7
_PTRACE_GETEVENTMSG = 0x4201
_PTRACE_GETREGSET = 0x4204
_PTRACE_SEIZE = 0x4206
_OPTIONS = (1 << 6) | (1 << 20)  # PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL
_PTRACE_EVENT_EXIT = 6
EXIT_STOP = (_PTRACE_EVENT_EXIT << 16) | (signal.SIGTRAP << 8) | 0x7F
_NT_PRSTATUS = 1
# Where the number of the system call lies in the general registers, in 8-byte words: orig_rax; x8.
_SYSCALL_WORD = {"x86_64": 15, "aarch64": 8}.get(platform.machine())


class _IoVec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


# What ends a process that has not asked otherwise (signal(7)) and comes from its own doing or from a limit. No worker
# has handlers.
_FATAL = {
    *(signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP, signal.SIGABRT, signal.SIGSYS),
    *(signal.SIGXCPU, signal.SIGXFSZ),
}


@dataclass(frozen=True, slots=True)
class LastMoment:
    """``syscall``: number of the call it was in, or None; ``errno``: the C errno it left behind, or None; ``signal``:
    what was about to end it, where that was seen."""

    syscall: int | None
    errno: int | None
    signal: int | None = None


def seize(pid: int) -> bool:
    """Attach to a child without stopping it. False where that is not allowed (or it is dead already)."""
    return bool(_libc.ptrace(_PTRACE_SEIZE, pid, None, _OPTIONS) == 0)


def is_exit_stop(status: int) -> bool:
    """Whether a wait status is the stop in the moment of death."""
    return os.WIFSTOPPED(status) and status >> 8 == EXIT_STOP >> 8


def is_fatal_stop(status: int) -> bool:
    """Whether it is the stop before a signal that ends the worker is delivered."""
    return os.WIFSTOPPED(status) and status >> 16 == 0 and os.WSTOPSIG(status) in _FATAL


def exit_status(pid: int) -> int:
    """Of a tracee that stands in its exit stop: what wait(2) will say of it."""
    status = ctypes.c_ulong()
    _libc.ptrace(_PTRACE_GETEVENTMSG, pid, None, ctypes.byref(status))
    return status.value


def proceed(pid: int, status: int) -> None:
    """Let a stopped tracee go on; a signal on its way to it is delivered."""
    deliver = os.WSTOPSIG(status) if status >> 16 == 0 else 0
    _libc.ptrace(_PTRACE_CONT, pid, None, deliver)


def last_moment(pid: int, status: int) -> LastMoment:
    """Read a tracee that stands in its exit stop or in a fatal stop."""
    return LastMoment(_syscall(pid), _errno(pid), os.WSTOPSIG(status) if is_fatal_stop(status) else None)


def _syscall(pid: int) -> int | None:
    if _SYSCALL_WORD is None:
        return None
    words = (ctypes.c_uint64 * 64)()
    vector = _IoVec(ctypes.addressof(words), ctypes.sizeof(words))
    if _libc.ptrace(_PTRACE_GETREGSET, pid, _NT_PRSTATUS, ctypes.byref(vector)) != 0:
        return None
    number = words[_SYSCALL_WORD]
    return number if number < 1 << 31 else None


def _errno(pid: int) -> int | None:
    """A forked child's errno lies where ours does: thread-local storage is copied with the rest of memory."""
    value = ctypes.c_int()
    local = _IoVec(ctypes.addressof(value), ctypes.sizeof(value))
    remote = _IoVec(_libc.__errno_location(), ctypes.sizeof(value))
    read = _libc.process_vm_readv(pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)
    return value.value if read == struct.calcsize("i") else None
