"""crun and runC: OCI runtimes, started on a bundle of their own per launch server; each worker is a container."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from sandbox.export import oci
from sandbox.export.model import Program
from sandbox.export.start import with_go
from sandbox.launchers import CHANNEL_FD
from sandbox.launchers.find import installed
from sandbox.launchers.model import Command, Launcher, Site
from sandbox.mechanisms.cgroupfs import CONTROLLERS
from sandbox.policy.model import SandboxPolicy

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


def _as_it_is(policy: SandboxPolicy) -> SandboxPolicy:
    return policy


# By name: where it is, options that only it has, and what its own way of starting makes of the policy.
_CALLS: Final[dict[str, tuple[Callable[[], str], tuple[str, ...], Callable[[SandboxPolicy], SandboxPolicy]]]] = {
    "crun": (_crun, ("--cgroup-manager=disabled",), _as_it_is),
    "runc": (_runc, (), with_go),
}


def _command(name: str, policy: SandboxPolicy, program: Program, site: Site) -> Command:
    state = os.path.join(site.scratch, "state")
    find, given, adapt = _CALLS[name]
    bundle = _bundle(adapt(policy), program, site)
    tool = (find(), f"--root={state}", *given)
    run = (*tool, "run", _PASSED, f"--bundle={bundle}")
    return Command(run, named=True, takes_streams=True, clean_up=(*tool, "delete", "--force"))


def _mounted(*kinds: str) -> dict[str, set[str]]:
    """Options by place, of the mounts of these kinds."""
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        fields = [line.split() for line in mounts]
    return {place: set(options.split(",")) for _, place, kind, options, *_ in fields if kind in kinds}


def _hybrid() -> tuple[str, ...]:
    """Crun looks whether a v2 hierarchy lies beside the v1 ones, and refuses, even where it is to make no cgroup."""
    return tuple(_mounted("cgroup2")) if _mounted("cgroup") else ()


def _other_hierarchies() -> tuple[str, ...]:
    """RunC nests a cgroup below its own in every hierarchy it can see. It is to see those that the slot is in, where
    that one goes with the slot, and devices, without which it does not start."""
    v1 = _mounted("cgroup")
    return (*_hybrid(), *(place for place, options in v1.items() if not options & {*CONTROLLERS, "devices"}))


_PLACES: Final = ("/proc", "/dev", "/sys")
# The runtime specification's default devices, and the links that runtimes put beside them.
_DEVICES: Final = frozenset(
    {
        *("full", "random", "tty", "console", "ptmx", "pts", "shm", "mqueue"),
        *("fd", "stdin", "stdout", "stderr", "core"),
    }
)


def _oci(name: str, executable: Callable[[], str], takes_off: Callable[[], tuple[str, ...]]) -> Launcher:
    return Launcher(
        name,
        executable,
        partial(_command, name),
        adds=_PLACES,
        devices=_DEVICES,
        empty=_PLACES,
        inner_root=True,
        needs_root=True,
        hides=("/dev",),
        takes_off=takes_off,
    )


CRUN: Final = _oci("crun", _crun, _hybrid)
RUNC: Final = _oci("runc", _runc, _other_hierarchies)
