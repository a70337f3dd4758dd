"""Becomes a command in a system of its own: ``python -m tests.fresh.jail ROOT COMMAND...``.

The system's root is entered by pivot_root(2), not by chroot(2): the kernel makes no user namespace for a process that
is in a chroot, and the GPU path begins with one. Its mounts, host name and System V objects are in namespaces of its
own and end with it. Network, cgroups and process numbers are the machine's: with a process namespace it would be a
privileged container, which is another thing than a bare system, and which the server refuses to start in. It is started
in cgroups (:mod:`tests.fresh.cgroups`), and in the end everything in them is killed, so that nothing is left of it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from sandbox.mechanisms import syscalls

PROJECT: Final = "/srv/renderserver"
_NAMESPACES: Final = 0x20000 | 0x8000000 | 0x4000000
"""CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUTS."""
_NODES: Final = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS: Final = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"}


def main(arguments: Sequence[str]) -> NoReturn:
    root, command = Path(arguments[0]), arguments[1:]
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    syscalls.unshare(_NAMESPACES)
    enter(root)
    os.execvp(command[0], list(command))  # noqa: S606 - what the trial is about


# --- the system's file systems ----------------------------------------------------------------------------------------


def enter(root: Path) -> None:
    """In fresh mount and UTS namespaces; nothing of the machine's mounts is left afterwards. Raises OSError."""
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.mount(str(root), str(root), None, syscalls.MS_BIND | syscalls.MS_REC)
    name = root / "etc/hostname"
    syscalls.sethostname(name.read_text().strip() if name.is_file() else "fresh")
    syscalls.mount("proc", str(_folder(root, "proc")), "proc", _QUIET)
    _lay_dev(_folder(root, "dev"))
    _lay_sys(_folder(root, "sys"))
    os.chdir(root)
    syscalls.pivot_root(".", ".")
    syscalls.umount2(".", syscalls.MNT_DETACH)
    os.chdir(PROJECT if Path(PROJECT).is_dir() else "/")
    os.umask(0o022)


_QUIET: Final = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC


def _folder(root: Path, name: str) -> Path:
    place = root / name
    place.mkdir(exist_ok=True)
    return place


def _lay_dev(dev: Path) -> None:
    syscalls.mount("tmpfs", str(dev), "tmpfs", syscalls.MS_NOSUID, "mode=0755,size=4m")
    for name in _NODES:
        (dev / name).touch()
        syscalls.mount(f"/dev/{name}", str(dev / name), None, syscalls.MS_BIND)
    for name, target in _LINKS.items():
        (dev / name).symlink_to(target)
    options = "newinstance,ptmxmode=0666,mode=0620,gid=5"
    syscalls.mount("devpts", str(_folder(dev, "pts")), "devpts", syscalls.MS_NOSUID | syscalls.MS_NOEXEC, options)
    syscalls.mount("tmpfs", str(_folder(dev, "shm")), "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=1777")


def _lay_sys(place: Path) -> None:
    """The machine's /sys, read-only; its cgroups as they are."""
    syscalls.mount("/sys", str(place), None, syscalls.MS_BIND)
    syscalls.mount(None, str(place), None, syscalls.MS_REMOUNT | syscalls.MS_BIND | syscalls.MS_RDONLY | _QUIET)
    if Path("/sys/fs/cgroup").is_dir():
        syscalls.mount("/sys/fs/cgroup", str(place / "fs/cgroup"), None, syscalls.MS_BIND | syscalls.MS_REC)


if __name__ == "__main__":
    main(sys.argv[1:])
