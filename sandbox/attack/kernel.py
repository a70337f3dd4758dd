"""The bare system call, with nothing of libc's around it, and a note of which one is being tried.

An attempt runs under a filter that may kill at the next call. So what is tried is noted first, in memory the fork
server can read afterwards: a worker that was killed in another call than the attempted one has proved nothing.
"""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Callable
from typing import Final

from sandbox.exceptions import SandboxError
from sandbox.mechanisms import seccomp

Argument = int | bytes | ctypes.Array[ctypes.c_char]

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_DIGITS: Final = str.maketrans("0123456789", "abcdefghij")
_LETTERS: Final = str.maketrans("abcdefghij", "0123456789")
_NAMES: Final = """
acct add_key bind bpf capset chroot clone clone3 connect dup execve execveat fcntl finit_module fsopen ftruncate
getdents64 getpid init_module io_uring_setup ioctl iopl kexec_load keyctl kill listen memfd_create mknodat mmap
modify_ldt mount mount_setattr move_mount mprotect mq_open mq_unlink open_by_handle_at open_tree openat
perf_event_open personality pidfd_getfd pidfd_open pivot_root pkey_mprotect process_vm_readv process_vm_writev ptrace
read reboot seccomp sendto setdomainname sethostname setns setresgid setresuid settimeofday shmat shmget socket
socketpair swapon symlinkat syslog tgkill umount2 unshare userfaultfd write
""".split()  # noqa: SIM905


def _number(name: str) -> int:
    try:
        number = seccomp.number(name)
    except SandboxError:  # libseccomp does not know it
        return -1
    return -1 if number is None else number


NUMBERS: Final = {name: _number(name) for name in _NAMES}


class Notes:
    """The last call that was tried: ``name``, ``arguments`` (-1 for a pointer), and where else it is noted."""

    def __init__(self) -> None:
        self.name = ""
        self.arguments: tuple[int, ...] = ()
        self.tell: Callable[[str], None] = lambda _: None

    def note(self, name: str, number: int, arguments: tuple[int, ...] = ()) -> None:
        self.name, self.arguments = name, arguments
        self.tell("nr-" + str(number).translate(_DIGITS))


NOTES: Final = Notes()


def tried(stage: str | None) -> int | None:
    """The number in a note; None if nothing was tried."""
    digits = (stage or "").removeprefix("nr-").translate(_LETTERS)
    return int(digits) if digits.isdigit() else None


def call(name: str, *arguments: Argument) -> int:
    """The call's result. Raises OSError."""
    number = NUMBERS[name]
    NOTES.note(name, number, tuple(value if isinstance(value, int) else -1 for value in arguments))
    return call_number(number, name, *arguments)


def call_number(number: int, name: str, *arguments: Argument) -> int:
    given = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result: int = _libc.syscall(ctypes.c_long(number), *given)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def reaches(expected: tuple[int, ...], name: str, *arguments: Argument) -> str:
    """Evidence where the kernel's own code was reached and complained of what it was given, on purpose something that
    can do no harm: one of the ``expected`` errnos. Raises OSError for any other, a refusal."""
    try:
        return f"returned {call(name, *arguments)}"
    except OSError as error:
        if error.errno in expected:
            return f"reached: {errno.errorcode[error.errno]}"
        raise


def buffer(size: int) -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(size)


def address(array: ctypes.Array[ctypes.c_char]) -> int:
    return ctypes.addressof(array)


def memory() -> ctypes.CDLL:
    """Libc's own functions, for what is not a system call."""
    return _libc
