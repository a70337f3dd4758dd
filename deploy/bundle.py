"""A service and its image as an OCI bundle's ``config.json`` (runtime specification 1.0): what Docker's engine would
hand to its runtime (moby, oci/defaults.go and daemon/oci_linux.go), less the network, which is the engine's own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.compose import Service
from deploy.dockerfile import Image
from deploy.exceptions import DeploymentError
from deploy.seccomp import ContainerHost, translate

_PERIOD_US: Final = 100_000
_SETS: Final = ("bounding", "effective", "inheritable", "permitted", "ambient")
_NAMESPACES: Final = ("mount", "network", "uts", "pid", "ipc", "cgroup")
_MASKED: Final = (
    *("/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats"),
    *("/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap"),
    "/sys/firmware",
)
_READ_ONLY: Final = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
_FILE_SYSTEMS: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("/proc", "proc", "proc", ("nosuid", "noexec", "nodev")),
    ("/dev", "tmpfs", "tmpfs", ("nosuid", "strictatime", "mode=755", "size=65536k")),
    ("/dev/pts", "devpts", "devpts", ("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")),
    ("/sys", "sysfs", "sysfs", ("nosuid", "noexec", "nodev", "ro")),
    ("/sys/fs/cgroup", "cgroup", "cgroup", ("ro", "nosuid", "noexec", "nodev")),
    ("/dev/mqueue", "mqueue", "mqueue", ("nosuid", "noexec", "nodev")),
    ("/dev/shm", "tmpfs", "shm", ("nosuid", "noexec", "nodev", "mode=1777", "size=67108864")),
)
_TMPFS: Final = ("noexec", "nosuid", "nodev")
# Character devices that every container may use: null, zero, full, tty, urandom, random, console, ptmx, pts/*.
_DEVICES: Final = ((1, 3), (1, 5), (1, 7), (5, 0), (1, 9), (1, 8), (5, 1), (5, 2), (136, None))


@dataclass(frozen=True, slots=True)
class Host:
    """What the engine finds out about the machine. ``apparmor``: whether its kernel has it enabled; ``cgroups``:
    whether limits can be set here at all."""

    machine: str
    kernel: tuple[int, int]
    apparmor: bool
    cgroups: bool = True

    @classmethod
    def here(cls) -> Host:
        uname = os.uname()
        major, minor = (int(part) for part in uname.release.split(".")[:2])
        switch = Path("/sys/module/apparmor/parameters/enabled")
        return cls(uname.machine, (major, minor), switch.is_file() and switch.read_text().strip() == "Y")


def config(service: Service, image: Image, rootfs: str, host: Host) -> dict[str, Any]:
    """``rootfs``: the root file system, relative to the bundle or absolute. Raises DeploymentError."""
    if not service.drops_all_capabilities:
        raise DeploymentError(f"service {service.name} does not say cap_drop: [ALL]: the server needs no capability")
    return {
        "ociVersion": "1.0.2",
        "process": _process(service, image, host),
        "root": {"path": rootfs, "readonly": service.read_only},
        "hostname": service.name,
        "mounts": [mount for mount in _mounts(service) if host.cgroups or mount["type"] != "cgroup"],
        "annotations": {"org.opencontainers.image.stopSignal": image.stop_signal},
        "linux": _linux(service, host),
    }


def _process(service: Service, image: Image, host: Host) -> dict[str, Any]:
    uid, gid = (int(part) for part in (service.user or image.user).split(":"))
    process: dict[str, Any] = {
        "terminal": False,
        "user": {"uid": uid, "gid": gid},
        "args": list(_arguments(service, image)),
        "env": [f"{name}={value}" for name, value in {**image.environment, **service.environment}.items()],
        "cwd": image.workdir,
        "capabilities": {name: [] for name in _SETS},
        "noNewPrivileges": service.no_new_privileges,
    }
    if service.apparmor and host.apparmor:
        process["apparmorProfile"] = service.apparmor
    return process


def _arguments(service: Service, image: Image) -> tuple[str, ...]:
    """An entrypoint of the service's own takes the image's command along with the image's entrypoint."""
    command = service.command
    if service.entrypoint is not None:
        return (*service.entrypoint, *(command or ()))
    return (*image.entrypoint, *(image.command if command is None else command))


def _mounts(service: Service) -> Iterator[dict[str, Any]]:
    for target, kind, source, flags in _FILE_SYSTEMS:
        yield {"destination": target, "type": kind, "source": source, "options": list(flags)}
    for item in service.tmpfs:
        target, _, text = item.partition(":")
        given = text.split(",") if text else []
        defaults = [option for option in _TMPFS if not {option, option.removeprefix("no")} & set(given)]
        yield {"destination": target, "type": "tmpfs", "source": "tmpfs", "options": [*defaults, *given]}
    for bind in service.volumes:
        options = ["rbind", "rprivate", "ro" if bind.read_only else "rw"]
        yield {"destination": bind.target, "type": "bind", "source": str(bind.source), "options": options}


def _linux(service: Service, host: Host) -> dict[str, Any]:
    linux: dict[str, Any] = {
        "namespaces": [{"type": name} for name in _NAMESPACES],
        "maskedPaths": list(_MASKED),
        "readonlyPaths": list(_READ_ONLY),
        "rootfsPropagation": "private",
    }
    if host.cgroups:
        linux["resources"] = _resources(service)
    if service.seccomp is not None:
        linux["seccomp"] = translate(_profile(service.seccomp), ContainerHost(host.machine, host.kernel))
    return linux


def _profile(path: Path) -> dict[str, Any]:
    try:
        profile: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DeploymentError(f"the seccomp profile {path} cannot be read: {error}") from None
    return profile


def _resources(service: Service) -> dict[str, Any]:
    """Memory as the engine has it: as much swap again where the file says nothing of it."""
    found: dict[str, Any] = {"devices": [{"allow": False, "access": "rwm"}, *(_device(*pair) for pair in _DEVICES)]}
    if service.memory_bytes is not None:
        found["memory"] = {"limit": service.memory_bytes, "swap": 2 * service.memory_bytes}
    if service.pids is not None:
        found["pids"] = {"limit": service.pids}
    if service.cpus is not None:
        found["cpu"] = {"quota": round(service.cpus * _PERIOD_US), "period": _PERIOD_US}
    return found


def _device(major: int, minor: int | None) -> dict[str, Any]:
    device = {"allow": True, "type": "c", "major": major, "access": "rwm"}
    return device if minor is None else {**device, "minor": minor}


def unsaid(service: Service, image: Image, host: Host) -> Iterator[str]:
    """What the image asks for and no runtime does, and what this machine does not have."""
    if image.health_check:
        yield "the image's health check is left to whoever supervises the container"
    if service.apparmor and not host.apparmor:
        yield f"AppArmor is not enabled in this kernel: its profile {service.apparmor} is left out, as Docker does"
    if not host.cgroups:
        yield "limits of memory, processes and processors are left out: the runtime cannot use this machine's cgroups"
