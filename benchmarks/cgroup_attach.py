"""A cgroup made for each worker against one that is waiting: making, entering and removing it, and entering alone.

On cgroup v1 the first process to move after a pause waits for a grace period of the kernel (cgroup_threadgroup_rwsem,
kernel/cgroup/cgroup.c), so entering is measured in a row and after a pause as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.lives import until_locked
from benchmarks.sampling import Collected, Effort, interleave
from sandbox.exceptions import SandboxError
from sandbox.mechanisms import namespaces
from sandbox.mechanisms.cgroups import CgroupPool, CgroupSlot
from sandbox.policy.gpu import GPU

FLOOR = "bare clone"
_PAUSE_S = 0.25


def collect(effort: Effort) -> Collected:
    assert GPU.cgroup is not None
    try:
        pool = CgroupPool.create(1, GPU.cgroup)
    except SandboxError as error:
        return Collected({}, absent={"cgroup": str(error)})
    slot = pool.slots[0]
    try:
        candidates: dict[str, Callable[[], object]] = {
            FLOOR: _attach(None),
            "pooled: enter one that waits": _attach(slot),
            "pooled, first after 0.25 s of rest": lambda: _rested(slot),
            "cold: make, enter, remove": _cold,
        }
        return Collected(interleave(candidates, Effort(min(effort.rounds, 100), effort.budget_s)))
    finally:
        pool.destroy()


def _attach(slot: CgroupSlot | None) -> Callable[[], float]:
    def enter() -> None:
        if slot is not None:
            slot.attach()

    return until_locked(lambda: namespaces.fork_into(()), enter)


def _rested(slot: CgroupSlot) -> float:
    time.sleep(_PAUSE_S)
    return _attach(slot)()


def _cold() -> None:
    assert GPU.cgroup is not None
    pool = CgroupPool.create(1, GPU.cgroup)
    try:
        _attach(pool.slots[0])()
    finally:
        pool.destroy()
