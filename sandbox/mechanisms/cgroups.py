"""How much can it use: control groups, v1 (cgroups(7)) and v2 (Documentation/admin-guide/cgroup-v2.rst).

A :class:`CgroupPool` is made once by the supervisor, below its own cgroup, and its slots are used again and again: to
make a cgroup costs a hundred times what it costs to enter one. A slot is entered through a ``cgroup.procs`` that was
opened by the supervisor (the kernel checks the opener's credentials), and is read through directory descriptors, so an
unprivileged fork server without any cgroup file system in its root can use it.

What the host offers is found by trying; nothing is guessed from versions.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.exceptions import LayerFailedError, LayerNotInForceError, LayerUnavailableError, layer
from sandbox.mechanisms import cgroupfs

_PERIOD_US: Final = 100_000
_NUMBERS: Final = itertools.count()
_DELEGATE: Final = (
    "start as root, or delegate a cgroup: systemd-run --user --scope -p Delegate=yes, Delegate=yes in the unit, or "
    "in a container a writable cgroup namespace; or waive the layer 'cgroup'"
)


@dataclass(frozen=True, slots=True)
class CgroupLimits:
    """``cpu_cores``: 1.5 means one and a half cores' worth of time per period."""

    memory_bytes: int
    pids: int
    cpu_cores: float


@dataclass(slots=True)
class CgroupSlot:
    """One reusable place for one worker. ``version`` 1 or 2; ``dirs``: directory descriptor by controller; ``procs``:
    an open ``cgroup.procs`` by controller; ``paths``: as ``/proc/<pid>/cgroup`` names them. On v2 the key is ``""``."""

    index: int
    version: int
    limits: CgroupLimits
    dirs: dict[str, int]
    procs: dict[str, int]
    paths: dict[str, str]
    born_inside: bool = False
    """The worker was cloned straight into it (v2), so :meth:`attach` has nothing to do."""
    _oom_seen: int = field(default=0, repr=False)

    @property
    def layer(self) -> str:
        return f"cgroup-v{self.version}"

    @property
    def fds(self) -> tuple[int, ...]:
        return (*self.dirs.values(), *self.procs.values())

    def attach(self) -> None:
        """Move the calling process in."""
        if self.born_inside:
            return
        with layer(self.layer):
            for fd in self.procs.values():
                os.write(fd, b"0")

    def read(self, controller: str, name: str) -> str:
        """A file of the slot, e.g. ``("memory", "memory.limit_in_bytes")``."""
        return cgroupfs.read(name, self.dirs[controller if self.version == 1 else ""])

    def members(self) -> tuple[int, ...]:
        """Host pids in the slot, in whichever of its hierarchies."""
        places = ((fd, place) for fd in self.dirs.values() for place in _here_and_nested(fd))
        listed = (cgroupfs.read(f"{place}/cgroup.procs", fd).split() for fd, place in places)
        return tuple(sorted({int(pid) for pids in listed for pid in pids}))

    def usage(self) -> dict[str, int]:
        """``pids`` now, ``pids_refused`` (forks that met the limit), ``oom_kills``."""
        return {
            "pids": int(self.read("pids", "pids.current")),
            "pids_refused": self._counter("pids", "pids.events", "max"),
            "oom_kills": self._oom_kills(),
        }

    def oom_killed(self) -> bool:
        """Whether the kernel killed someone in here for memory since this was last asked."""
        before, self._oom_seen = self._oom_seen, self._oom_kills()
        return self._oom_seen > before

    def kill(self) -> None:
        """SIGKILL to whoever is inside."""
        for pid in self.members():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def reset(self) -> None:
        """Ready for the next worker: nobody inside, counters' baselines taken. Raises LayerFailedError if occupied."""
        if self.members():
            raise LayerFailedError(self.layer, f"slot {self.index} still has processes {self.members()}")
        self._oom_seen = self._oom_kills()

    def verify(self, membership: str) -> None:
        """Compare with the text of ``/proc/<pid>/cgroup`` and with the limits as the kernel has them now.

        Raises LayerNotInForceError.
        """
        found = {line.split(":", 2)[1]: line.split(":", 2)[2] for line in membership.splitlines()}
        for controller, path in self.paths.items():
            names = [names for names in found if controller in names.split(",")]
            if not names or not _is_in(found[names[0]], path):
                raise LayerNotInForceError(self.layer, f"{controller or 'v2'}: in {found} and not in {path}")
        for (controller, name), value in _settings(self.version, self.limits).items():
            if not _holds(self.read(controller, name).strip(), value):
                raise LayerNotInForceError(self.layer, f"{name} is {self.read(controller, name).strip()}, not {value}")

    def to_json(self) -> dict[str, Any]:
        """For a fork server that inherits the descriptors under the same numbers."""
        limits = [self.limits.memory_bytes, self.limits.pids, self.limits.cpu_cores]
        return {
            "index": self.index,
            "version": self.version,
            "limits": limits,
            "dirs": self.dirs,
            "procs": self.procs,
            "paths": self.paths,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CgroupSlot:
        limits = CgroupLimits(int(data["limits"][0]), int(data["limits"][1]), float(data["limits"][2]))
        slot = cls(data["index"], data["version"], limits, dict(data["dirs"]), dict(data["procs"]), dict(data["paths"]))
        slot._oom_seen = slot._oom_kills()
        return slot

    def close(self) -> None:
        for fd in self.fds:
            os.close(fd)

    def _oom_kills(self) -> int:
        """Also of nested cgroups: v1 counts a kill where the victim was, and only there."""
        if self.version == 2:
            return self._counter("memory", "memory.events", "oom_kill")
        places = _here_and_nested(self.dirs["memory"])
        return sum(self._counter("memory", f"{place}/memory.oom_control", "oom_kill") for place in places)

    def _counter(self, controller: str, name: str, key: str) -> int:
        pairs = (line.split() for line in self.read(controller, name).splitlines())
        return next((int(pair[1]) for pair in pairs if pair[0] == key), 0)


@dataclass(slots=True)
class CgroupPool:
    """``slots`` in one directory per hierarchy; see the module docstring. Belongs to the process that made it."""

    version: int
    slots: tuple[CgroupSlot, ...]
    directories: tuple[str, ...]
    _own: cgroupfs.CgroupPlace | None = None
    """The v2 cgroup that hands its controllers on to us."""

    @classmethod
    def create(cls, count: int, limits: CgroupLimits, *, also: Sequence[str] = ()) -> CgroupPool:
        """Make ``count`` slots with these limits. v2 is taken where it has the controllers, else v1. ``also``: further
        v1 hierarchies to have a place in, without a limit there.

        Raises LayerUnavailableError('cgroup') when neither hierarchy can be written here.
        """
        problems: list[str] = []
        for version in (2, 1):
            places = cgroupfs.find_v2() if version == 2 else cgroupfs.find_v1(also)
            if not places:
                problems.append(f"v{version}: no hierarchy with {', '.join(cgroupfs.CONTROLLERS)}")
                continue
            try:
                return cls._make(version, places, count, limits)
            except OSError as error:
                problems.append(f"v{version}: {error.strerror} ({error.filename})")
        raise LayerUnavailableError("cgroup", "; ".join(problems), _DELEGATE, errno.EACCES)

    @classmethod
    def _make(
        cls, version: int, places: Mapping[str, cgroupfs.CgroupPlace], count: int, limits: CgroupLimits
    ) -> CgroupPool:
        own = places[""] if version == 2 else None
        with cgroupfs.alone(own):
            for place in set(places.values()):
                _sweep(place.directory)
            if own is not None:
                cgroupfs.leave_v2(own)
            name = _pool_name()
            homes = {controller: place.below(name) for controller, place in places.items()}
            pool = cls(version, (), tuple({home.directory: None for home in homes.values()}), own)
            try:
                pool._fill(homes, count, limits)
            except BaseException:
                pool._remove()
                raise
        return pool

    def _fill(self, homes: Mapping[str, cgroupfs.CgroupPlace], count: int, limits: CgroupLimits) -> None:
        for directory in self.directories:
            os.mkdir(directory)
            if self.version == 2:
                cgroupfs.write(os.path.join(directory, "cgroup.subtree_control"), cgroupfs.enable())
        self.slots = tuple(_make_slot(self.version, homes, index, limits) for index in range(count))

    def kill(self) -> None:
        """SIGKILL to whoever is inside any slot."""
        for slot in self.slots:
            slot.kill()

    def destroy(self) -> None:
        """Kill whoever is inside, and remove everything that :meth:`create` made."""
        with cgroupfs.alone(self._own):
            self._remove()

    def _remove(self) -> None:
        self.kill()
        for directory in self.directories:
            _remove(directory)
        for slot in self.slots:
            slot.close()
        self.slots = ()
        if self._own is not None:
            cgroupfs.come_back_v2(self._own)


# --- making and removing ----------------------------------------------------------------------------------------------


def _make_slot(version: int, homes: Mapping[str, cgroupfs.CgroupPlace], index: int, limits: CgroupLimits) -> CgroupSlot:
    places = {controller: home.below(f"slot-{index}") for controller, home in homes.items()}
    for directory in {place.directory: None for place in places.values()}:
        os.mkdir(directory)
    for (controller, name), value in _settings(version, limits).items():
        place = places[controller if version == 1 else ""]
        cgroupfs.write(os.path.join(place.directory, name), value)
    _optional_settings(version, places, limits)
    slot = CgroupSlot(
        index,
        version,
        limits,
        dirs={key: os.open(place.directory, os.O_PATH | os.O_DIRECTORY) for key, place in places.items()},
        procs={
            key: os.open(os.path.join(place.directory, "cgroup.procs"), os.O_WRONLY) for key, place in places.items()
        },
        paths={key: place.path for key, place in places.items()},
    )
    slot.reset()
    return slot


def _settings(version: int, limits: CgroupLimits) -> dict[tuple[str, str], str]:
    quota_us = round(limits.cpu_cores * _PERIOD_US)
    if version == 1:
        return {
            ("memory", "memory.limit_in_bytes"): str(limits.memory_bytes),
            ("pids", "pids.max"): str(limits.pids),
            ("cpu", "cpu.cfs_period_us"): str(_PERIOD_US),
            ("cpu", "cpu.cfs_quota_us"): str(quota_us),
        }
    return {
        ("memory", "memory.max"): str(limits.memory_bytes),
        ("pids", "pids.max"): str(limits.pids),
        ("cpu", "cpu.max"): f"{quota_us} {_PERIOD_US}",
    }


def _optional_settings(version: int, places: Mapping[str, cgroupfs.CgroupPlace], limits: CgroupLimits) -> None:
    """What not every kernel is built with: no swap beside the memory, and an OOM kill takes the whole worker."""
    if version == 1:
        wanted = {os.path.join(places["memory"].directory, "memory.memsw.limit_in_bytes"): str(limits.memory_bytes)}
    else:
        home = places[""].directory
        wanted = {os.path.join(home, "memory.swap.max"): "0", os.path.join(home, "memory.oom.group"): "1"}
    for path, value in wanted.items():
        if os.path.exists(path):
            cgroupfs.write(path, value)


def _here_and_nested(directory_fd: int) -> list[str]:
    """Relative paths: ``.``, and the cgroups in it that an OCI runtime has made for its container."""
    here = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=directory_fd)
    try:
        return [".", *(entry.name for entry in os.scandir(here) if entry.is_dir())]
    finally:
        os.close(here)


def _is_in(found: str, path: str) -> bool:
    """In the cgroup or in one nested in it, which can have no more than it has."""
    return found == path or found.startswith(f"{path}/")


def _holds(found: str, wanted: str) -> bool:
    """Whether a limit as read is no looser than as set (the kernel rounds memory down to whole pages)."""
    if not (found.isdigit() and wanted.isdigit()):
        return found == wanted
    return 0 < int(found) <= int(wanted)


def _remove(directory: str) -> None:
    """Remove a pool's directory with all below it; waits up to two seconds for dead processes to leave."""
    for path, _, _ in os.walk(directory, topdown=False):
        deadline = time.monotonic() + 2
        while True:
            try:
                os.rmdir(path)
                break
            except OSError as error:
                if error.errno != errno.EBUSY or time.monotonic() > deadline:
                    raise LayerFailedError(
                        "cgroup", f"cannot remove {path}: {error.strerror}", errno=error.errno
                    ) from error
            time.sleep(0.005)


def _pool_name() -> str:
    """Says whose it is: pid namespace, pid and start time, so that a later run can tell a leftover from a neighbour."""
    space, number = os.stat("/proc/self/ns/pid").st_ino, next(_NUMBERS)
    return "-".join((cgroupfs.PREFIX, str(space), str(os.getpid()), _start_time(os.getpid()), str(number)))


def _start_time(pid: int) -> str:
    """Clock ticks since boot, field 22 of ``/proc/<pid>/stat``; empty if there is no such process, or it ends now."""
    try:
        return cgroupfs.read(f"/proc/{pid}/stat").rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _sweep(directory: str) -> None:
    """Remove the pools of supervisors that died without a chance to do it themselves (SIGKILL)."""
    space = os.stat("/proc/self/ns/pid").st_ino
    for entry in os.scandir(directory):
        match = re.fullmatch(rf"{cgroupfs.PREFIX}-{space}-(\d+)-(\d+)-\d+", entry.name)
        if match and _start_time(int(match[1])) != match[2]:
            with contextlib.suppress(OSError, LayerFailedError):
                _remove(entry.path)
