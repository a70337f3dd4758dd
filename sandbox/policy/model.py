"""What a worker may do, as data. Code elsewhere only applies it (or writes it out for another launcher).

A :class:`SandboxPolicy` describes itself: every syscall stands in a group with the reason it is needed, every limit has
its unit in its name. Nothing in this room asks the kernel for anything, so a policy can be printed, compared and
exported anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sandbox.mechanisms.cgroups import CgroupLimits
from sandbox.mechanisms.landlock import LandlockPolicy
from sandbox.mechanisms.namespaces import Namespace
from sandbox.mechanisms.rlimits import RLimit
from sandbox.mechanisms.rules import SyscallGroup

SECUREBITS: Final = (
    *("noroot", "noroot-locked", "no-setuid-fixup", "no-setuid-fixup-locked", "keep-caps-locked"),
    *("no-cap-ambient-raise", "no-cap-ambient-raise-locked"),
)
"""Names of capabilities(7), in lower case and without SECBIT: uid 0 means nothing, and that cannot be undone."""


@dataclass(frozen=True, slots=True)
class Mount:
    """One thing in the worker's tree. ``source`` None: a fresh tmpfs of ``size_bytes``, and ``inodes`` unless 0.

    ``flags`` as mount(8) names them. ``optional``: left out where the host has no such thing. Beside these the tree
    holds exactly the libraries that a rehearsal has mapped, and an operator's folders, all like the driver's data.
    """

    target: str
    reason: str
    flags: tuple[str, ...]
    source: str | None = None
    size_bytes: int = 0
    inodes: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class SandboxPolicy:
    """Everything one path's worker is held to. See the module docstring."""

    name: str
    syscalls: tuple[SyscallGroup, ...]
    sealed: tuple[SyscallGroup, ...] | None = None
    """A second, tighter filter that is stacked once the worker is warm; None where there is only one."""
    namespaces: tuple[Namespace, ...] = ()
    optional_namespaces: tuple[Namespace, ...] = ()
    rlimits: tuple[RLimit, ...] = ()
    cgroup: CgroupLimits | None = None
    landlock: LandlockPolicy | None = None
    mounts: tuple[Mount, ...] = ()
    """What :mod:`sandbox.mechanisms.mounts` assembles, without the libraries; none: the host's files, which no call can
    open."""
    capabilities: tuple[str, ...] = ()
    """Kept in any of the five sets: none, on any path."""
    securebits: tuple[str, ...] = SECUREBITS
    nested_user_namespaces: bool = True
    """False: its own user namespace may have none inside, whatever it calls (user.max_user_namespaces is 0 there)."""
    tmp_bytes: int = 0
    tmp_inodes: int = 0
    hostname: str | None = None
    jit: bool = False
    """The GL driver compiles machine code, as a software one does, so memory may be turned executable. Reported as
    such."""
    waived: frozenset[str] = frozenset()

    @property
    def layers(self) -> tuple[str, ...]:
        """Public names of the layers this policy demands, in the order they are reported; a waived one is missing."""
        return tuple(name for name in self._own_layers() if not self.waives(name))

    @property
    def given_up(self) -> tuple[str, ...]:
        """What of ``waived`` this policy would have. A waiver is for all paths; one gives up only what it has."""
        own = {*self._own_layers(), *(space.layer for space in self.optional_namespaces)}
        own |= {"rlimits"} if self.rlimits else set()
        own |= {"cgroup-v1", "cgroup-v2"} if self.cgroup else set()
        return tuple(sorted(self.waived & own))

    def _own_layers(self) -> list[str]:
        own = [space.layer for space in self.namespaces]
        own += ["cgroup"] if self.cgroup else []
        own += ["capabilities", "no-new-privs"]
        own += ["landlock"] if self.landlock else []
        return [*own, "seccomp"]

    def waives(self, layer: str) -> bool:
        """True where an operator gave this layer up by name; ``cgroup`` also answers to its versioned names."""
        names = {layer, "cgroup-v1", "cgroup-v2"} if layer == "cgroup" else {layer, layer.partition("-v")[0]}
        return bool(names & self.waived)


def sealed(policy: SandboxPolicy) -> SandboxPolicy:
    """The policy as it stands once its worker is warm, with the second filter as its only one."""
    if policy.sealed is None:
        return policy
    return replace(policy, name=f"{policy.name}-sealed", syscalls=policy.sealed, sealed=None)


def waive(policy: SandboxPolicy, layers: frozenset[str]) -> SandboxPolicy:
    """The same policy with layers an operator gave up by name."""
    return replace(policy, waived=policy.waived | layers)
