"""What this host offers a sandbox, read from /proc and /sys without changing anything."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from app.footguns import egl, evidence, live
from app.footguns.facts import HostFacts, gather
from app.service.specs import BUNDLED_FONTS
from app.settings import Settings
from sandbox.exceptions import SandboxError
from sandbox.launchers.registry import LAUNCHERS, absent
from sandbox.mechanisms import landlock, namespaces
from sandbox.mechanisms.cgroups import CgroupLimits, CgroupPool
from sandbox.spec import NATIVE


class Level(Enum):
    """How good a finding is. NOTE: works, but the operator should know."""

    OK = "ok"
    NOTE = "note"
    MISSING = "missing"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class HostFinding:
    """One thing found out. ``hint``: what to do about it, exactly."""

    subject: str
    level: Level
    detail: str
    hint: str = ""


def examine(settings: Settings) -> list[HostFinding]:
    """Everything, in the order a reader wants it."""
    facts = gather()
    return [
        kernel(),
        place(facts),
        _wanted(user_namespaces(), {"userns"}, settings),
        _wanted(cgroup(), {"cgroup", "cgroup-v1", "cgroup-v2"}, settings),
        _wanted(landlock_abi(), {"landlock"}, settings),
        security_modules(facts),
        gpu_devices(),
        egl_devices(),
        *launchers(settings),
        fonts(settings),
        *foot_guns(facts, settings),
    ]


def _wanted(finding: HostFinding, layers: set[str], settings: Settings) -> HostFinding:
    """Nothing is missing that no path of this server has, or that the operator gave up by name."""
    if finding.level is not Level.MISSING:
        return finding
    if "gpu" not in settings.paths:
        return HostFinding(finding.subject, Level.NOTE, f"not for the CPU path, which has none: {finding.detail}")
    if layers & settings.waive:
        return HostFinding(finding.subject, Level.NOTE, f"waived: {finding.detail}")
    return finding


def kernel() -> HostFinding:
    release = platform.release()
    major, minor = (int(part) for part in release.split(".")[:2])
    if (major, minor) < (5, 9):
        hint = "Linux 5.9 or newer is needed (clone3, pidfd, close_range)"
        return HostFinding("kernel", Level.MISSING, f"Linux {release} {platform.machine()}", hint)
    return HostFinding("kernel", Level.OK, f"Linux {release} {platform.machine()}, {_user()}")


def _user() -> str:
    return (
        "running as root (workers become an unprivileged user)"
        if os.geteuid() == 0
        else f"running as uid {os.geteuid()}"
    )


def user_namespaces() -> HostFinding:
    limit = _read("/proc/sys/user/max_user_namespaces")
    if not Path("/proc/self/ns/user").exists() or limit == "0":
        hint = "the kernel needs CONFIG_USER_NS and `sysctl -w user.max_user_namespaces=15000`"
        return HostFinding("user namespaces", Level.MISSING, "none can be made", hint)
    if os.geteuid() != 0:
        for name, bad in (
            ("kernel.unprivileged_userns_clone", "0"),
            ("kernel.apparmor_restrict_unprivileged_userns", "1"),
        ):
            if _read("/proc/sys/" + name.replace(".", "/")) == bad:
                hint = f"`sysctl -w {name}={1 - int(bad)}`, or start the server as root: it gives that up itself"
                return HostFinding("user namespaces", Level.MISSING, f"not for this user: {name} = {bad}", hint)
    return HostFinding("user namespaces", Level.OK, f"up to {limit or 'an unknown number'}; {_nested()}")


def _nested() -> str:
    if namespaces.nested_can_be_forbidden():
        return "none inside a worker's own"
    return "inside a worker's own only the filter forbids them, as /proc/sys cannot be written here"


def cgroup() -> HostFinding:
    """Makes an empty cgroup and removes it again: the only way to know that it can be done."""
    limits = CgroupLimits(memory_bytes=1 << 28, pids=16, cpu_cores=1.0)
    try:
        pool = CgroupPool.create(1, limits)
    except SandboxError as error:
        return HostFinding("cgroups", Level.MISSING, error.detail, error.hint)
    version = pool.version
    pool.destroy()
    return HostFinding("cgroups", Level.OK, f"version {version}, writable here")


def landlock_abi() -> HostFinding:
    try:
        version = landlock.abi()
    except SandboxError as error:
        return HostFinding("Landlock", Level.MISSING, error.detail, error.hint)
    if version == 0:
        hint = "boot with `lsm=landlock,...` (CONFIG_SECURITY_LANDLOCK), or waive it: RENDERSERVER_WAIVE=landlock"
        return HostFinding("Landlock", Level.MISSING, "not enabled in this kernel", hint)
    return HostFinding("Landlock", Level.OK, f"ABI {version}")


def gpu_nodes() -> list[str]:
    """The device nodes of GPUs. Whether one draws is found out by starting the path."""
    return sorted(str(node) for pattern in ("dri/renderD*", "nvidia[0-9]*") for node in Path("/dev").glob(pattern))


def gpu_devices() -> HostFinding:
    nodes = gpu_nodes()
    if not nodes:
        hint = "pass the device nodes in (`--device /dev/dri`, or the NVIDIA container toolkit with `--gpus all`)"
        return HostFinding("GPU", Level.NOTE, "no device node; the GPU path draws in software", hint)
    closed = [node for node in nodes if not os.access(node, os.R_OK | os.W_OK)]
    if closed:
        hint = "add the user to the group that owns them (`render`, `video`)"
        return HostFinding("GPU", Level.NOTE, f"{', '.join(closed)} cannot be opened by this user", hint)
    return HostFinding("GPU", Level.OK, ", ".join(nodes))


def fonts(settings: Settings) -> HostFinding:
    try:
        faces = len(json.loads((BUNDLED_FONTS / "manifest.json").read_text())["fonts"])
    except (OSError, ValueError, KeyError):
        hint = "the installation is incomplete: the folder `fonts` with its manifest.json is not beside the program"
        return HostFinding("fonts", Level.MISSING, "the bundled fonts are not there", hint)
    own = ", ".join(str(folder) for folder in settings.fonts_dirs) or "no folder of the operator's"
    hint = "" if settings.fonts_dirs else "name folders with the fonts of your documents in RENDERSERVER_FONTS_DIRS"
    return HostFinding("fonts", Level.OK, f"{faces} bundled font files; {own}", hint)


def place(facts: HostFacts) -> HostFinding:
    """Container or not, and by which signs."""
    judged = evidence.judge(facts)
    return HostFinding("container", Level.OK, f"{'yes' if judged.container else 'no'}: {judged.reason}")


def security_modules(facts: HostFacts) -> HostFinding:
    """AppArmor and SELinux. Neither is needed, Landlock does a worker's part; a container is better off with one."""
    apparmor = "AppArmor is not there" if facts.apparmor is None else f"AppArmor: {facts.apparmor}"
    detail = f"{apparmor}; " + ("SELinux is not there" if facts.selinux is None else f"SELinux: {facts.selinux}")
    if evidence.judge(facts).container and facts.apparmor == "unconfined":
        hint = "load deploy/apparmor on the host and name it: security_opt apparmor=renderserver"
        return HostFinding("LSM", Level.NOTE, detail, hint)
    return HostFinding("LSM", Level.OK, detail)


def egl_devices() -> HostFinding:
    found = egl.devices()
    if isinstance(found, str):
        return HostFinding("EGL devices", Level.NOTE, found, "install libegl1 and a driver (Debian: libgl1-mesa-dri)")
    kinds = [f"{item['node'] or 'no node'} ({'software' if item['software'] else 'hardware'})" for item in found]
    return HostFinding("EGL devices", Level.OK, ", ".join(kinds) or "none")


def launchers(settings: Settings) -> list[HostFinding]:
    """Who can start the GPU path's workers here. Nobody else has to, unless the operator has chosen them."""
    absences = {name: absent(launcher) for name, launcher in LAUNCHERS.items()}
    usable = ", ".join((NATIVE, *(name for name, missing in absences.items() if missing is None)))
    return [
        HostFinding("launchers", Level.OK, usable),
        *(
            HostFinding(
                f"launcher {name}",
                Level.MISSING if name == settings.launcher else Level.NOTE,
                missing.detail,
                missing.hint,
            )
            for name, missing in absences.items()
            if missing is not None
        ),
    ]


def foot_guns(facts: HostFacts, settings: Settings) -> list[HostFinding]:
    """Settings around this process that would make an escape worth more than it has to be."""
    return [_foot_gun(found, settings) for found in live.find(facts)]


def refusals(facts: HostFacts, settings: Settings) -> list[live.FootGun]:
    """The foot-guns in force that nobody has waived: the server does not start with them."""
    return [found for found in live.find(facts) if found.danger and found.name not in settings.waive_footguns]


def _foot_gun(found: live.FootGun, settings: Settings) -> HostFinding:
    subject = f"foot-gun {found.name}"
    if found.name in settings.waive_footguns:
        return HostFinding(subject, Level.NOTE, f"waived: {found.detail}", found.hint)
    return HostFinding(subject, Level.DANGER if found.danger else Level.NOTE, found.detail, found.hint)


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return None
