"""Obscure corners of the kernel, and memory that can be executed: probes 26, 27 and 33 to 42.

What would do something to the machine if it were allowed (load a module, reboot, set the clock) is asked for in a form
that does nothing even then: a file that does not exist, a magic number that is wrong, a pointer to nothing.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Callable
from typing import Final

from sandbox.attack.bait import SECRET
from sandbox.attack.kernel import NOTES, NUMBERS, address, buffer, call, call_number, memory, reaches
from sandbox.attack.probe import AttackFacts

_READ, _WRITE, _EXECUTE = 1, 2, 4
_PRIVATE_ANONYMOUS: Final = 0x22
_PAGE: Final = 4096
_X32: Final = 0x40000000
_GETPID_I386: Final = 20
_NOWHERE: Final = b"/nonexistent/nothing"

# --- 26, 27 -----------------------------------------------------------------------------------------------------------


def write_and_execute(_: AttackFacts) -> object:
    return call("mmap", 0, _PAGE, _READ | _WRITE | _EXECUTE, _PRIVATE_ANONYMOUS, -1, 0)


def turn_writable_executable(_: AttackFacts) -> object:
    call("mprotect", _SCRATCH.page, _PAGE, _READ | _WRITE | _EXECUTE)
    return "writable and executable"


def turn_executable(_: AttackFacts) -> object:
    call("mprotect", _SCRATCH.page, _PAGE, _READ | _EXECUTE)
    return "executable"


def turn_executable_with_key(_: AttackFacts) -> object:
    call("pkey_mprotect", _SCRATCH.page, _PAGE, _READ | _WRITE | _EXECUTE, -1)
    return "writable and executable"


class Scratch:
    """Pages made before any lock: one to play with, one with machine code for the other ways into the kernel."""

    def __init__(self) -> None:
        self.page = 0
        self.enter_i386: Callable[[int], int] | None = None

    def prepare(self) -> None:
        if self.page:
            return
        libc = memory()
        libc.mmap.restype = ctypes.c_void_p
        libc.mmap.argtypes = [ctypes.c_void_p, *(ctypes.c_size_t, *(ctypes.c_int,) * 3, ctypes.c_long)]
        self.page = libc.mmap(None, _PAGE, _READ | _WRITE, _PRIVATE_ANONYMOUS, -1, 0)
        if platform.machine() == "x86_64":
            code = libc.mmap(None, _PAGE, _READ | _WRITE, _PRIVATE_ANONYMOUS, -1, 0)
            ctypes.memmove(code, bytes.fromhex("5389f831dbcd805bc3"), 9)  # push rbx; eax=edi; ebx=0; int 0x80; pop; ret
            libc.mprotect(ctypes.c_void_p(code), ctypes.c_size_t(_PAGE), _READ | _EXECUTE)
            self.enter_i386 = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(code)


_SCRATCH: Final = Scratch()


def prepare() -> None:
    """Before any lock."""
    _SCRATCH.prepare()


def int_0x80(_: AttackFacts) -> object:
    """i386's getpid has another number than ours: a filter that looks at the number alone would read it wrongly."""
    NOTES.note("int 0x80", _GETPID_I386)
    if _SCRATCH.enter_i386 is None:
        raise OSError(errno.ENOSYS, "not on this machine")
    result = _SCRATCH.enter_i386(_GETPID_I386)
    if result <= 0:
        raise OSError(-result, "int 0x80")
    return f"pid {result}"


def x32(_: AttackFacts) -> object:
    number = _X32 | NUMBERS["getpid"]
    NOTES.note("x32 getpid", number)
    return f"pid {call_number(number, 'x32 getpid')}"


# --- 33 to 37 ---------------------------------------------------------------------------------------------------------


def io_uring(_: AttackFacts) -> object:
    return 1 + call("io_uring_setup", 8, buffer(120))


def bpf_map(_: AttackFacts) -> object:
    given = buffer(128)
    struct.pack_into("4I", given, 0, 2, 4, 8, 1)  # an array of one
    return 1 + call("bpf", 0, address(given), 128)


def bpf_object(_: AttackFacts) -> object:
    """Open a pinned object that does not exist: how far one gets with no power at all."""
    path, given = ctypes.create_string_buffer(_NOWHERE), buffer(128)
    struct.pack_into("Q", given, 0, address(path))
    return reaches((errno.ENOENT, errno.EINVAL), "bpf", 7, address(given), 128)


def perf(_: AttackFacts) -> object:
    given = buffer(128)
    struct.pack_into("IIQ", given, 0, 1, 128, 0)  # PERF_TYPE_SOFTWARE, size, cpu clock
    struct.pack_into("Q", given, 40, 1 | 1 << 5 | 1 << 6)  # disabled, not the kernel, not the hypervisor
    return 1 + call("perf_event_open", address(given), 0, -1, -1, 0)


def userfaultfd(_: AttackFacts) -> object:
    return 1 + call("userfaultfd", 1)  # UFFD_USER_MODE_ONLY


def keyctl(_: AttackFacts) -> object:
    return call("keyctl", 0, -3, 1)  # the id of the session keyring, made if there is none


def add_key(_: AttackFacts) -> object:
    return call("add_key", b"user", b"renderserver-attack", b"x", 1, -2)  # the process's own keyring


# --- 38, 39, 40 -------------------------------------------------------------------------------------------------------


def load_module(_: AttackFacts) -> object:
    return reaches((errno.ENOEXEC, errno.EFAULT), "init_module", 0, 0, b"")


def load_module_file(_: AttackFacts) -> object:
    return reaches((errno.EBADF, errno.EINVAL), "finit_module", -1, b"", 0)


def load_kernel(_: AttackFacts) -> object:
    return reaches((errno.EINVAL,), "kexec_load", 0, 0, 0, 0x7FF)


def reboot(_: AttackFacts) -> object:
    return reaches((errno.EINVAL,), "reboot", 0, 0, 0, 0)


def swap_on(_: AttackFacts) -> object:
    return reaches((errno.ENOENT,), "swapon", _NOWHERE, 0)


def read_kernel_log(_: AttackFacts) -> object:
    return 1 + call("syslog", 10, 0, 0)  # how large it is


def set_clock(_: AttackFacts) -> object:
    """No time and no time zone: nothing changes even where it is allowed."""
    call("settimeofday", 0, 0)
    return "allowed"


def set_hostname(_: AttackFacts) -> object:
    call("sethostname", b"escaped", 7)
    return "renamed"


def set_domain(_: AttackFacts) -> object:
    call("setdomainname", b"escaped", 7)
    return "renamed"


def account(_: AttackFacts) -> object:
    return reaches((errno.ENOENT,), "acct", _NOWHERE)


def segment(_: AttackFacts) -> object:
    return 1 + call("modify_ldt", 0, buffer(64), 64)


def ports(_: AttackFacts) -> object:
    call("iopl", 3)
    return "ports"


def ports_none(_: AttackFacts) -> object:
    """Asks for the level it has: that the call is answered at all."""
    call("iopl", 0)
    return "reached"


# --- 41, 42 -----------------------------------------------------------------------------------------------------------


def type_for_others(facts: AttackFacts) -> object:
    call("ioctl", facts.terminal_fd, 0x5412, b"x")
    return "typed"


def paste_for_others(facts: AttackFacts) -> object:
    """TIOCLINUX, the other way to put words into somebody's mouth."""
    call("ioctl", facts.terminal_fd, 0x541C, b"\x02")
    return "typed"


def shared_memory(facts: AttackFacts) -> object:
    number = call("shmget", facts.shm_key, 0, 0)
    return SECRET in ctypes.string_at(call("shmat", number, 0, 0o10000), len(SECRET))


def message_queue(facts: AttackFacts) -> object:
    return 1 + call("mq_open", facts.queue.encode(), 2, 0, 0)
