"""The workers a fork server has running: who they are, when their time is up, and how each one ended."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from enum import Enum

from sandbox.exceptions import LayerFailedError
from sandbox.job import Verdict
from sandbox.mechanisms import ptrace
from sandbox.workers.child import Child

_WALL = 0x40000000  # __WALL of wait(2): also children that were cloned without SIGCHLD
_LAUNCHER_S = 15.0  # for a tool to clean up after its worker
_CHANGES = os.WEXITED | os.WSTOPPED | os.WNOWAIT | _WALL


def _oom_killed(child: Child) -> bool:
    return child.slot is not None and child.slot.oom_killed()


@dataclass(frozen=True, slots=True)
class Exit:
    """How a worker ended. ``status``: as wait(2) gives it; ``oom_killed``: its cgroup counted a kill."""

    child: Child
    status: int
    oom_killed: bool = False


class ChildState(Enum):
    """``ENDING``: it stands in its last stop, will not run another instruction of its own, and still has its memory;
    :meth:`Children.release` lets it go. ``DEAD``: a zombie, until :meth:`Children.reap`."""

    RUNNING = 1
    ENDING = 2
    DEAD = 3


@dataclass(slots=True)
class Children:
    """All workers by pid. Only what says so blocks."""

    by_pid: dict[int, Child] = field(default_factory=dict)

    def add(self, child: Child, *, traced: bool = True) -> None:
        self.by_pid[child.pid] = child
        if traced:
            ptrace.seize(child.pid)

    def meet(self, child: Child, pid: int) -> None:
        """A launched worker has shown itself: from now on ``child`` is it, and no longer the tool.

        Raises LayerFailedError where it cannot be traced: it is not our child, so its end would never be known.
        """
        pidfd = os.pidfd_open(pid)
        del self.by_pid[child.pid]
        child.launcher = (child.pid, child.pidfd)
        child.pid, child.pidfd = pid, pidfd
        self.by_pid[pid] = child
        if not ptrace.seize(pid):
            raise LayerFailedError("launcher", "the worker it started cannot be traced", "kernel.yama.ptrace_scope")

    def part(self, child: Child) -> bool:
        """The worker is dead and reaped: whether there is still a tool to wait for, which then stands for it again."""
        if child.launcher is None:
            return False
        os.close(child.pidfd)
        (child.pid, child.pidfd), child.launcher = child.launcher, None
        child.deadline, child.stopped_for = time.monotonic() + _LAUNCHER_S, None
        self.by_pid[child.pid] = child
        return True

    def look(self, child: Child) -> ChildState:
        """Where it is; a traced worker is let through all stops but its last."""
        while child.ending is None:
            found = os.waitid(os.P_PIDFD, child.pidfd, _CHANGES | os.WNOHANG)
            if found is None:
                return ChildState.RUNNING
            if found.si_code in (os.CLD_EXITED, os.CLD_KILLED, os.CLD_DUMPED):
                return ChildState.DEAD
            self._pass_stop(child)
        return ChildState.ENDING

    def _pass_stop(self, child: Child) -> None:
        pid, status = os.waitpid(child.pid, os.WNOHANG | _WALL)
        if not pid or not os.WIFSTOPPED(status):
            return
        if ptrace.is_fatal_stop(status):
            child.moment = ptrace.last_moment(pid, status)
            signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)
        elif ptrace.is_exit_stop(status):
            child.moment = child.moment or ptrace.last_moment(pid, status)
            child.ending = ptrace.exit_status(pid)
        else:
            ptrace.proceed(pid, status)

    def ending(self, child: Child) -> Exit:
        """What is known of a worker in its last stop: all that there will ever be."""
        assert child.ending is not None
        return Exit(child, child.ending, _oom_killed(child))

    def release(self, child: Child) -> None:
        """Let a worker in its last stop die. What it still has to give back (memory, namespaces) takes its time."""
        ptrace.proceed(child.pid, ptrace.EXIT_STOP)
        child.ending = None

    def reap(self, child: Child) -> Exit:
        """Take the zombie away. Once, when it is DEAD."""
        starved = _oom_killed(child)  # while the tool that started it cannot know yet, and take its cgroup down
        _, status = os.waitpid(child.pid, _WALL)
        del self.by_pid[child.pid]
        return Exit(child, status, starved)

    def await_end(self, child: Child) -> None:
        """Block until it is not RUNNING any more; for the start, where nothing else goes on."""
        while self.look(child) is ChildState.RUNNING:
            os.waitid(os.P_PIDFD, child.pidfd, _CHANGES)

    def wait(self, child: Child) -> Exit:
        """Block until it is dead, and reap it, with the tool that started it; for the start as well."""
        exit_ = self._wait(child)
        if self.part(child):
            self._wait(child)
        return exit_

    def _wait(self, child: Child) -> Exit:
        while True:
            self.await_end(child)
            if self.look(child) is ChildState.DEAD:
                return self.reap(child)
            self.release(child)

    def overdue(self) -> list[Child]:
        now = time.monotonic()
        return [child for child in self.by_pid.values() if child.deadline <= now and child.stopped_for is None]

    def next_deadline(self) -> float | None:
        """Seconds from now until the first deadline, or None."""
        deadlines = [child.deadline for child in self.by_pid.values() if child.stopped_for is None]
        finite = [deadline for deadline in deadlines if deadline != float("inf")]
        return max(0.0, min(finite) - time.monotonic()) if finite else None

    def kill_all(self) -> None:
        for child in self.by_pid.values():
            child.kill(Verdict.KILLED)
