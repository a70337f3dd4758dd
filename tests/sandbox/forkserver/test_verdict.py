"""What a worker's end means."""

from __future__ import annotations

import errno
import signal

import pytest

from sandbox.forkserver.verdict import Death, judge
from sandbox.job import Verdict
from sandbox.mechanisms import seccomp
from sandbox.mechanisms.ptrace import LastMoment
from sandbox.workers.process import EXIT_MEMORY


def death(
    status: int, *, stopped_for: Verdict | None = None, moment: LastMoment | None = None, oom: bool = False
) -> Death:
    return judge(status, stopped_for=stopped_for, moment=moment, oom_killed=oom)


def exited(code: int) -> int:
    return code << 8


def at(syscall: str, error: int = 0) -> LastMoment:
    return LastMoment(seccomp.number(syscall), error)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (exited(0), Verdict.COMPLETED),
        (exited(EXIT_MEMORY), Verdict.LIMIT_MEMORY),
        (exited(1), Verdict.KILLED),
        (signal.SIGXCPU, Verdict.LIMIT_CPU),
        (signal.SIGXFSZ, Verdict.LIMIT_OUTPUT),
        (signal.SIGSEGV, Verdict.KILLED),
        (signal.SIGKILL, Verdict.KILLED),
    ],
)
def test_by_wait_status_alone(status: int, verdict: Verdict) -> None:
    assert death(status).verdict is verdict


def test_a_seccomp_kill_names_the_syscall() -> None:
    end = death(signal.SIGSYS, moment=at("socket"))
    assert (end.verdict, end.signal, end.syscall) == (Verdict.KILLED, "SIGSYS", "socket")


def test_a_seccomp_kill_whose_cause_is_not_known() -> None:
    assert death(signal.SIGSYS).syscall is None


def test_abort_after_a_failed_allocation_is_the_memory_limit() -> None:
    assert death(signal.SIGSYS, moment=at("rt_sigprocmask", errno.ENOMEM)).verdict is Verdict.LIMIT_MEMORY
    assert death(signal.SIGSEGV, moment=LastMoment(None, errno.ENOMEM)).verdict is Verdict.LIMIT_MEMORY


def test_a_violation_stays_one_even_after_a_failed_allocation() -> None:
    assert death(signal.SIGSYS, moment=at("socket", errno.ENOMEM)).verdict is Verdict.KILLED


def test_a_kill_by_the_cgroup_is_the_memory_limit() -> None:
    assert death(signal.SIGKILL, oom=True).verdict is Verdict.LIMIT_MEMORY


def test_what_the_fork_server_killed_it_for_comes_first() -> None:
    assert death(signal.SIGKILL, stopped_for=Verdict.LIMIT_WALL).verdict is Verdict.LIMIT_WALL
