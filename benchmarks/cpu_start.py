"""What each step of the CPU path's start costs: bare fork → + one step at a time → locked; then all but one; then whole
lives of a worker, cold and taken from the pool.

The process that forks is as the CPU fork server is: settled heap, no privilege. Capabilities, securebits and
no_new_privs are given up there, once, and inherited; so they cost a worker nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from benchmarks.lives import Nothing, of_worker, until_locked
from benchmarks.sampling import Collected, Effort, interleave
from sandbox.composition import enter
from sandbox.forkserver.pool import Pool
from sandbox.mechanisms import arena, rlimits, seccomp
from sandbox.policy.cpu import CPU_STRICT
from sandbox.workers import process
from sandbox.workers.cpu import CpuWorkers

FLOOR = "bare fork"
_RESERVE_BYTES = 1 << 30


def collect(effort: Effort) -> Collected:
    arena.settle()
    enter.renounce(65532, 65532)
    locked, unlocked = _pool(unsandboxed=False), _pool(unsandboxed=True)
    lives = {
        "fork → reaped, no filter": of_worker(unlocked),
        "fork → locked → reaped": of_worker(locked),
        "pool: job → end, no filter": of_worker(unlocked, waiting=True),
        "pool: job → locked → end": of_worker(locked, waiting=True),
        "pool: job → locked → end, read back": of_worker(locked, waiting=True, read_back=True),
    }
    return Collected(interleave(_steps() | lives, effort))


def _steps() -> dict[str, Callable[[], float]]:
    program, parent = seccomp.compile_filter(CPU_STRICT.syscalls), os.getpid()
    steps: dict[str, Callable[[], object]] = {
        "die with the parent": lambda: process.die_with(parent),
        "close descriptors": lambda: enter.keep_only((0, 1, 2)),
        "rlimits": lambda: rlimits.apply(CPU_STRICT.rlimits),
        "reserve the heap": lambda: arena.reserve(_RESERVE_BYTES),
        "seccomp": lambda: seccomp.install(program),
    }
    names = list(steps)
    found = {FLOOR: _after([])}
    for count, name in enumerate(names, start=1):
        found[f"+ {name}"] = _after([steps[each] for each in names[:count]])
    for name in names:
        found[f"all but: {name}"] = _after([steps[each] for each in names if each != name])
    return found


def _after(steps: list[Callable[[], object]]) -> Callable[[], float]:
    def take_all() -> None:
        for step in steps:
            step()

    return until_locked(lambda: (os.fork(), -1), take_all)


def _pool(*, unsandboxed: bool) -> Pool:
    workers = CpuWorkers(Nothing(), CPU_STRICT, unsandboxed=unsandboxed)
    return Pool(workers, size=1, warm_wall_s=10)
