"""What the kernel shows this process of the place it runs in. Reads /proc, /sys and a few paths; changes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

# PROC_*_INIT_INO of the kernel (include/linux/proc_ns.h): the numbers of the namespaces the machine was started with.
INITIAL: Final = {
    "time": 0xEFFF_FFFA,
    "cgroup": 0xEFFF_FFFB,
    "pid": 0xEFFF_FFFC,
    "user": 0xEFFF_FFFD,
    "uts": 0xEFFF_FFFE,
    "ipc": 0xEFFF_FFFF,
}
ENGINE_SOCKETS: Final = (
    *("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock"),
    *(
        "/run/podman/podman.sock",
        "/run/crio/crio.sock",
        "/var/run/crio/crio.sock",
        "/run/k3s/containerd/containerd.sock",
    ),
)
SYSCTLS: Final = (
    *("kernel.randomize_va_space", "kernel.unprivileged_bpf_disabled", "kernel.kptr_restrict", "kernel.core_pattern"),
    *("vm.mmap_min_addr", "vm.unprivileged_userfaultfd", "kernel.yama.ptrace_scope", "fs.suid_dumpable"),
    *("kernel.perf_event_paranoid", "kernel.dmesg_restrict"),
)
_MARKERS: Final = ("/.dockerenv", "/run/.containerenv", "/run/systemd/container")
_CAPABILITY_SETS: Final = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
# Registered by the kernel for the first network namespace only (net_core_table in net/core/sysctl_net_core.c).
_ONLY_IN_THE_FIRST_NETWORK: Final = "/proc/sys/net/core/netdev_max_backlog"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """Inert values, so that tests can make up any host. ``namespaces``: kind -> inode. Capabilities: bits by set."""

    namespaces: Mapping[str, int] = field(default_factory=dict)
    first_mount_namespace: int | None = None
    """Process 1's; None where it may not be read."""
    root_file_system: str = "ext4"
    markers: tuple[str, ...] = ()
    """Files and variables that container engines leave."""
    cgroup: str = "/"
    capabilities: Mapping[str, int] = field(default_factory=dict)
    last_capability: int = 40
    no_new_privs: bool = False
    seccomp: int = 0
    sockets: tuple[str, ...] = ()
    host_network: bool = False
    host_processes: bool = False
    writable_cgroup_roots: tuple[str, ...] = ()
    writable_kernel_files: tuple[str, ...] = ()
    sysctls: Mapping[str, str] = field(default_factory=dict)
    apparmor: str | None = None
    """Our profile; None where the kernel has no AppArmor."""
    selinux: str | None = None
    """``enforcing``, ``permissive``; None where the kernel has no SELinux."""


def gather() -> HostFacts:
    status = _status()
    return HostFacts(
        namespaces={kind: number for kind in (*INITIAL, "mnt", "net") if (number := _namespace("self", kind))},
        first_mount_namespace=_namespace("1", "mnt"),
        root_file_system=_root_file_system(),
        markers=tuple(_markers()),
        cgroup=_cgroup(),
        capabilities={name: int(status.get(name, "0"), 16) for name in _CAPABILITY_SETS},
        last_capability=int(read("/proc/sys/kernel/cap_last_cap") or 40),
        no_new_privs=status.get("NoNewPrivs") == "1",
        seccomp=int(status.get("Seccomp", "0")),
        sockets=tuple(dict.fromkeys(os.path.realpath(path) for path in ENGINE_SOCKETS if _is_socket(path))),
        host_network=Path(_ONLY_IN_THE_FIRST_NETWORK).exists(),
        host_processes=read("/proc/2/comm") == "kthreadd",
        writable_cgroup_roots=tuple(_writable_cgroup_roots()),
        writable_kernel_files=tuple(path for path in _KERNEL_FILES if os.access(path, os.W_OK)),
        sysctls={name: value for name in SYSCTLS if (value := read(f"/proc/sys/{name.replace('.', '/')}")) is not None},
        apparmor=_apparmor(),
        selinux={"1": "enforcing", "0": "permissive"}.get(read("/sys/fs/selinux/enforce") or ""),
    )


_KERNEL_FILES: Final = ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper")


def read(path: str) -> str | None:
    try:
        return Path(path).read_text().strip()
    except (OSError, ValueError):
        return None


def _status() -> dict[str, str]:
    lines = (read("/proc/self/status") or "").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _namespace(process: str, kind: str) -> int | None:
    try:
        return int(str(Path(f"/proc/{process}/ns/{kind}").readlink()).partition("[")[2].rstrip("]"))
    except (OSError, ValueError):
        return None


def _root_file_system() -> str:
    """The type of what is mounted on /: after the dash in mountinfo (proc(5))."""
    for line in reversed((read("/proc/self/mountinfo") or "").splitlines()):
        before, _, after = line.partition(" - ")
        if before.split()[4] == "/":
            return after.split()[0]
    return "unknown"


def _markers() -> Iterable[str]:
    yield from (path for path in _MARKERS if Path(path).exists())
    engine = os.environ.get("container")  # noqa: SIM112 - systemd's name for it, in lower case
    if engine:
        yield f"container={engine}"
    if os.environ.get("KUBERNETES_SERVICE_HOST"):
        yield "KUBERNETES_SERVICE_HOST"


def _cgroup() -> str:
    """The longest path, over all hierarchies: what an engine has named after itself shows there."""
    return max((line.split(":", 2)[2] for line in (read("/proc/self/cgroup") or "0::/").splitlines()), key=len)


def _is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)  # noqa: PTH116 - a socket in a folder we may not read is no error
    except OSError:
        return False


def _writable_cgroup_roots() -> Iterable[str]:
    """A hierarchy's real root, not a delegated part: v1 has ``release_agent`` only there, v2 no ``cgroup.events``."""
    for line in (read("/proc/self/mountinfo") or "").splitlines():
        before, _, after = line.partition(" - ")
        place, kind = before.split()[4], after.split()[0]
        v1 = kind == "cgroup" and os.access(f"{place}/release_agent", os.W_OK)
        v2 = kind == "cgroup2" and not Path(place, "cgroup.events").exists()
        if v1 or (v2 and os.access(f"{place}/cgroup.procs", os.W_OK)):
            yield place


def _apparmor() -> str | None:
    if read("/sys/module/apparmor/parameters/enabled") != "Y":
        return None
    return read("/proc/self/attr/apparmor/current") or read("/proc/self/attr/current") or "unknown"
