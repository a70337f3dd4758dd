"""What each layer of the full composition costs: fork → ready to render, one layer more at a time, then all but one;
then whole lives of a worker, cold and taken from the pool.

The worker does nothing, so what is measured is the sandbox; the GL context (tens of milliseconds, hidden by the pool)
is not in it. The process that forks is as the GPU fork server is: unprivileged, in the outer namespaces, in the tree.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from benchmarks.lives import Nothing, of_worker, until_locked
from benchmarks.sampling import Collected, Effort, interleave
from sandbox.composition import enter
from sandbox.exceptions import SandboxError
from sandbox.forkserver.pool import Pool
from sandbox.mechanisms import namespaces
from sandbox.mechanisms.cgroups import CgroupPool, CgroupSlot
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.gpu import GPU
from sandbox.policy.model import SandboxPolicy
from sandbox.workers.gpu import GpuWorkers
from sandbox.workers.rehearsal import mapped_files

FLOOR = "bare clone"
FULL = "all layers"
# One instruction, BPF_RET SECCOMP_RET_ALLOW: a filter that costs its installation and decides nothing.
_ALLOW_ALL = struct.pack("<HBBI", 0x06, 0, 0, 0x7FFF_0000)


def collect(effort: Effort) -> Collected:
    """Makes the calling process a parent of sandboxed workers: run it in a process of its own."""
    absent: dict[str, str] = {}
    slots = _slots(absent)
    policy = GPU if slots else replace(GPU, cgroup=None)
    prepared = enter.prepare(policy, mapped_files())
    slot = slots[0] if slots else None
    growing = {
        f"+ {prepared.spaces[count - 1].layer}" if count else FLOOR: _bare(prepared.spaces[:count])
        for count in range(len(prepared.spaces) + 1)
    }
    candidates = growing | {
        name: _worker(policy, replace(prepared, **changes), slot if with_slot else None)
        for name, changes, with_slot in _variants(prepared, with_cgroup=slot is not None)
    }
    pool = Pool(GpuWorkers(Nothing(), policy, prepared, {"name": "none"}), size=1, warm_wall_s=10, slots=slots[1:])
    candidates["fork → locked → reaped"] = of_worker(pool)
    candidates["pool: job → end"] = of_worker(pool, waiting=True)
    return Collected(interleave(candidates, effort), absent=absent)


def _slots(absent: dict[str, str]) -> list[CgroupSlot]:
    assert GPU.cgroup is not None
    try:
        return list(CgroupPool.create(2, GPU.cgroup).slots)
    except SandboxError as error:
        absent["cgroup"] = str(error)
        return []


_Variant = tuple[str, dict[str, Any], bool]


def _variants(prepared: enter.Prepared, *, with_cgroup: bool) -> Iterator[_Variant]:
    """(name, what differs in ``prepared``, whether it has a cgroup): growing, full, then without one."""
    off: dict[str, object] = {"landlock": None, "program": _ALLOW_ALL, "sealed": None}
    yield "+ id map, /tmp, rlimits, capabilities", off, False
    if with_cgroup:
        yield "+ cgroup (pooled)", off, True
    yield "+ landlock", {**off, "landlock": prepared.landlock}, with_cgroup
    yield FULL, {}, with_cgroup
    for space in prepared.spaces:
        if space not in (Namespace.USER, Namespace.MOUNT):
            rest = tuple(other for other in prepared.spaces if other is not space)
            yield f"all but: {space.layer}", {"spaces": rest}, with_cgroup
    if with_cgroup:
        yield "all but: cgroup", {}, False
    yield "all but: landlock", {"landlock": None}, with_cgroup
    yield "all but: seccomp", {"program": _ALLOW_ALL, "sealed": None}, with_cgroup


def _bare(spaces: Sequence[Namespace]) -> Callable[[], float]:
    """A clone into ``spaces`` and nothing else."""
    return until_locked(lambda: namespaces.fork_into(spaces), lambda: None)


def _worker(policy: SandboxPolicy, prepared: enter.Prepared, slot: CgroupSlot | None) -> Callable[[], float]:
    def lock() -> None:
        enter.enter(policy, prepared, slot, fds=(os.open("/dev/null", os.O_RDONLY),))
        enter.lock(policy, prepared)

    return until_locked(lambda: enter.spawn(prepared, slot), lock)
