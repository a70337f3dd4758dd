"""The kernel, one thin wrapper per system call, each named as the call and documented by its man page.

Only what Python's own ``os`` does not have. Calls go through glibc's ``syscall`` with libseccomp's numbers, so nothing
here depends on the architecture or on a glibc new enough to know the name. There is one place where a failure becomes
an exception: :func:`_check`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from typing import Final

import pyseccomp

from sandbox.exceptions import SyscallError

# PyDLL: the GIL is kept, which is what makes clone() below a fork as Python means it (and costs no switch elsewhere).
_libc: Final = ctypes.PyDLL(None, use_errno=True)
_syscall: Final = _libc.syscall
_syscall.restype = ctypes.c_long

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_CAPBSET_READ: Final = 23
PR_CAPBSET_DROP: Final = 24
PR_GET_SECUREBITS: Final = 27
PR_SET_SECUREBITS: Final = 28
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4

SECCOMP_FILTER_FLAG_TSYNC: Final = 1

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MNT_DETACH: Final = 2

_HINTS: Final = {
    ("unshare", errno.EPERM): "user namespaces are forbidden here: kernel.unprivileged_userns_clone, "
    "kernel.apparmor_restrict_unprivileged_userns or a container's seccomp profile",
    ("clone3", errno.EPERM): "namespaces are forbidden here: a container's seccomp profile, or user namespaces are off",
    ("clone", errno.EPERM): "namespaces are forbidden here: a container's seccomp profile, or user namespaces are off",
    ("clone3", errno.ENOSPC): "too many namespaces: raise user.max_*_namespaces",
    ("unshare", errno.ENOSPC): "too many namespaces: raise user.max_user_namespaces",
    ("mount", errno.EPERM): "an AppArmor profile that takes capabilities away inside user namespaces does this",
    ("seccomp", errno.EINVAL): "the kernel lacks CONFIG_SECCOMP_FILTER, or no_new_privs is not set",
    ("capset", errno.EPERM): "more was asked for than the permitted set holds",
    ("landlock_create_ruleset", errno.EOPNOTSUPP): "Landlock is built in but not enabled: add it to lsm=",
}


def _check(name: str, result: int) -> int:
    """The one place where errno becomes an exception."""
    if result >= 0:
        return result
    number = ctypes.get_errno()
    raise SyscallError(number, os.strerror(number), name, _HINTS.get((name, number), ""))


def _number(name: str) -> int:
    found: int = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    return found


NUMBERS: Final = {
    name: _number(name)
    for name in (
        "capget",
        "capset",
        "clone",
        "clone3",
        "close_range",
        "landlock_add_rule",
        "landlock_create_ruleset",
        "landlock_restrict_self",
        "mount",
        "mount_setattr",
        "move_mount",
        "open_tree",
        "pivot_root",
        "prctl",
        "seccomp",
        "sethostname",
        "setns",
        "umount2",
        "unshare",
    )
}


def _call(name: str, *arguments: object) -> int:
    return _check(name, _syscall(NUMBERS[name], *arguments))


def _long(value: int) -> ctypes.c_ulong:
    return ctypes.c_ulong(value)


def prctl(option: int, value: int = 0) -> int:
    """prctl(2), for options that take one argument at most; the others have to be 0."""
    return _check("prctl", _prctl(NUMBERS["prctl"], option, value, 0, 0, 0))


def capbset_drop(last: int) -> None:
    """prctl(PR_CAPBSET_DROP) for capabilities 0 to ``last``, in one tight loop: a worker waits for all of them."""
    number = NUMBERS["prctl"]
    for capability in range(last + 1):
        _check("prctl", _prctl(number, PR_CAPBSET_DROP, capability, 0, 0, 0))


_prctl: Final = _libc["syscall"]  # an instance of its own: typed arguments are converted faster, and this one is hot
_prctl.restype = ctypes.c_long
_prctl.argtypes = (ctypes.c_long, ctypes.c_int, *(ctypes.c_ulong for _ in range(4)))


class _SockFprog(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def seccomp_set_mode_filter(program: bytes, flags: int) -> None:
    """seccomp(2) SECCOMP_SET_MODE_FILTER; ``program`` is an array of 8-byte ``struct sock_filter``."""
    found = _call("seccomp", 1, flags, ctypes.byref(_SockFprog(len(program) // 8, program)))
    if found:  # with TSYNC a positive result is the thread that could not be brought along
        raise SyscallError(errno.ESRCH, f"thread {found} would not take the filter", "seccomp", "")


class _CapHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


_CAP_VERSION_3: Final = 0x20080522
_CapData: Final = ctypes.c_uint32 * 6  # two of {effective, permitted, inheritable}: low words, then high words


def capget() -> tuple[int, int, int]:
    """capget(2) of the calling thread: effective, permitted, inheritable as bit sets."""
    data = _CapData()
    _call("capget", ctypes.byref(_CapHeader(_CAP_VERSION_3, 0)), ctypes.byref(data))
    return data[0] | data[3] << 32, data[1] | data[4] << 32, data[2] | data[5] << 32


def capset(effective: int, permitted: int, inheritable: int) -> None:
    """capset(2) of the calling thread."""
    sets = (effective, permitted, inheritable)
    data = _CapData(*(value & 0xFFFF_FFFF for value in sets), *(value >> 32 for value in sets))
    _call("capset", ctypes.byref(_CapHeader(_CAP_VERSION_3, 0)), ctypes.byref(data))


def close_range(first: int, last: int) -> None:
    """close_range(2)."""
    _call("close_range", first, last, 0)


def unshare(flags: int) -> None:
    """unshare(2)."""
    _call("unshare", flags)


def setns(fd: int, kind: int) -> None:
    """setns(2)."""
    _call("setns", fd, kind)


def sethostname(name: str) -> None:
    """sethostname(2)."""
    raw = name.encode()
    _call("sethostname", raw, len(raw))


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """mount(2)."""
    _call("mount", _path(source), _path(target), _path(kind), _long(flags), _path(data))


def umount2(target: str, flags: int) -> None:
    """umount2(2)."""
    _call("umount2", _path(target), flags)


def pivot_root(new_root: str, put_old: str) -> None:
    """pivot_root(2)."""
    _call("pivot_root", _path(new_root), _path(put_old))


class _MountAttr(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd"))


def open_tree(fd: int, path: str, flags: int) -> int:
    """open_tree(2). Returns a descriptor of the (cloned) mount."""
    return _call("open_tree", fd, _path(path), flags)


def mount_setattr(fd: int, path: str, flags: int, attributes: int) -> None:
    """mount_setattr(2), setting attributes only. Linux 5.12."""
    wanted = _MountAttr(attr_set=attributes)
    _call("mount_setattr", fd, _path(path), flags, ctypes.byref(wanted), ctypes.sizeof(wanted))


def move_mount(from_fd: int, from_path: str, to_fd: int, to_path: str, flags: int) -> None:
    """move_mount(2)."""
    _call("move_mount", from_fd, _path(from_path), to_fd, _path(to_path), flags)


def _path(text: str | None) -> bytes | None:
    return None if text is None else os.fsencode(text)


class LandlockRuleset(ctypes.Structure):
    """struct landlock_ruleset_attr, as of ABI 6. Older kernels take it if what they do not know is zero."""

    _fields_ = tuple((name, ctypes.c_uint64) for name in ("handled_access_fs", "handled_access_net", "scoped"))


class _LandlockPathBeneath(ctypes.Structure):
    """struct landlock_path_beneath_attr, packed: 12 bytes."""

    _pack_ = 1
    _layout_ = "ms"  # what packing has always meant here; Python 3.14 wants it said
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def landlock_create_ruleset(attributes: LandlockRuleset | None, size: int, flags: int) -> int:
    """landlock_create_ruleset(2). Returns a descriptor, or the ABI when asked for the version."""
    return _call(
        "landlock_create_ruleset", None if attributes is None else ctypes.byref(attributes), _long(size), flags
    )


def landlock_add_path(ruleset: int, fd: int, access: int) -> None:
    """landlock_add_rule(2) with LANDLOCK_RULE_PATH_BENEATH."""
    _call("landlock_add_rule", ruleset, 1, ctypes.byref(_LandlockPathBeneath(access, fd)), 0)


def landlock_restrict_self(ruleset: int) -> None:
    """landlock_restrict_self(2)."""
    _call("landlock_restrict_self", ruleset, 0)


class _CloneArgs(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint64)
        for name in (
            "flags",
            "pidfd",
            "child_tid",
            "parent_tid",
            "exit_signal",
            "stack",
            "stack_size",
            "tls",
            "set_tid",
            "set_tid_size",
            "cgroup",
        )
    )


CLONE_PIDFD: Final = 0x1000
CLONE_CHILD_CLEARTID: Final = 0x200000
CLONE_CHILD_SETTID: Final = 0x1000000
CLONE_INTO_CGROUP: Final = 0x2_0000_0000


def clone3(flags: int, *, exit_signal: int, tid_address: int, cgroup: int | None = None) -> tuple[int, int]:
    """clone3(2) as fork: no stack, memory copied. Returns (pid, pidfd); (0, -1) in the child.

    ``tid_address``: where libc keeps the thread's id, so that it is right in the child too; 0 if that is not known.
    """
    pidfd = ctypes.c_int(-1)
    arguments = _CloneArgs(
        flags=flags | CLONE_PIDFD | (CLONE_INTO_CGROUP if cgroup is not None else 0) | _tid_flags(tid_address),
        pidfd=ctypes.addressof(pidfd),
        child_tid=tid_address,
        exit_signal=exit_signal,
        cgroup=cgroup or 0,
    )
    pid = _call("clone3", ctypes.byref(arguments), _long(ctypes.sizeof(arguments)))
    return pid, pidfd.value if pid else -1


def clone(flags: int, *, exit_signal: int, tid_address: int) -> tuple[int, int]:
    """clone(2) as fork, for kernels and profiles without clone3. Cannot make a time namespace. Returns as clone3."""
    pidfd = ctypes.c_int(-1)
    wanted = _long(flags | CLONE_PIDFD | exit_signal | _tid_flags(tid_address))
    child, tls = ctypes.c_void_p(tid_address), ctypes.c_void_p(0)
    # The order of the last two depends on the architecture (CONFIG_CLONE_BACKWARDS).
    last = (child, tls) if platform.machine() == "x86_64" else (tls, child)
    pid = _call("clone", wanted, ctypes.c_void_p(0), ctypes.byref(pidfd), *last)
    return pid, pidfd.value if pid else -1


def _tid_flags(tid_address: int) -> int:
    return CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID if tid_address else 0


def pthread_self() -> int:
    """Address of libc's own record of the calling thread (pthread_self(3))."""
    return int(_pthread_self())


_pthread_self: Final = _libc.pthread_self
_pthread_self.restype = ctypes.c_void_p
