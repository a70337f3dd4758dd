"""From how a worker died to what that means for its caller."""

from __future__ import annotations

import errno
import os
import signal
from dataclasses import dataclass

from sandbox.job import Verdict
from sandbox.mechanisms import seccomp
from sandbox.mechanisms.ptrace import LastMoment
from sandbox.workers.process import EXIT_MEMORY

# How native code ends when an allocation fails: abort() and its system calls, or a use of the NULL it got.
_DEATHS_BY_ALLOCATION = {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP}
# What abort() and a last message on standard error come to; any other call that seccomp stopped is a violation.
_ABORT_SYSCALLS = {"write", "writev", "rt_sigprocmask", "rt_sigaction", "gettid", "getpid", "tgkill"}
_LIMIT_SIGNALS = {signal.SIGXCPU: Verdict.LIMIT_CPU, signal.SIGXFSZ: Verdict.LIMIT_OUTPUT}


@dataclass(frozen=True, slots=True)
class Death:
    """``exit_status`` or ``signal`` is set; ``syscall``: the name of the call a seccomp kill stopped, if known."""

    verdict: Verdict
    exit_status: int | None = None
    signal: str | None = None
    syscall: str | None = None


def judge(status: int, *, stopped_for: Verdict | None, moment: LastMoment | None, oom_killed: bool) -> Death:
    """``status``: as wait(2) gives it; ``stopped_for``: why the fork server killed it itself, if it did;
    ``oom_killed``: what the worker's cgroup counted."""
    if os.WIFEXITED(status):
        return _exited(os.WEXITSTATUS(status), stopped_for)
    number = _cause(os.WTERMSIG(status), moment)
    syscall = _syscall_name(moment) if number == signal.SIGSYS else None
    aborted = number in _DEATHS_BY_ALLOCATION or syscall in _ABORT_SYSCALLS
    starved = oom_killed or (aborted and moment is not None and moment.errno == errno.ENOMEM)
    return Death(_verdict(number, stopped_for, starved=starved), signal=number.name, syscall=syscall)


def _exited(code: int, stopped_for: Verdict | None) -> Death:
    if code == 0:
        return Death(Verdict.COMPLETED, exit_status=0)
    return Death(Verdict.LIMIT_MEMORY if code == EXIT_MEMORY else stopped_for or Verdict.KILLED, exit_status=code)


def _cause(number: int, moment: LastMoment | None) -> signal.Signals:
    """The signal it died of; the one before that, where the fork server saw it coming and sent SIGKILL instead."""
    seen = moment.signal if moment is not None and number == signal.SIGKILL else None
    return signal.Signals(seen or number)


def _verdict(number: signal.Signals, stopped_for: Verdict | None, *, starved: bool) -> Verdict:
    if stopped_for is not None:
        return stopped_for
    if number in _LIMIT_SIGNALS:
        return _LIMIT_SIGNALS[number]
    return Verdict.LIMIT_MEMORY if starved else Verdict.KILLED


def _syscall_name(moment: LastMoment | None) -> str | None:
    return None if moment is None or moment.syscall is None else seccomp.name_of(moment.syscall)
