"""What the process is in that asks: namespaces, power, filter, and which system calls reach the kernel.

Each call is tried in a child that is thrown away, with arguments (all -1) that no implementation accepts: what comes
back tells a call that is let through (EINVAL, EFAULT, EBADF, ...) from one that is not (EPERM, ENOSYS, SIGSYS), and
nothing is changed by either. EPERM is also what a missing capability looks like; they cannot be told apart from here.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Final

from app.footguns.evidence import judge
from app.footguns.facts import INITIAL, HostFacts, gather, read
from sandbox.exceptions import SandboxError
from sandbox.mechanisms import seccomp

PROBED: Final = (
    *(
        "acct",
        "add_key",
        "bpf",
        "chroot",
        "clock_adjtime",
        "clock_settime",
        "clone",
        "clone3",
        "delete_module",
        "execve",
    ),
    *("fanotify_init", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "get_mempolicy", "init_module"),
    *(
        "io_uring_enter",
        "io_uring_register",
        "io_uring_setup",
        "ioperm",
        "iopl",
        "kcmp",
        "kexec_file_load",
        "kexec_load",
    ),
    *(
        "keyctl",
        "landlock_create_ruleset",
        "mbind",
        "memfd_create",
        "mount",
        "mount_setattr",
        "move_mount",
        "move_pages",
    ),
    *("name_to_handle_at", "open_by_handle_at", "open_tree", "perf_event_open", "personality", "pidfd_getfd"),
    *("pidfd_open", "pivot_root", "process_madvise", "process_vm_readv", "process_vm_writev", "ptrace", "quotactl"),
    *("reboot", "request_key", "seccomp", "set_mempolicy", "setdomainname", "sethostname", "setns", "settimeofday"),
    *("socket", "swapoff", "swapon", "syslog", "umount2", "unshare", "userfaultfd"),
)
_CHILD_S: Final = 2
_CAPABILITY_NAMES: Final = (
    *("chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap"),
    *("linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner"),
    *("sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice"),
    *("sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap"),
    *("mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf"),
    "checkpoint_restore",
)


class Reach(Enum):
    """What became of a call."""

    REACHED = "let through"
    REFUSED = "refused (EPERM or EACCES)"
    ABSENT = "answered as if it did not exist (ENOSYS)"
    KILLED = "killed (SIGSYS)"
    UNKNOWN = "not found out"


def probe(name: str) -> Reach:
    """One system call, in a child of its own."""
    try:
        number = seccomp.number(name)
    except SandboxError:
        number = None
    if number is None:
        return Reach.ABSENT
    child = os.fork()
    if child == 0:
        _call(number)
    return _reach(os.waitpid(child, 0)[1])


def _call(number: int) -> None:
    """Never returns: the exit status is the errno."""
    try:
        signal.alarm(_CHILD_S)
        libc = ctypes.CDLL(None, use_errno=True)
        libc.syscall(ctypes.c_long(number), *(ctypes.c_long(-1) for _ in range(6)))
        os._exit(ctypes.get_errno())
    finally:
        os._exit(255)


def _reach(status: int) -> Reach:
    if os.WIFSIGNALED(status):
        return Reach.KILLED if os.WTERMSIG(status) == signal.SIGSYS else Reach.UNKNOWN
    answers = {errno.EPERM: Reach.REFUSED, errno.EACCES: Reach.REFUSED, errno.ENOSYS: Reach.ABSENT, 255: Reach.UNKNOWN}
    return answers.get(os.WEXITSTATUS(status), Reach.REACHED)


def describe() -> list[tuple[str, str]]:
    """Subject and what is so, in the order a reader wants it."""
    facts = gather()
    place = judge(facts)
    reached: dict[Reach, list[str]] = {reach: [] for reach in Reach}
    for name in PROBED:
        reached[probe(name)].append(name)
    calls = [(f"calls {reach.value}", f"{len(names)}: {' '.join(names)}") for reach, names in reached.items() if names]
    return [("container", f"{'yes' if place.container else 'no'}: {place.reason}"), *_process(facts), *calls]


def _process(facts: HostFacts) -> Iterable[tuple[str, str]]:
    yield "user", f"uid {os.getuid()} gid {os.getgid()} groups {' '.join(map(str, os.getgroups())) or 'none'}"
    yield "uid map", "; ".join(" ".join(line.split()) for line in (read("/proc/self/uid_map") or "").splitlines())
    yield "namespaces", ", ".join(_namespace(kind, inode) for kind, inode in sorted(facts.namespaces.items()))
    for name, bits in facts.capabilities.items():
        yield name, capability_names(bits, facts.last_capability)
    yield "no_new_privs", "yes" if facts.no_new_privs else "no"
    yield "seccomp", {0: "none", 1: "strict", 2: "filter"}.get(facts.seccomp, str(facts.seccomp))
    yield "AppArmor", facts.apparmor or "not there"
    yield "SELinux", facts.selinux or "not there"
    yield "cgroup", facts.cgroup
    yield "root", f"{facts.root_file_system}, {'writable' if os.access('/', os.W_OK) else 'not writable'}"
    yield "network", ", ".join(sorted(path.name for path in Path("/sys/class/net").glob("*"))) or "no interface"
    yield "engine sockets", ", ".join(facts.sockets) or "none"


def _namespace(kind: str, inode: int) -> str:
    """The kernel numbers only some kinds for good; of mnt nothing certain can be said by the number."""
    if kind == "net":
        return f"net {'first' if Path('/proc/sys/net/core/netdev_max_backlog').exists() else 'own'}"
    return f"{kind} {'first' if INITIAL[kind] == inode else 'own'}" if kind in INITIAL else f"{kind} {inode}"


def capability_names(bits: int, last: int) -> str:
    """``0x200000`` -> ``sys_admin``; everything the kernel knows is ``all``."""
    everything = (1 << last + 1) - 1
    if bits & everything == everything:
        return "all"
    names = [name for bit, name in enumerate(_CAPABILITY_NAMES) if bits >> bit & 1]
    if len(names) > 24:
        return "all but " + " ".join(
            name for bit, name in enumerate(_CAPABILITY_NAMES[: last + 1]) if not bits >> bit & 1
        )
    return " ".join(names) or "none"
