"""crun and runC: OCI runtimes, started on a bundle of their own per launch server; each worker is a container."""

from __future__ import annotations

import json
import os
from functools import partial
from typing import Any, Final

from sandbox.export import oci
from sandbox.export.model import Program
from sandbox.launchers import CHANNEL_FD
from sandbox.launchers.find import installed
from sandbox.launchers.model import Command, Launcher, Site
from sandbox.policy import SandboxPolicy

_PASSED: Final = f"--preserve-fds={CHANNEL_FD - 2}"
_DEV: Final = {
    "destination": "/dev",
    "type": "tmpfs",
    "source": "tmpfs",
    "options": ["nosuid", "noexec", "strictatime", "mode=755", "size=64k"],
}


def _crun() -> str:
    return installed("crun", "crun (Debian)")


def _runc() -> str:
    return installed("runc", "runc (Debian)")


def _bundle(policy: SandboxPolicy, program: Program, site: Site) -> str:
    """The folder of the bundle. A runtime makes devices of its own in /dev, so that has to be writable until it has."""
    folder = os.path.join(site.scratch, "bundle")
    os.makedirs(folder, exist_ok=True)
    config: dict[str, Any] = json.loads(oci.export(policy, program).files[0].content)
    config["mounts"].insert(0, _DEV)
    config["mounts"] = [mount for mount in config["mounts"] if not mount["destination"].startswith("/dev/")]
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file)
    return folder


def _command(name: str, policy: SandboxPolicy, program: Program, site: Site) -> Command:
    state = os.path.join(site.scratch, "state")
    options = {
        "crun": (_crun, ("--cgroup-manager=disabled",)),
        "runc": (_runc, ()),
    }
    find, given = options[name]
    bundle = _bundle(policy, program, site)
    return Command((find(), f"--root={state}", *given, "run", _PASSED, f"--bundle={bundle}"), numbered=True)


_ADDS: Final = ("/proc", "/dev", "/sys")

CRUN: Final = Launcher(
    "crun", _crun, partial(_command, "crun"), adds=_ADDS, empty=("/proc", "/dev", "/sys"), needs_root=True
)
RUNC: Final = Launcher(
    "runc", _runc, partial(_command, "runc"), adds=_ADDS, empty=("/proc", "/dev", "/sys"), needs_root=True
)
