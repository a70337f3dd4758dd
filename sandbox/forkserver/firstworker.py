"""A first worker, which does nothing: what the kernel says is in force on it, before any is offered."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.exceptions import LayerFailedError
from sandbox.forkserver.children import Children
from sandbox.forkserver.pool import Pool, give
from sandbox.forkserver.verdict import Death, judge
from sandbox.frames import Part
from sandbox.job import Job, Limits, Verdict
from sandbox.mechanisms import memfd
from sandbox.workers.cpu import CpuWorkers
from sandbox.workers.entry import Task

_REHEARSAL_LIMITS = Limits(wall_s=10, cpu_s=10, memory_bytes=16 << 20, output_bytes=1 << 16)


def look_at_one(pool: Pool) -> tuple[str, ...]:
    """The layers of a first worker."""
    children = Children()
    child = pool.bring_up(children)
    child.kill(Verdict.REFUSED)
    exit_ = children.wait(child)
    pool.kind.clean_up(child.pid, exit_.status)
    child.close()
    return child.layers


def lock_one(pool: Pool, workers: CpuWorkers) -> tuple[str, ...]:
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
    fds = (memfd.create("output"), memfd.create("report"), memfd.seal_bytes(b"rehearsal"), memfd.seal_bytes(b""))
    children = Children()
    child = give(pool.bring_up(children), Job(0, _REHEARSAL_LIMITS, fds))
    try:
        children.await_end(child)
        layers = pool.kind.read_back(child)
        exit_ = children.wait(child)
        return layers, judge(exit_.status, stopped_for=None, moment=child.moment, oom_killed=False)
    finally:
        child.close()


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

    def run(self, task: Task) -> Iterator[Part]:
        task.clock()
        yield Part(0, b"")
