"""The CPU path's workers: forked and waiting, with no privilege and nothing locked yet, as there is nothing to be
locked against. A worker takes its job's descriptors, reserves its memory, locks itself, and only then looks at a byte
of it.
"""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Callable, Iterator
from typing import NoReturn

from sandbox import job, life, worker
from sandbox.children import Child, Children
from sandbox.composition import enter, readback
from sandbox.exceptions import LayerFailedError
from sandbox.job import Job, Limits, Verdict
from sandbox.mechanisms import arena, memfd, rlimits, seccomp
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.policy.cpu import CPU_COMPARE, CPU_COMPUTE, CPU_STRICT, without_clock
from sandbox.policy.model import SandboxPolicy, waive
from sandbox.pool import Pool, give
from sandbox.progress import Progress
from sandbox.verdict import Death, judge
from sandbox.worker import Entry, Task

POLICIES: dict[str, SandboxPolicy] = {"strict": CPU_STRICT, "compute": CPU_COMPUTE, "compare": CPU_COMPARE}
_REHEARSAL_LIMITS = Limits(wall_s=10, cpu_s=10, memory_bytes=16 << 20, output_bytes=1 << 16)


class CpuWorkers:
    """``level``: a key of :data:`POLICIES`; ``unsandboxed`` leaves the filter out, to measure what it costs."""

    locked_when_ready = False
    launched = False
    single_threaded = True

    def __init__(self, entry: Entry, *, level: str, unsandboxed: bool, waived: frozenset[str]) -> None:
        self.entry = entry
        self.policy = waive(POLICIES[level], waived)
        self.program = None if unsandboxed else seccomp.compile_filter(self.policy.syscalls)
        self.clock: Callable[[], float] = time.perf_counter

    def fork(self, slot: CgroupSlot | None) -> tuple[int, int]:
        del slot
        pid = os.fork()
        return pid, os.pidfd_open(pid) if pid else -1

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
        worker.die_with(parent)
        enter.keep_only((channel,))

    def prepare(self) -> dict[str, object]:
        self.entry.touch()
        return {}

    def serve(self, channel: socket.socket, progress: Progress) -> int:
        message, fds = job.receive(channel)
        if not message:
            return 0
        task = job.decode_job(message, fds)
        inputs = tuple(memfd.map_readonly(fd) for fd in task.input_fds)
        enter.keep_only((task.input_fds[0], task.output_fd, task.report_fd))
        channel.detach()
        limit_resources(task.limits, self.policy)
        arena.reserve(task.limits.memory_bytes)
        worker.clear_errno()
        self._lock()
        # ---- from here on the kernel answers to read, write and exit; nothing before this line looked at an input ----
        progress.locked(self.clock())
        return worker.work(self.entry, Task(task.header, inputs, progress.stage, self.clock))

    def do_without_clock(self) -> None:
        """From now on; before the first job."""
        self.clock = _no_clock
        self.policy = without_clock(self.policy)
        self.program = None if self.program is None else seccomp.compile_filter(self.policy.syscalls)

    def _lock(self) -> None:
        if self.program is not None:
            seccomp.install(self.program)

    def limit(self, pid: int, limits: Limits) -> None:
        """The worker does it itself, before it locks."""

    def read_back(self, child: Child) -> tuple[str, ...]:
        """At its end: it is locked then, and a process that has died or is about to still shows it."""
        return () if self.program is None else readback.verify(child.pid, self.policy)


def limit_resources(limits: Limits, policy: SandboxPolicy) -> None:
    """CPU seconds beyond those used so far (SIGXCPU), bytes per written file (SIGXFSZ), and the policy's own limits."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = max(1, round(used.ru_utime + used.ru_stime + limits.cpu_s))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output_bytes, limits.output_bytes))
    rlimits.apply(policy.rlimits)


def rehearse(pool: Pool, workers: CpuWorkers) -> tuple[str, ...]:
    """Have a worker lock itself and do nothing, and return what was in force. Raises SandboxError.

    Finds out on the way whether the clock is read without a system call (vDSO); where it is not, stages are not timed,
    rather than a call more being allowed.
    """
    entry, workers.entry = workers.entry, _ClockEntry()
    try:
        layers, death = _try_lock(pool)
        if death.syscall == "clock_gettime":
            workers.do_without_clock()
            layers, death = _try_lock(pool)
    finally:
        workers.entry = entry
    if death.verdict is not Verdict.COMPLETED:
        cause = death.syscall or death.signal or f"exit status {death.exit_status}"
        raise LayerFailedError("seccomp", f"a worker that does nothing died under its own filter: {cause}")
    return layers


def _try_lock(pool: Pool) -> tuple[tuple[str, ...], Death]:
    fds = (memfd.create("output"), memfd.create("report"), memfd.seal_bytes(b"rehearsal"))
    children = Children()
    child = give(pool.bring_up(children), Job(0, b"", _REHEARSAL_LIMITS, fds))
    try:
        children.await_end(child)
        layers = pool.kind.read_back(child)
        exit_ = children.wait(child)
        return layers, judge(exit_.status, stopped_for=None, moment=child.moment, oom_killed=False)
    finally:
        child.close()


def _no_clock() -> float:
    return 0.0


class _ClockEntry:
    """Reads the clock, and nothing else."""

    def preload(self) -> None: ...

    def probe(self) -> dict[str, object]:
        return {}

    def warm(self) -> dict[str, object]:
        return {}

    def exercises(self) -> Iterator[None]:
        return iter(())

    def touch(self) -> None: ...

    def run(self, task: Task) -> tuple[bytes, bytes | memoryview]:
        task.clock()
        return b"", b""
