"""Whether this is a container: decided by several signs, and said by which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.footguns.facts import INITIAL, HostFacts

_ENGINES = ("docker", "kubepods", "libpod", "containerd", "crio", "lxc", "garden", "actions_job")
_LAYERED = ("overlay", "fuse.fuse-overlayfs", "aufs")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``kernel``: signs from the kernel itself, ``left``: things an engine leaves (an image unpacked on a plain machine
    has those too)."""

    container: bool
    kernel: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def reason(self) -> str:
        if self.container:
            return "; ".join((*self.kernel, *self.left))
        if self.left:
            return f"not a container in spite of {', '.join(self.left)}: {', '.join(self.kernel) or _ALL_FIRST}"
        return "; ".join(self.kernel) or _ALL_FIRST


_ALL_FIRST = "all namespaces are the machine's first ones"


def judge(facts: HostFacts) -> Surroundings:
    """A container has at least one sign from the kernel and two in all; namespaces of a hardened service (uts, ipc,
    mounts) alone do not make one, a pid namespace of its own does."""
    kernel, left = tuple(_kernel_signs(facts)), tuple(_left_signs(facts))
    own = _own(facts)
    # Of those that are had by a container and by no service that is merely confined.
    telling = "pid" in own or facts.root_file_system in _LAYERED or bool(left)
    return Surroundings(bool(kernel) and telling and len(kernel) + len(left) >= 2, kernel, left)


def _own(facts: HostFacts) -> list[str]:
    return [kind for kind, first in INITIAL.items() if facts.namespaces.get(kind, first) != first]


def _kernel_signs(facts: HostFacts) -> Iterable[str]:
    yield from (f"its own {kind} namespace" for kind in _own(facts) if kind != "time")
    mine, first = facts.namespaces.get("mnt"), facts.first_mount_namespace
    # In a pid namespace of our own, process 1 is the container's.
    if mine is not None and first is not None and mine != first:
        yield "other mounts than process 1"
    if facts.root_file_system in _LAYERED:
        yield f"its root is an {facts.root_file_system.rpartition('.')[2]}"


def _left_signs(facts: HostFacts) -> Iterable[str]:
    yield from facts.markers
    if any(engine in facts.cgroup for engine in _ENGINES):
        yield f"its cgroup is {facts.cgroup}"
