"""What a fork server is and what its workers are held to: the one description, on both sides of its socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, Final, Self

from sandbox.job import Limits
from sandbox.policy import registry
from sandbox.policy.model import SandboxPolicy
from sandbox.policy.registry import Ingredients

NATIVE: Final = "native"
"""The launcher that is none: workers are the fork server's own forks."""


class Confinement(Enum):
    """How workers are made, and when they are locked.

    ``LOCKED``: forked, and locked by a filter once the descriptors of the job have come. ``COMPOSED``: cloned into
    namespaces of their own, under all layers, and locked before there is a job.
    """

    LOCKED = "locked"
    COMPOSED = "composed"


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """A fork server and its workers.

    ``name``: what messages call it. ``policy``: a name of :data:`sandbox.policy.registry.RECIPES`. ``entry``:
    ``package.module:Class``; made in the fork server with ``entry_options``, which are JSON. ``environment``: variables
    of the fork server, beside the few that every one has. ``workers``: how many work at once; ``pool``: how many wait.
    ``launcher``: who starts the workers, one of :data:`sandbox.launchers.NAMES` or ``native``. ``waived``: layers that
    may be missing. ``unsandboxed``: no sandbox at all, to measure what it costs. ``uid``/``gid``: who the fork server
    becomes when it was started by root. ``mounts``: further read-only folders of composed workers, (source, target).
    ``warm_wall_s``: how long a worker may take to get ready.

    Raises ValueError for a policy that nobody has, and for a policy or a launcher that is not for workers of this kind.
    """

    name: str
    kind: Confinement
    policy: str
    entry: str
    entry_options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()
    workers: int = 2
    pool: int = 2
    launcher: str = NATIVE
    waived: frozenset[str] = frozenset()
    unsandboxed: bool = False
    uid: int = 65532
    gid: int = 65532
    mounts: tuple[tuple[str, str], ...] = ()
    warm_wall_s: float = 60.0

    def __post_init__(self) -> None:
        if self.policy not in registry.RECIPES:
            raise ValueError(f"no policy is called {self.policy!r}; there are {', '.join(registry.RECIPES)}")
        if bool(self.make_policy().namespaces) != (self.kind is Confinement.COMPOSED):
            raise ValueError(f"the policy {self.policy} is not for workers that are {self.kind.value}")
        if self.kind is Confinement.LOCKED and self.launcher != NATIVE:
            raise ValueError(f"{self.launcher} starts composed workers only")

    def make_policy(self, *, jit: bool = True, devices: tuple[str, ...] = ()) -> SandboxPolicy:
        """The policy of its workers, before anything is waived. ``jit``, ``devices``: what a rehearsal found."""
        return registry.make(self.policy, Ingredients(jit, devices, self.limits.file_bytes))

    def policy_on(self, device: Mapping[str, object]) -> SandboxPolicy:
        """The policy, as far as it depends on what an entry said of the device; without a word, a software driver's."""
        return self.make_policy(jit=bool(device.get("software", True)))

    def to_json(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return fields | {
            "kind": self.kind.value,
            "entry_options": dict(self.entry_options),
            "environment": dict(self.environment),
            "limits": asdict(self.limits),
            "waived": sorted(self.waived),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What :meth:`to_json` made. Raises TypeError, KeyError or ValueError for anything else."""
        return cls(
            **{
                **data,
                "kind": Confinement(data["kind"]),
                "limits": Limits(**data["limits"]),
                "waived": frozenset(data["waived"]),
                "mounts": tuple((source, target) for source, target in data["mounts"]),
            }
        )
