"""What else would stop a system call: for each layer but seccomp, the calls it stands in the way of, and how.

A filter kills before the kernel looks at a call, so these never get their turn while it holds. They are why a hole in
one layer is not a hole in the sandbox. Sources: the man page of each call; landlock(7); user_namespaces(7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sandbox.policy.model import SandboxPolicy


@dataclass(frozen=True, slots=True)
class Guard:
    """``layer`` as a policy lists it, or ``rlimits``, which is no layer of its own but bounds likewise."""

    layer: str
    why: str
    calls: frozenset[str]


def _guard(layer: str, why: str, calls: str) -> Guard:
    return Guard(layer, why, frozenset(calls.split()))


_MOUNTING: Final = "mount umount2 pivot_root move_mount open_tree mount_setattr fsopen fsconfig fsmount fspick"
_IDS: Final = "setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid"
_OPENING: Final = "open openat openat2 creat"
_CHANGING: Final = (
    "mkdir mkdirat mknod mknodat rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat rmdir "
    "truncate chmod fchmodat fchmodat2 chown lchown fchownat utime utimes utimensat setxattr lsetxattr"
)
_LOOKING: Final = (
    "stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat statfs chdir name_to_handle_at "
    "inotify_add_watch getxattr lgetxattr"
)
_OTHERS: Final = (
    "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo ptrace process_vm_readv process_vm_writev pidfd_open kcmp "
    "pidfd_send_signal pidfd_getfd process_madvise process_mrelease migrate_pages move_pages"
)
_STARTING: Final = "fork vfork clone clone3"
_SENDING: Final = "socket connect bind listen accept accept4 sendto sendmsg sendmmsg"
_NEEDS: Final = {
    "CAP_SYS_ADMIN": f"{_MOUNTING} swapon swapoff sethostname setdomainname quotactl quotactl_fd fanotify_init setns "
    "lookup_dcookie",
    "CAP_SYS_MODULE": "init_module finit_module delete_module",
    "CAP_SYS_BOOT": "reboot kexec_load kexec_file_load",
    "CAP_SYS_TIME": "settimeofday clock_settime adjtimex clock_adjtime",
    "CAP_SYS_RAWIO": "iopl ioperm",
    "CAP_SYS_CHROOT": "chroot",
    "CAP_SYS_PACCT": "acct",
    "CAP_SYS_TTY_CONFIG": "vhangup",
    "CAP_SYSLOG": "syslog",
    "CAP_DAC_READ_SEARCH": "open_by_handle_at",
    "CAP_MKNOD (for a device)": "mknod mknodat",
    "CAP_SETUID or CAP_SETGID (for an id not its own)": _IDS,
    "CAP_CHOWN": "chown fchown lchown fchownat",
    "CAP_SYS_PTRACE (for a process not its own)": "ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp",
    "CAP_BPF (where kernel.unprivileged_bpf_disabled is set)": "bpf",
    "CAP_PERFMON (where kernel.perf_event_paranoid is above 2)": "perf_event_open",
    "CAP_SYS_PTRACE (where vm.unprivileged_userfaultfd is 0)": "userfaultfd",
}

GUARDS: Final = (
    *(_guard("capabilities", f"it needs {need}, and there is none", calls) for need, calls in _NEEDS.items()),
    _guard("userns", "its namespace maps one unprivileged id: no other can be had, 0 included", _IDS),
    _guard("pidns", "no process but its own threads has a number here", _OTHERS),
    _guard("mountns", "the tree was mounted by a more privileged namespace: no mount of it can be undone", _MOUNTING),
    _guard("mountns", "only the driver's own files exist, /proc does not", f"{_OPENING} {_LOOKING} execve execveat"),
    _guard("mountns", "all is read-only but an empty /tmp of its own", f"{_OPENING} {_CHANGING}"),
    _guard("netns", "there is no interface (loopback is down) and no route", _SENDING),
    _guard("ipcns", "nobody else's objects are there", "shmget shmat semget semop msgget msgsnd msgrcv mq_open"),
    _guard("utsns", "the name is its own, nobody else sees it", "sethostname setdomainname"),
    _guard("cgroup", "the number of processes and threads is bounded", _STARTING),
    _guard("cgroup", "memory is bounded, and what is over it is killed", "mmap mremap brk memfd_create shmget"),
    _guard("landlock", "a landlocked process may not change mounts at all", _MOUNTING + " chroot"),
    _guard(
        "landlock",
        "of files it may only read those that the tree is made of, and change none",
        f"{_OPENING} {_CHANGING}",
    ),
    _guard("landlock", "no program may be executed", "execve execveat"),
    _guard("landlock", "no TCP port may be bound or connected to (ABI 4)", "bind connect"),
    _guard("landlock", "no process outside the sandbox may be traced", "ptrace process_vm_readv process_vm_writev"),
    _guard(
        "landlock", "no process outside the sandbox may be signalled (ABI 6)", "kill tkill tgkill pidfd_send_signal"
    ),
    _guard("no-new-privs", "set-uid programs and file capabilities give nothing", "execve execveat"),
)

_LIMITED: Final = {
    "NPROC": _STARTING,
    "MEMLOCK": "mlock mlock2 mlockall io_uring_setup perf_event_open",
    "MSGQUEUE": "mq_open",
    "NOFILE": f"{_OPENING} dup dup2 dup3 socket pipe pipe2 memfd_create eventfd2 epoll_create1",
    "FSIZE": "write pwrite64 writev ftruncate truncate fallocate",
}


def guards(name: str, policy: SandboxPolicy) -> Iterator[Guard]:
    """The layers of ``policy`` beside seccomp that stand in the way of the call, in the policy's order."""
    order = [*policy.layers, "rlimits"]
    limits = [
        _guard("rlimits", f"RLIMIT_{limit.name} is {limit.value}", _LIMITED[limit.name])
        for limit in policy.rlimits
        if limit.name in _LIMITED
    ]
    found = [guard for guard in (*GUARDS, *limits) if name in guard.calls and guard.layer in order]
    yield from sorted(found, key=lambda guard: order.index(guard.layer))
