"""What each layer of the full composition costs: fork → ready to render, one layer more at a time, then all but one.

The worker does nothing, so what is measured is the sandbox; the GL context (tens of milliseconds, hidden by the pool)
is not in it. The process that forks is as the GPU fork server is: unprivileged, in the outer namespaces, in the tree.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from benchmarks.sampling import Sample, in_child, interleave, show
from sandbox import enter, namespaces
from sandbox.cgroups import CgroupPool, CgroupSlot
from sandbox.policy import GPU, Namespace, SandboxPolicy
from sandbox.progress import Progress

GOAL = (
    "to reach: all layers at most 2.0 ms; others on such a machine: nsjail 5.3, bubblewrap 3.5, crun 16-28, firejail 35"
)
FLOOR = "bare clone"
FULL = "all layers"
# One instruction, BPF_RET SECCOMP_RET_ALLOW: a filter that costs its installation and decides nothing.
_ALLOW_ALL = struct.pack("<HBBI", 0x06, 0, 0, 0x7FFF_0000)


def measure(*, rounds: int = 200, budget_s: float = 60.0) -> dict[str, Sample]:
    """Makes the calling process a parent of sandboxed workers: run it in a process of its own."""
    pool = CgroupPool.create(1, GPU.cgroup) if GPU.cgroup else None
    slot = pool.slots[0] if pool else None
    prepared = enter.prepare(GPU, ())
    growing = {
        f"+ {prepared.spaces[count - 1].layer}" if count else FLOOR: _bare(prepared.spaces[:count])
        for count in range(len(prepared.spaces) + 1)
    }
    candidates = growing | {
        name: _worker(policy, replace(prepared, **changes), slot if with_slot else None)
        for name, policy, changes, with_slot in _variants(prepared)
    }
    return interleave(candidates, rounds=rounds, budget_s=budget_s)


_Variant = tuple[str, SandboxPolicy, dict[str, Any], bool]


def _variants(prepared: enter.Prepared) -> Iterator[_Variant]:
    """(name, policy, what differs in ``prepared``, whether it has a cgroup): growing, full, then without one."""
    off: dict[str, object] = {"landlock": None, "program": _ALLOW_ALL, "sealed": None}
    yield "+ id map, /tmp, rlimits, capabilities", GPU, off, False
    yield "+ cgroup (pooled)", GPU, off, True
    yield "+ landlock", GPU, {**off, "landlock": prepared.landlock}, True
    yield FULL, GPU, {}, True
    for space in prepared.spaces:
        if space not in (Namespace.USER, Namespace.MOUNT):
            rest = tuple(other for other in prepared.spaces if other is not space)
            yield f"all but {space.layer}", GPU, {"spaces": rest}, True
    yield "all but cgroup", GPU, {}, False
    yield "all but landlock", GPU, {"landlock": None}, True
    yield "all but seccomp", GPU, {"program": _ALLOW_ALL, "sealed": None}, True


def _bare(spaces: Sequence[Namespace]) -> Callable[[], float]:
    """A clone into ``spaces`` and nothing else."""
    return _life(lambda: namespaces.fork_into(spaces), lambda: None)


def _worker(policy: SandboxPolicy, prepared: enter.Prepared, slot: CgroupSlot | None) -> Callable[[], float]:
    def lock() -> None:
        enter.enter(policy, prepared, slot)
        enter.lock(policy, prepared)

    return _life(lambda: enter.spawn(policy, prepared, slot), lock)


def _life(spawn: Callable[[], tuple[int, int]], enter_and_lock: Callable[[], None]) -> Callable[[], float]:
    """The time from before the fork to the end of the lock, in ms."""

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
        os.close(pidfd)
        locked_ns, _ = progress.read()
        progress.close()
        if not locked_ns:
            raise RuntimeError("a worker did not come to the end of its lock")
        return (locked_ns - start_ns) / 1e6

    return live


def main() -> None:
    show("GPU path: fork → namespaces entered, locked (no GL)", in_child(measure), baseline=FLOOR, note=GOAL)
