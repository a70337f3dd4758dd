"""Fork → locked → reaped on the CPU path, against a bare fork and against what others call the floor."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from benchmarks.sampling import Sample, in_child, interleave, show
from sandbox import arena, enter, memfd
from sandbox.children import Children
from sandbox.cpu import CpuWorkers
from sandbox.job import Job, Limits
from sandbox.pool import Pool, give
from sandbox.worker import Task

GOAL = "to reach: fork and strict filter at most 1.2 ms from end to end"
FLOOR = "bare fork + wait"
_LIMITS = Limits(wall_s=10, cpu_s=10, memory_bytes=1 << 30, output_bytes=1 << 20)


class Nothing:
    """An entry that does nothing, so that what remains is the sandbox."""

    def preload(self) -> None: ...

    def probe(self) -> dict[str, object]:
        return {}

    def warm(self) -> dict[str, object]:
        return {}

    def exercises(self) -> Iterator[None]:
        return iter(())

    def touch(self) -> None: ...

    def run(self, _: Task) -> tuple[bytes, bytes | memoryview]:
        return b"", b""


def measure(*, rounds: int = 300) -> dict[str, Sample]:
    """In a process that is as the fork server is: settled heap, no privilege."""
    arena.settle()
    enter.renounce(65532, 65532)
    locked, unlocked = _pool(unsandboxed=False), _pool(unsandboxed=True)
    return interleave(
        {
            FLOOR: _bare_fork,
            "fork → reaped, no filter": lambda: _life(unlocked),
            "fork → locked → reaped": lambda: _life(locked),
            "job → end, waiting worker, no filter": lambda: _life(unlocked, waiting=True),
            "job → locked → end, waiting worker": lambda: _life(locked, waiting=True),
            "the same, read back from the kernel": lambda: _life(locked, waiting=True, read_back=True),
        },
        rounds=rounds,
    )


def _pool(*, unsandboxed: bool) -> Pool:
    workers = CpuWorkers(Nothing(), level="strict", unsandboxed=unsandboxed, waived=frozenset())
    return Pool(workers, size=1, warm_wall_s=10)


def _bare_fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _life(pool: Pool, *, waiting: bool = False, read_back: bool = False) -> float:
    """One worker, in ms, from its fork to its reaping; ``waiting``: from its job to its last stop, as a request sees
    it."""
    fds = (memfd.create("output"), memfd.create("report"), memfd.seal_bytes(b"x"))
    children = Children()
    start = time.perf_counter()
    child = pool.bring_up(children)
    if waiting:
        start = time.perf_counter()
    give(child, Job(1, b"", _LIMITS, fds))
    children.await_end(child)
    if read_back:
        pool.kind.read_back(child)
    ended = time.perf_counter()
    children.wait(child)
    stop = ended if waiting else time.perf_counter()
    child.close()
    return (stop - start) * 1e3


def main() -> None:
    show("CPU path: one worker, small process", in_child(measure), baseline=FLOOR, note=GOAL)
