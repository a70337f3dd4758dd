"""The CPU path's workers: forked and waiting, with no privilege and nothing locked yet, as there is nothing to be
locked against. A worker takes its job's descriptors, reserves its memory, locks itself, and only then looks at a byte
of it.
"""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from collections.abc import Callable
from typing import Final, NoReturn

from sandbox import messages
from sandbox.composition import enter, readback
from sandbox.job import Job, Limits
from sandbox.mechanisms import arena, memfd, rlimits, seccomp
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.policy.cpu import without_clock
from sandbox.policy.model import SandboxPolicy
from sandbox.workers import life, process
from sandbox.workers.child import Child
from sandbox.workers.entry import Entry, Task, work
from sandbox.workers.progress import Progress

_POPULATED_BYTES: Final = 4 << 20  # what parsing a thousand nodes takes


class CpuWorkers:
    """``unsandboxed`` leaves the filter out, to measure what it costs."""

    locked_when_ready = False
    launched = False
    single_threaded = True

    def __init__(self, entry: Entry, policy: SandboxPolicy, *, unsandboxed: bool) -> None:
        self.entry = entry
        self.policy = policy
        self.program = None if unsandboxed else seccomp.compile_filter(self.policy.syscalls)
        self.clock: Callable[[], float] = time.perf_counter

    def fork(self, slot: CgroupSlot | None) -> tuple[int, int]:
        del slot
        return process.fork()

    def live(self, slot: CgroupSlot | None, channel: socket.socket, *, progress: Progress, parent: int) -> NoReturn:
        life.live(self, slot, channel, progress=progress, parent=parent)

    def make_progress(self) -> Progress:
        return Progress()

    def greet(self, channel: socket.socket, progress: Progress) -> None:
        """It has inherited everything."""

    def clean_up(self, pid: int, status: int) -> None:
        """Whatever it had went with it."""

    def enter(self, slot: CgroupSlot | None, channel: int, parent: int) -> None:
        del slot
        process.die_with(parent)
        enter.keep_only((channel,))

    def prepare(self) -> dict[str, object]:
        self.entry.touch()
        process.touch()
        arena.populate(_POPULATED_BYTES)
        return {}

    def serve(self, channel: socket.socket, progress: Progress) -> int:
        data, fds = messages.receive(channel)
        if not data:
            return 0
        task = messages.job_of(messages.decode(data, fds))
        header = memfd.map_readonly(task.header_fd)
        inputs = tuple(memfd.map_readonly(fd) for fd in task.input_fds)
        enter.keep_only((task.input_fds[0], task.output_fd, task.report_fd))
        channel.detach()
        limit_resources(task, self.policy)
        arena.reserve(task.limits.memory_bytes)
        process.clear_errno()
        self._lock()
        # ---- from here on the kernel answers to read, write and exit; nothing before this line looked at an input ----
        progress.locked(self.clock())
        return work(self.entry, Task(bytes(header), inputs, progress.stage, self.clock, task.limits.output_bytes))

    def do_without_clock(self) -> None:
        """From now on; before the first job."""
        self.clock = _no_clock
        self.policy = without_clock(self.policy)
        self.program = None if self.program is None else seccomp.compile_filter(self.policy.syscalls)

    def _lock(self) -> None:
        if self.program is not None:
            seccomp.install(self.program)

    def limit(self, pid: int, task: Job) -> None:
        """The worker does it itself, before it locks."""

    def renew(self, pid: int, limits: Limits) -> None:
        with contextlib.suppress(ProcessLookupError):
            rlimits.allow_cpu_s(pid, readback.cpu_s(pid) + limits.cpu_s)

    def read_back(self, child: Child) -> tuple[str, ...]:
        """At its end: it is locked then, and a process that has died or is about to still shows it."""
        return () if self.program is None else readback.verify(child.pid, self.policy)


def limit_resources(task: Job, policy: SandboxPolicy) -> None:
    """CPU seconds beyond those used so far (SIGXCPU), bytes per written file (SIGXFSZ), and the policy's own limits."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    used_s = used.ru_utime + used.ru_stime
    cpu_s = max(1, round(used_s + task.limits.cpu_s))
    most_s = max(cpu_s, round(used_s + task.limits.cpu_of(task.parts)))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, most_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (task.limits.output_of(task.parts),) * 2)
    rlimits.apply(policy.rlimits)


def _no_clock() -> float:
    return 0.0
