"""Where the host's control groups are, and what may be done there: the part of :mod:`sandbox.mechanisms.cgroups` that
knows paths.

Finds our own cgroup in every hierarchy that is mounted (cgroups(7), proc(5)), and on v2 makes room below it: there a
cgroup that hands controllers on may hold no process itself (cgroup-v2.rst, "No Internal Process Constraint").
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

CONTROLLERS: Final = ("memory", "pids", "cpu")
PREFIX: Final = "renderserver"
_LEAF: Final = f"{PREFIX}-supervisor"


@dataclass(frozen=True, slots=True)
class CgroupPlace:
    """Where our own cgroup is: ``directory`` on the file system, ``path`` as ``/proc/self/cgroup`` names it."""

    directory: str
    path: str

    def below(self, name: str) -> CgroupPlace:
        return CgroupPlace(os.path.join(self.directory, name), os.path.join(self.path, name))

    def above(self) -> CgroupPlace:
        return CgroupPlace(os.path.dirname(self.directory), os.path.dirname(self.path))


# --- finding the hierarchies ------------------------------------------------------------------------------------------


def find_v2() -> dict[str, CgroupPlace]:
    """Our own v2 cgroup under the key "", if all controllers may be handed on from it. Whoever has left it for the leaf
    (:func:`leave_v2`), or was born there, still has the one above as its own."""
    for mount in mounts("cgroup2"):
        place = own_place(mount, "")
        if place is not None:
            place = place.above() if os.path.basename(place.directory) == _LEAF else place
            offered = read(os.path.join(place.directory, "cgroup.controllers")).split()
            if set(CONTROLLERS) <= set(offered):
                return {"": place}
    return {}


def find_v1(also: Sequence[str] = ()) -> dict[str, CgroupPlace]:
    """Our own cgroup in each controller's hierarchy, if every one is mounted, and in those of ``also`` that are."""
    found: dict[str, CgroupPlace] = {}
    for mount in mounts("cgroup"):
        for controller in (*CONTROLLERS, *also):
            place = own_place(mount, controller) if controller in mount.options else None
            if place is not None:
                found[controller] = place
    return found if set(found) >= set(CONTROLLERS) else {}


@dataclass(frozen=True, slots=True)
class CgroupMount:
    """One hierarchy where it is mounted. ``root``: the cgroup that is seen at ``point``; ``options``: of the file
    system, its controllers among them."""

    root: str
    point: str
    options: tuple[str, ...]


def mounts(kind: str) -> list[CgroupMount]:
    """Mounts of one file system type, from ``/proc/self/mountinfo`` (proc(5))."""
    found = []
    for line in read("/proc/self/mountinfo").splitlines():
        left, _, right = line.partition(" - ")
        if right.split()[0] == kind:
            root, point = (_unescape(text) for text in left.split()[3:5])
            found.append(CgroupMount(root, point, tuple(right.split()[2].split(","))))
    return found


def own_place(mount: CgroupMount, controller: str) -> CgroupPlace | None:
    """Our own cgroup in the hierarchy of a controller ("" for v2), if it can be seen from that mount."""
    for line in read("/proc/self/cgroup").splitlines():
        _, names, path = line.split(":", 2)
        if controller in names.split(",") if controller else names == "":
            relative = os.path.relpath(path, mount.root)
            directory = os.path.normpath(os.path.join(mount.point, relative))
            return CgroupPlace(directory, path) if os.path.isdir(directory) and ".." not in relative else None
    return None


def _unescape(text: str) -> str:
    return re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), text)


# --- v2: no process may live in a cgroup that hands controllers on ----------------------------------------------------


def enable() -> str:
    return " ".join(f"+{controller}" for controller in CONTROLLERS)


def leave_v2(own: CgroupPlace) -> None:
    """Move ourselves into a leaf, then hand the controllers on; nothing where they are handed on already. With us go
    those in the same cgroup who are ours: a shell that waits for us, a fork server of another path. Raises OSError
    (EBUSY: others live there too)."""
    control = os.path.join(own.directory, "cgroup.subtree_control")
    if set(CONTROLLERS) <= set(read(control).split()):
        return
    if not os.path.exists(os.path.join(own.directory, "cgroup.type")):  # the root has none, and no such rule
        write(control, enable())
        return
    leaf = own.below(_LEAF)
    os.makedirs(leaf.directory, exist_ok=True)
    for pid in _family(os.path.join(own.directory, "cgroup.procs")):
        with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
            write(os.path.join(leaf.directory, "cgroup.procs"), str(pid))
    try:
        write(control, enable())
    except OSError as error:
        others = read(os.path.join(own.directory, "cgroup.procs")).split()
        come_back_v2(own)
        if error.errno == errno.EBUSY and others:
            detail = f"processes {', '.join(others)} live in the cgroup that is to hand its controllers on"
            raise OSError(errno.EBUSY, detail, own.directory) from error
        raise


def _family(procs: str) -> list[int]:
    """Ourselves first (who is born from then on is born where we are), then those of our parents, children and theirs
    that are listed in ``procs``."""
    members, us = [int(pid) for pid in read(procs).split()], os.getpid()
    lines = {pid: _line(pid) for pid in members}
    return [us, *(pid for pid in members if pid != us and (pid in _line(us) or us in lines[pid]))]


def _line(pid: int) -> list[int]:
    """A process, its parent, its parent's parent, ...; as far as they can still be seen (proc(5), field 4 of stat)."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        while pid:
            found.append(pid)
            pid = int(read(f"/proc/{pid}/stat").rpartition(")")[2].split()[1])
    return found


def come_back_v2(own: CgroupPlace) -> None:
    """Undo :func:`leave_v2`, unless there is no leaf, or somebody else's pool still has the controllers."""
    leaf = own.below(_LEAF).directory
    if not os.path.isdir(leaf):
        return
    with contextlib.suppress(OSError):
        write(os.path.join(own.directory, "cgroup.subtree_control"), enable().replace("+", "-"))
        for pid in read(os.path.join(leaf, "cgroup.procs")).split():
            write(os.path.join(own.directory, "cgroup.procs"), pid)
        os.rmdir(leaf)


@contextlib.contextmanager
def alone(own: CgroupPlace | None) -> Iterator[None]:
    """While other servers in the same v2 cgroup wait: one that leaves must not take the controllers from one that
    comes. On v1, None, there is nothing that they share."""
    if own is None:
        yield
        return
    fd = os.open(own.directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


# --- files ------------------------------------------------------------------------------------------------------------


def read(path: str, dir_fd: int | None = None) -> str:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=dir_fd)
    with open(fd, encoding="utf-8") as file:
        return file.read()


def write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    except OSError as error:
        error.filename = path
        raise
    finally:
        os.close(fd)
