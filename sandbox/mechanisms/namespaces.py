"""What can it see: namespaces(7), made by a fork that is at once a clone into new ones (clone(2)).

A worker's user namespace maps exactly one id, an unprivileged one: uid 0 exists neither inside nor behind it. No file
of the host's ``/proc`` is needed by path: everything goes through a descriptor of it, since workers are made by a
process whose root has no ``/proc``.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import signal
import threading
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from sandbox.exceptions import LayerFailedError, LayerNotInForceError, SandboxError, SyscallError, layer
from sandbox.mechanisms import syscalls


class Namespace(StrEnum):
    """The kernel's name under ``/proc/<pid>/ns``; :attr:`layer` is ours."""

    USER = "user"
    PID = "pid"
    MOUNT = "mnt"
    NET = "net"
    IPC = "ipc"
    UTS = "uts"
    CGROUP = "cgroup"
    TIME = "time"

    @property
    def layer(self) -> str:
        return {"mnt": "mountns"}.get(self.value, self.value + "ns")


FLAGS: Final[Mapping[Namespace, int]] = {
    Namespace.TIME: 0x80,
    Namespace.MOUNT: 0x20000,
    Namespace.CGROUP: 0x2000000,
    Namespace.UTS: 0x4000000,
    Namespace.IPC: 0x8000000,
    Namespace.USER: 0x10000000,
    Namespace.PID: 0x20000000,
    Namespace.NET: 0x40000000,
}

_NESTED: Final = "sys/user/max_user_namespaces"


def flags_of(spaces: Collection[Namespace]) -> int:
    return sum(FLAGS[space] for space in spaces)


def fork_into(spaces: Collection[Namespace], *, cgroup: int | None = None) -> tuple[int, int]:
    """os.fork() whose child is in new ``spaces`` (and, on cgroup v2, in the cgroup with that directory descriptor).

    Returns (pid, pidfd), in the child (0, -1). The cgroup namespace is not made here but by :func:`unshare` once the
    worker is in its cgroup, which becomes the root it sees. The caller must be single-threaded.
    """
    flags = flags_of([space for space in spaces if space is not Namespace.CGROUP])
    api = ctypes.pythonapi
    api.PyOS_BeforeFork()
    try:
        pid, pidfd = _clone(flags, cgroup)
    except BaseException:
        api.PyOS_AfterFork_Parent()
        raise
    if pid == 0:
        api.PyOS_AfterFork_Child()
    else:
        api.PyOS_AfterFork_Parent()
    return pid, pidfd


def _clone(flags: int, cgroup: int | None) -> tuple[int, int]:
    with layer("userns" if flags else "fork"):
        try:
            return syscalls.clone3(flags, exit_signal=signal.SIGCHLD, tid_address=_tid_address(), cgroup=cgroup)
        except SyscallError as error:
            if error.errno != errno.ENOSYS or cgroup is not None:
                raise
        without_time = flags & ~FLAGS[Namespace.TIME]  # its bit means something else to clone()
        return syscalls.clone(without_time, exit_signal=signal.SIGCHLD, tid_address=_tid_address())


def unshare(spaces: Collection[Namespace]) -> None:
    """Put the calling process into new namespaces; the error names the first one's layer."""
    if spaces:
        with layer(next(iter(spaces)).layer):
            syscalls.unshare(flags_of(spaces))


def map_ids(proc_fd: int, pid: int | str, *, inside: tuple[int, int], outside: tuple[int, int]) -> None:
    """Give ``pid``'s new user namespace its one uid and gid. Each pair is (uid, gid); ids are as the caller sees them.

    ``setgroups`` is denied first, which is what an unprivileged process must do (user_namespaces(7)).
    """
    with layer("userns"):
        if 0 in inside or 0 in outside:
            raise LayerFailedError("userns", "a map to uid or gid 0 is no boundary")
        _write(proc_fd, f"{pid}/setgroups", "deny")
        _write(proc_fd, f"{pid}/uid_map", f"{inside[0]} {outside[0]} 1")
        _write(proc_fd, f"{pid}/gid_map", f"{inside[1]} {outside[1]} 1")


def nested_can_be_forbidden(proc_fd: int | None = None) -> bool:
    """Found out by a child that tries. False where /proc/sys is read-only, as in most containers, or an LSM refuses.
    ``proc_fd``: of /proc; None: at its place."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            unshare([Namespace.USER])
            forbid_nested(os.open("/proc", os.O_PATH) if proc_fd is None else proc_fd)
            status = 0
        except (SandboxError, OSError):
            pass
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1] == 0


def forbid_nested(proc_fd: int) -> None:
    """From our own, new user namespace: none may be made in it, and so no power of any kind be had by one. The kernel
    then answers ENOSPC (namespaces(7)). To be called while we still hold that namespace's capabilities; without them
    it cannot be undone. Raises LayerFailedError, and LayerNotInForceError where it does not read back."""
    with layer("userns"):
        fd = os.open(_NESTED, os.O_RDWR | os.O_CLOEXEC, dir_fd=proc_fd)
        try:
            os.write(fd, b"0")
            if os.pread(fd, 8, 0) != b"0\n":
                raise LayerNotInForceError("userns", f"{_NESTED} did not become 0")
        finally:
            os.close(fd)


def exists(space: Namespace, proc_fd: int) -> bool:
    """Whether this kernel has such namespaces. ``proc_fd``: of /proc."""
    try:
        os.stat(f"self/ns/{space.value}", dir_fd=proc_fd)
    except FileNotFoundError:
        return False
    return True


def inodes(proc_fd: int, pid: int | str) -> dict[Namespace, int]:
    """Which namespaces ``pid`` is in, as the inode numbers under ``/proc/<pid>/ns``; those the kernel lacks are left
    out. Needs ptrace access to the process, and that it is alive."""
    found = {}
    for space in Namespace:
        try:
            found[space] = os.stat(f"{pid}/ns/{space.value}", dir_fd=proc_fd).st_ino
        except FileNotFoundError:
            continue
    return found


def _write(proc_fd: int, path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc_fd)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


@functools.cache
def _tid_address() -> int:
    """Where libc caches the calling thread's id (``struct pthread``'s ``tid``), or 0 if it cannot be found.

    fork() has the kernel store the child's own id there; a bare clone must ask for the same, or pthread functions in
    the child act on a thread that does not exist. Found by its value, so it does not depend on the libc's version.
    """
    base, wanted_id = syscalls.pthread_self(), threading.get_native_id()
    record = (ctypes.c_int * 256).from_address(base)
    matches = [index for index, value in enumerate(record) if value == wanted_id]
    return base + 4 * matches[0] if len(matches) == 1 else 0
