"""Where the host's control groups are, and what may be done there: the part of :mod:`sandbox.cgroups` that knows paths.

Finds our own cgroup in every hierarchy that is mounted (cgroups(7), proc(5)), and on v2 makes room below it: there a
cgroup that hands controllers on may hold no process itself (cgroup-v2.rst, "No Internal Process Constraint").
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

CONTROLLERS: Final = ("memory", "pids", "cpu")
PREFIX: Final = "renderserver"


@dataclass(frozen=True, slots=True)
class Place:
    """Where our own cgroup is: ``directory`` on the file system, ``path`` as ``/proc/self/cgroup`` names it."""

    directory: str
    path: str

    def below(self, name: str) -> Place:
        return Place(os.path.join(self.directory, name), os.path.join(self.path, name))


# --- finding the hierarchies ------------------------------------------------------------------------------------------


def find_v2() -> dict[str, Place]:
    """Our own v2 cgroup under the key "", if all controllers may be handed on from it."""
    for mount in _mounts("cgroup2"):
        place = _own_place(mount, "")
        if place is not None:
            offered = read(os.path.join(place.directory, "cgroup.controllers")).split()
            if set(CONTROLLERS) <= set(offered):
                return {"": place}
    return {}


def find_v1(also: Sequence[str] = ()) -> dict[str, Place]:
    """Our own cgroup in each controller's hierarchy, if every one is mounted, and in those of ``also`` that are."""
    found: dict[str, Place] = {}
    for mount in _mounts("cgroup"):
        for controller in (*CONTROLLERS, *also):
            place = _own_place(mount, controller) if controller in mount.options else None
            if place is not None:
                found[controller] = place
    return found if set(found) >= set(CONTROLLERS) else {}


@dataclass(frozen=True, slots=True)
class _Mount:
    root: str
    point: str
    options: tuple[str, ...]


def _mounts(kind: str) -> list[_Mount]:
    """Mounts of one file system type, from ``/proc/self/mountinfo`` (proc(5))."""
    found = []
    for line in read("/proc/self/mountinfo").splitlines():
        left, _, right = line.partition(" - ")
        if right.split()[0] == kind:
            root, point = (_unescape(text) for text in left.split()[3:5])
            found.append(_Mount(root, point, tuple(right.split()[2].split(","))))
    return found


def _own_place(mount: _Mount, controller: str) -> Place | None:
    for line in read("/proc/self/cgroup").splitlines():
        _, names, path = line.split(":", 2)
        if controller in names.split(",") if controller else names == "":
            relative = os.path.relpath(path, mount.root)
            directory = os.path.normpath(os.path.join(mount.point, relative))
            return Place(directory, path) if os.path.isdir(directory) and ".." not in relative else None
    return None


def _unescape(text: str) -> str:
    return re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), text)


# --- v2: no process may live in a cgroup that hands controllers on ----------------------------------------------------


def enable() -> str:
    return " ".join(f"+{controller}" for controller in CONTROLLERS)


def leave_v2(own: Place) -> Place | None:
    """Move ourselves (and our parents in the same cgroup, such as a shell that waits for us) into a leaf, then hand the
    controllers on. Returns the leaf, or None if there was no need. Raises OSError (EBUSY: others live there too)."""
    control = os.path.join(own.directory, "cgroup.subtree_control")
    if set(CONTROLLERS) <= set(read(control).split()):
        return None
    if not os.path.exists(os.path.join(own.directory, "cgroup.type")):  # the root has none, and no such rule
        write(control, enable())
        return None
    leaf = own.below(f"{PREFIX}-supervisor")
    os.makedirs(leaf.directory, exist_ok=True)
    for pid in _lineage(os.path.join(own.directory, "cgroup.procs")):
        write(os.path.join(leaf.directory, "cgroup.procs"), str(pid))
    write(control, enable())
    return leaf


def _lineage(procs: str) -> list[int]:
    """Ourselves, our parent, its parent, ... as long as they are listed in ``procs``."""
    members = {int(pid) for pid in read(procs).split()}
    pid, found = os.getpid(), []
    while pid in members:
        found.append(pid)
        pid = int(read(f"/proc/{pid}/stat").rpartition(")")[2].split()[1])
    return found


def come_back_v2(leaf: Place) -> None:
    own = os.path.dirname(leaf.directory)
    with contextlib.suppress(OSError):
        write(os.path.join(own, "cgroup.subtree_control"), enable().replace("+", "-"))
        for pid in read(os.path.join(leaf.directory, "cgroup.procs")).split():
            write(os.path.join(own, "cgroup.procs"), pid)
        os.rmdir(leaf.directory)


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
