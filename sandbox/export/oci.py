"""A bundle's ``config.json`` (OCI runtime specification 1.1) for runc, crun and their like. ``rootfs`` is left empty.

Everything is bound into it. The runtime makes the mount points as id 0 of the user namespace, which is the id after the
program's outside: ``rootfs`` must belong to that.
"""

from __future__ import annotations

import json
from typing import Any, Final

from sandbox.export.gaps import Can, gaps
from sandbox.export.model import Export, Program, text_file
from sandbox.export.oci_seccomp import seccomp
from sandbox.mechanisms.cgroups import CgroupLimits
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.model import Mount, SandboxPolicy

_CANNOT: Final = frozenset(
    {
        Can.KILL_FOREIGN_ARCH,
        Can.TIME_NAMESPACE,
        Can.NO_NESTED_USER_NAMESPACE,
        Can.SECUREBITS,
        Can.LANDLOCK,
        Can.DESCRIPTORS,
    }
)
_RLIMITS: Final = frozenset({"CORE", "CPU", "FSIZE", "MEMLOCK", "MSGQUEUE", "NOFILE", "NPROC", "STACK", "AS"})
_NAMES: Final = {Namespace.MOUNT: "mount", Namespace.NET: "network"}
_PERIOD_US: Final = 100_000
_ALWAYS: Final = (
    "one id and no other: a runtime gets ready as id 0 of the user namespace, which is an unprivileged id outside",
    "a /dev with no more than null, zero and urandom: a runtime adds full, random, tty, ptmx and a console of its own",
    "a tree without /proc: runc and crun start nothing without one; the masked paths of their defaults are listed",
)
_MASKED: Final = (
    *("/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list"),
    *("/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/proc/sysrq-trigger", "/sys/firmware"),
)
_READ_ONLY: Final = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys")


def export(policy: SandboxPolicy, program: Program) -> Export:
    missing = (*gaps(policy, frozenset(Can) - _CANNOT, rlimits=_RLIMITS), *(_ALWAYS if policy.mounts else ()))
    config = {
        "ociVersion": "1.1.0",
        "process": _process(policy, program),
        "root": {"path": _root(policy), "readonly": True},
        "mounts": _mounts(policy, program),
        "annotations": {
            "org.renderserver.policy": policy.name,
            **{f"org.renderserver.not-expressed.{index}": text for index, text in enumerate(missing, start=1)},
        },
        "linux": _linux(policy, program),
    }
    if policy.hostname:
        config["hostname"] = policy.hostname
    return Export((text_file("config.json", json.dumps(config, indent=2) + "\n"),), missing)


def _root(policy: SandboxPolicy) -> str:
    """The tree that is the root, where there is one; else a folder beside the file, to be bound into."""
    found = [mount.source for mount in policy.mounts if mount.target == "/" and mount.source is not None]
    return next(iter(found), "rootfs")


def _process(policy: SandboxPolicy, program: Program) -> dict[str, Any]:
    kept = [f"CAP_{name.upper()}" for name in policy.capabilities]
    return {
        "terminal": False,
        "user": {"uid": program.uid, "gid": program.gid},
        "args": list(program.argv),
        "env": [f"{name}={value}" for name, value in program.environment],
        "cwd": "/",
        "capabilities": dict.fromkeys(("bounding", "effective", "inheritable", "permitted", "ambient"), kept),
        "rlimits": [
            {"type": f"RLIMIT_{limit.name}", "hard": limit.value, "soft": limit.value} for limit in policy.rlimits
        ],
        "noNewPrivileges": True,
    }


def _linux(policy: SandboxPolicy, program: Program) -> dict[str, Any]:
    spaces = policy.namespaces  # a time namespace, which is optional here, makes runc before 1.2 refuse the bundle
    linux: dict[str, Any] = {
        "namespaces": [{"type": _NAMES.get(space, space.value)} for space in spaces],
        "seccomp": seccomp(policy, comments=False),
        "maskedPaths": list(_MASKED),
        "readonlyPaths": list(_READ_ONLY),
        "rootfsPropagation": "private",
    }
    if Namespace.USER in spaces:
        linux["uidMappings"] = _map(program.uid)
        linux["gidMappings"] = _map(program.gid)
    if policy.cgroup:
        linux["resources"] = _resources(policy.cgroup)
    return linux


def _map(number: int) -> list[dict[str, int]]:
    """Never to the host's 0: the runtime's own root inside is the unprivileged id after the program's."""
    return [
        {"containerID": 0, "hostID": number + 1, "size": 1},
        {"containerID": number, "hostID": number, "size": 1},
    ]


def _resources(limits: CgroupLimits) -> dict[str, Any]:
    return {
        "devices": [{"allow": False, "access": "rwm"}],
        "memory": {"limit": limits.memory_bytes, "swap": limits.memory_bytes},
        "pids": {"limit": limits.pids},
        "cpu": {"quota": int(limits.cpu_cores * _PERIOD_US), "period": _PERIOD_US},
    }


def _mounts(policy: SandboxPolicy, program: Program) -> list[dict[str, Any]]:
    flags = ["ro", "nosuid", "nodev"]
    proc = {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]}
    bound = [_bind(path, path, flags) for path in program.files]
    bound += [_bind(source, target, flags) for source, target in program.folders]
    named = [_mount(mount) for mount in policy.mounts if mount.target != "/" and not mount.optional]
    return [proc, *bound, *named] if policy.mounts else [proc, *bound]


def _mount(mount: Mount) -> dict[str, Any]:
    if mount.source is not None:
        return _bind(mount.source, mount.target, list(mount.flags))
    sizes = [f"size={mount.size_bytes}", "mode=1777", *([f"nr_inodes={mount.inodes}"] if mount.inodes else [])]
    return {"destination": mount.target, "type": "tmpfs", "source": "tmpfs", "options": [*mount.flags, *sizes]}


def _bind(source: str, target: str, flags: list[str]) -> dict[str, Any]:
    return {"destination": target, "type": "bind", "source": source, "options": ["bind", *flags]}
