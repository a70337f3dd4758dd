"""The foot-guns that are in force around this process (capabilities(7), Docker's and Kubernetes' documentation)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.footguns.evidence import judge
from app.footguns.facts import INITIAL, HostFacts

CAPABILITIES: Final = {
    "CAP_DAC_READ_SEARCH": 2,
    "CAP_NET_ADMIN": 12,
    "CAP_SYS_MODULE": 16,
    "CAP_SYS_RAWIO": 17,
    "CAP_SYS_PTRACE": 19,
    "CAP_SYS_ADMIN": 21,
    "CAP_SYS_BOOT": 22,
    "CAP_SYSLOG": 34,
    "CAP_MAC_OVERRIDE": 32,
    "CAP_MAC_ADMIN": 33,
    "CAP_PERFMON": 38,
    "CAP_BPF": 39,
}
"""Each is worth a machine, or a good part of one, to whoever holds it in the first user namespace."""

NAMES: Final = frozenset(
    {
        *("privileged", "cap-sys-admin", "capabilities", "seccomp-unconfined", "docker-socket"),
        *("host-network", "host-pid", "cgroup-root", "kernel-writable", "sysctls"),
    }
)
"""What a foot-gun is waived by."""

_WORSE: Final = {
    "kernel.randomize_va_space": (("0", "1"), "2", "addresses are not (fully) random"),
    "vm.mmap_min_addr": (("0",), "65536", "page zero may be mapped"),
    "kernel.unprivileged_bpf_disabled": (("0",), "2", "anyone may load BPF programs"),
    "vm.unprivileged_userfaultfd": (("1",), "0", "anyone may stop the kernel in a page fault"),
    "fs.suid_dumpable": (("1",), "0", "set-uid programs dump core for their caller"),
    "kernel.perf_event_paranoid": (("-1", "0"), "2", "anyone may profile the kernel"),
    "kernel.yama.ptrace_scope": (("0",), "1", "any process may trace another of its user"),
}


@dataclass(frozen=True, slots=True)
class FootGun:
    """``danger``: in force and worth refusing to start; else worth knowing."""

    name: str
    detail: str
    hint: str
    danger: bool = True


def find(facts: HostFacts) -> list[FootGun]:
    """Those of a container only where this is one; kernel settings anywhere."""
    found = list(_sysctls(facts))
    if judge(facts).container:
        return [*_of_a_container(facts), *found]
    if facts.sockets and facts.capabilities.get("CapEff") == 0:
        hint = "take the server's user out of the group that owns it: whoever reaches that socket is root"
        found.append(FootGun("docker-socket", f"{', '.join(facts.sockets)} is on this machine", hint, danger=False))
    return found


def _of_a_container(facts: HostFacts) -> Iterable[FootGun]:
    yield from _power(facts)
    if facts.seccomp == 0:
        hint = (
            "drop seccomp=unconfined (in Kubernetes set a seccompProfile); deploy/seccomp.json is made for this server"
        )
        yield FootGun("seccomp-unconfined", "the container has no system call filter", hint)
    if facts.sockets:
        hint = "remove the mount: whoever reaches that socket is root on the host"
        yield FootGun("docker-socket", f"{', '.join(facts.sockets)} is mounted into this container", hint)
    if facts.host_network:
        hint = "drop --network host (hostNetwork); publish the one port instead"
        yield FootGun("host-network", "the container has the host's network: its loopback, its interfaces", hint)
    if facts.host_processes and facts.namespaces.get("pid") == INITIAL["pid"]:
        yield FootGun("host-pid", "the container sees the host's processes", "drop --pid host (hostPID)")
    if facts.writable_cgroup_roots:
        hint = "mount cgroups read-only, or delegate one cgroup in a cgroup namespace (--cgroupns private)"
        yield FootGun(
            "cgroup-root", f"the host's cgroup root can be written: {', '.join(facts.writable_cgroup_roots)}", hint
        )
    if facts.writable_kernel_files:
        hint = "drop --privileged and systempaths=unconfined; /proc/sys and /sys belong read-only"
        yield FootGun("kernel-writable", f"can be written: {', '.join(facts.writable_kernel_files)}", hint)


def _power(facts: HostFacts) -> Iterable[FootGun]:
    """Capabilities over the machine: in a user namespace of its own a container holds none of them."""
    if facts.namespaces.get("user", INITIAL["user"]) != INITIAL["user"]:
        return
    held = 0
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        held |= facts.capabilities.get(name, 0)
    bounding = facts.capabilities.get("CapBnd", 0)
    everything = (1 << facts.last_capability + 1) - 1
    if bounding & everything == everything:
        yield FootGun("privileged", "the container is privileged: no capability is withheld", "drop --privileged")
    within_reach = held if facts.no_new_privs else held | bounding
    names = [name for name, bit in CAPABILITIES.items() if within_reach >> bit & 1]
    if "CAP_SYS_ADMIN" in names:
        hint = "drop --privileged and --cap-add SYS_ADMIN; user namespaces need neither"
        yield FootGun("cap-sys-admin", f"the container {_has(held, 'CAP_SYS_ADMIN')} CAP_SYS_ADMIN", hint)
        names.remove("CAP_SYS_ADMIN")
    if names:
        yield FootGun("capabilities", f"the container has {', '.join(names)}", "cap_drop: [ALL]; the server needs none")


def _has(held: int, name: str) -> str:
    return "holds" if held >> CAPABILITIES[name] & 1 else "may gain (it is in the bounding set, without no_new_privs)"


def _sysctls(facts: HostFacts) -> Iterable[FootGun]:
    for name, (bad, good, meaning) in _WORSE.items():
        if facts.sysctls.get(name) in bad:
            danger = (name, facts.sysctls[name]) in _FATAL
            yield FootGun("sysctls", f"{name} = {facts.sysctls[name]}: {meaning}", f"`sysctl -w {name}={good}`", danger)


_FATAL: Final = {("kernel.randomize_va_space", "0"), ("vm.mmap_min_addr", "0")}
"""What makes an exploit a recipe. The others are common defaults: said, not refused."""
