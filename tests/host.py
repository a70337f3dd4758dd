"""What the host that runs the tests can give."""

from __future__ import annotations

from sandbox.exceptions import LayerUnavailableError
from sandbox.mechanisms import landlock
from sandbox.mechanisms.cgroups import CgroupLimits, CgroupPool
from sandbox.mechanisms.processes import state_of


def _lacks_cgroups() -> bool:
    try:
        CgroupPool.create(1, CgroupLimits(memory_bytes=64 << 20, pids=8, cpu_cores=1.0)).destroy()
    except LayerUnavailableError:
        return True
    return False


NO_LANDLOCK: frozenset[str] = frozenset(() if landlock.abi() else {"landlock"})

WAIVED: frozenset[str] = frozenset({"cgroup"} if _lacks_cgroups() else ()) | NO_LANDLOCK
"""What tests of everything else have to give up here: an ordinary user has a cgroup only where one is delegated, and
not every kernel has Landlock."""


def alive(pid: int | None) -> bool:
    """A zombie is not: one whose parent is gone waits for process 1, which in a container need not reap anything."""
    return pid is not None and state_of(pid) not in ("", "Z", "X")
