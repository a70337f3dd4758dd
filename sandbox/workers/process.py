"""What every worker is as a process: how it ends, with whom it dies, what it says to nobody."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from sandbox import messages
from sandbox.job import Job, Limits
from sandbox.mechanisms import syscalls

EXIT_BROKEN = 70
EXIT_MEMORY = 71

_libc = ctypes.CDLL(None)
_libc.__errno_location.restype = ctypes.POINTER(ctypes.c_int)


def fork() -> tuple[int, int]:
    """(pid, pidfd) in the parent, (0, -1) in the child. Raises OSError, and then there is no child."""
    pid = os.fork()
    if pid == 0:
        return 0, -1
    try:
        return pid, os.pidfd_open(pid)
    except OSError:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise


def say_nothing() -> None:
    """Python prints nothing from here on. It would print an exception that nobody can catch (memory runs out while an
    object is taken down), and Python 3.13 and later first ask the kernel whether standard error is a terminal: the
    filter kills the worker for that."""
    sys.stdout = sys.stderr = None


def die_with(parent: int) -> None:
    """SIGKILL when the parent goes (PR_SET_PDEATHSIG); at once if it went before this line."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() not in (parent, 0):  # 0: the parent is in an outer pid namespace
        os._exit(EXIT_BROKEN)


def default_signals() -> None:
    """Undo what Python set up: it ignores SIGXFSZ, and the fork server handles SIGCHLD and SIGTERM."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGXFSZ, signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)


def touch() -> None:
    """Read a job's message once, for the sake of the pages that are written to: see :meth:`Entry.touch`."""
    messages.job_of(messages.decode(messages.encode_job(Job(0, Limits(), (0, 1, 2, 3))), (0, 1, 2, 3)))


def clear_errno() -> None:
    """So that an ENOMEM found after the worker's death is its own (see :mod:`sandbox.mechanisms.ptrace`)."""
    _libc.__errno_location()[0] = 0
