"""How a fork server is started, and what its workers are held to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.job import Limits
from sandbox.launchers import NATIVE
from sandbox.policy.cpu import LEVELS
from sandbox.policy.gpu import gpu
from sandbox.policy.model import SandboxPolicy


@dataclass(frozen=True, slots=True)
class ForkServerConfig:
    """``path``: cpu or gpu. ``entry``: ``package.module:Class``; made in the fork server with ``entry_options``.
    ``mounts``: further read-only folders of the GPU path, (source, target). ``launcher``: who starts its workers, one
    of :data:`sandbox.launchers.NAMES` or ``native``."""

    path: str
    entry: str
    entry_options: Mapping[str, object] = field(default_factory=dict)
    workers: int = 2
    pool: int = 2
    level: str = "strict"
    launcher: str = NATIVE
    limits: Limits = Limits()
    waived: frozenset[str] = frozenset()
    unsandboxed: bool = False
    uid: int = 65532
    gid: int = 65532
    mounts: tuple[tuple[str, str], ...] = ()

    def policy(self, device: Mapping[str, object]) -> SandboxPolicy:
        """What its workers are held to, before anything is waived. ``device``: what it has said of the one that draws;
        as long as it has said nothing, the software driver."""
        if self.path == "cpu":
            return LEVELS[self.level]
        return gpu(jit=bool(device.get("software", True)))

    def message(self, slots: Sequence[dict[str, object]]) -> dict[str, object]:
        """What the fork server is told of it, as JSON says it (:class:`sandbox.forkserver.start.ServerConfig`).
        ``slots``: the cgroups that its workers take turns in."""
        return {
            "path": self.path,
            "entry": self.entry,
            "entry_options": dict(self.entry_options),
            "level": self.level,
            "launcher": self.launcher,
            "pool": self.pool,
            "uid": self.uid,
            "gid": self.gid,
            "waived": sorted(self.waived),
            "unsandboxed": self.unsandboxed,
            "mounts": self.mounts,
            "slots": slots,
        }
