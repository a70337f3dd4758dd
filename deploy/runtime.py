"""An OCI runtime, crun or runc, and what it needs on this machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.exceptions import DeploymentError

NAMES: Final = ("crun", "runc")
_MOUNTS: Final = Path("/proc/self/mountinfo")


@dataclass(frozen=True, slots=True)
class Runtime:
    """``before``: what the program has to be started by. ``state``: the folder where it keeps its own. ``cgroups``:
    whether there are any for it to set limits in."""

    name: str
    state: Path
    cgroups: bool
    before: tuple[str, ...] = ()

    def command(self, *arguments: str) -> list[str]:
        return [*self.before, self.name, "--root", str(self.state), *arguments]


def find(state: Path, names: Sequence[str] = NAMES) -> Runtime:
    """The first of ``names`` that is installed. Raises DeploymentError."""
    for name in names:
        if shutil.which(name) is not None:
            return fitted(name, state, cgroup_mounts(_MOUNTS.read_text(encoding="utf-8")))
    raise DeploymentError(f"neither of {', '.join(names)} is installed: apt-get install {names[0]}")


def fitted(name: str, state: Path, mounts: Sequence[tuple[str, str]]) -> Runtime:
    """Crun starts nothing where v1 and v2 are mounted side by side (hybrid) and v2 has a controller left. It is shown
    v1 alone then, in a mount namespace of its own: that is where the limits can be set, by runc as well."""
    kinds = {kind for kind, _ in mounts}
    if name != "crun" or kinds != {"cgroup", "cgroup2"}:
        return Runtime(name, state, bool(kinds))
    hidden = [point for kind, point in mounts if kind == "cgroup2"]
    script = 'while [ "$1" != -- ]; do umount "$1" || exit; shift; done; shift; exec "$@"'
    return Runtime(name, state, True, ("unshare", "--mount", "sh", "-c", script, "sh", *hidden, "--"))


def cgroup_mounts(mountinfo: str) -> list[tuple[str, str]]:
    """(``cgroup``, which is v1, or ``cgroup2``; mount point), from proc(5)."""
    found = re.findall(r"^(?:\S+ ){4}(\S+) .* - (cgroup2?) ", mountinfo, re.MULTILINE)
    return [(kind, point) for point, kind in found]
