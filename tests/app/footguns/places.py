"""Hosts that never were: what the kernel would show there."""

from __future__ import annotations

from typing import Any

from app.footguns.facts import INITIAL, HostFacts

DEFAULT_CAPABILITIES = 0xA80425FB
"""What Docker leaves a container's root."""
EVERYTHING = (1 << 41) - 1


def sets(held: int, bounding: int | None = None) -> dict[str, int]:
    power = dict.fromkeys(("CapPrm", "CapEff"), held)
    return {**power, "CapInh": 0, "CapAmb": 0, "CapBnd": held if bounding is None else bounding}


def docker(**changed: Any) -> HostFacts:
    """A container as `docker run` makes it, but for what is ``changed``; ``namespaces`` are merged."""
    own = {kind: first + 4000 for kind, first in INITIAL.items() if kind not in ("user", "time")}
    facts: dict[str, Any] = {
        "root_file_system": "overlay",
        "markers": ("/.dockerenv",),
        "capabilities": sets(DEFAULT_CAPABILITIES),
        "seccomp": 2,
        **changed,
        "namespaces": {**INITIAL, **own, **changed.get("namespaces", {})},
    }
    return HostFacts(**facts)


def machine(**changed: Any) -> HostFacts:
    """A plain machine and its root, who may do everything."""
    facts: dict[str, Any] = {
        "namespaces": INITIAL,
        "capabilities": sets(EVERYTHING),
        "host_network": True,
        "host_processes": True,
        "writable_cgroup_roots": ("/sys/fs/cgroup/cpu",),
        "writable_kernel_files": ("/proc/sys/kernel/core_pattern",),
        **changed,
    }
    return HostFacts(**facts)
