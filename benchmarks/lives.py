"""Lives of workers, timed: what the start sections of both paths have in common."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from sandbox.forkserver.children import Children
from sandbox.forkserver.pool import Pool, give
from sandbox.frames import Part
from sandbox.job import Job, Limits
from sandbox.mechanisms import memfd
from sandbox.workers.entry import Task
from sandbox.workers.progress import Progress

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

    def run(self, task: Task) -> Iterator[Part]:
        del task
        yield Part(0, b"")


def until_locked(spawn: Callable[[], tuple[int, int]], enter_and_lock: Callable[[], None]) -> Callable[[], float]:
    """The time from before the fork to the end of ``enter_and_lock`` in the worker, in ms."""

    def live() -> float:
        progress = Progress()
        start_ns = time.monotonic_ns()
        pid, pidfd = spawn()
        if pid == 0:
            try:
                enter_and_lock()
                progress.locked(time.monotonic())
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        if pidfd >= 0:
            os.close(pidfd)
        locked_ns, _ = progress.read()
        progress.close()
        if not locked_ns:
            raise RuntimeError("a worker did not come to the end of its lock")
        return (locked_ns - start_ns) / 1e6

    return live


def of_worker(pool: Pool, *, waiting: bool = False, read_back: bool = False) -> Callable[[], float]:
    """One worker, in ms, from its fork to its reaping; ``waiting``: from its job to its last stop, as a request sees
    it."""

    def live() -> float:
        fds = (memfd.create("output"), memfd.create("report"), memfd.seal_bytes(b"x"), memfd.seal_bytes(b""))
        children = Children()
        start = time.perf_counter()
        child = pool.bring_up(children)
        if waiting:
            start = time.perf_counter()
        give(child, Job(1, _LIMITS, fds))
        children.await_end(child)
        if read_back:
            pool.kind.read_back(child)
        ended = time.perf_counter()
        children.wait(child)
        stop = ended if waiting else time.perf_counter()
        child.close()
        return (stop - start) * 1e3

    return live
