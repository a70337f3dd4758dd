"""A cgroup of our own in each of the machine's hierarchies (cgroups(7)), for what is started in a fresh system.

They are also how all of it is ended, whatever it became: nobody leaves a cgroup by being forked or orphaned.

On v1 below the one we are in. On v2 at the top of what is mounted: a cgroup below ours would get no controllers, since
we live in ours ("No Internal Process Constraint", cgroup-v2.rst).
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sandbox.mechanisms import cgroupfs
from tests.unavailable import UnavailableError

_PREFIX: Final = "renderserver-fresh-"
_PATIENCE_S: Final = 10.0
_LOOK_S: Final = 0.05
# A new cpuset is empty, and nobody can be in an empty one.
_INHERITED: Final = ("cpuset.mems", "cpuset.cpus")
_JOIN: Final = 'while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs" || exit; shift; done; shift; exec "$@"'


@contextlib.contextmanager
def own() -> Iterator[list[Path]]:
    """Its directories. In the end whoever is inside is killed, and everything below removed; those of trials that were
    killed themselves, too."""
    made: list[Path] = []
    try:
        for parent in _parents():
            _sweep(parent)
            with contextlib.suppress(OSError):  # a hierarchy that is read-only is not one for the system either
                made.append(_make(parent / f"{_PREFIX}{os.getpid()}"))
        if not made:
            raise UnavailableError("no cgroup can be made here, and without one nothing could be ended for certain")
        yield made
    finally:
        for directory in made:
            _remove(directory)


def joined(places: Sequence[Path], command: Sequence[str]) -> list[str]:
    """The command, for one that is in them from its start."""
    return ["sh", "-c", _JOIN, "join", *map(str, places), "--", *command]


def _make(directory: Path) -> Path:
    directory.mkdir()
    for name in _INHERITED:
        if (directory / name).exists() and not (directory / name).read_text().strip():
            (directory / name).write_text((directory.parent / name).read_text())
    return directory


def _parents() -> list[Path]:
    """Where ours are made: one directory for each hierarchy that is mounted with the cgroup we are in."""
    v1 = (cgroupfs.own_place(mount, name) for mount in cgroupfs.mounts("cgroup") for name in mount.options)
    v2 = (mount.point for mount in cgroupfs.mounts("cgroup2") if cgroupfs.own_place(mount, ""))
    return [Path(place) for place in dict.fromkeys((*v2, *(place.directory for place in v1 if place)))]


def _sweep(parent: Path) -> None:
    for directory in parent.glob(f"{_PREFIX}*"):
        owner = re.fullmatch(rf"{_PREFIX}(\d+)", directory.name)
        if owner and not Path("/proc", owner[1]).exists():
            _remove(directory)


def kill(directory: Path) -> None:
    """Whoever is in it or below it, until nobody is; who was killed takes a moment to leave. Raises TimeoutError."""
    ends = time.monotonic() + _PATIENCE_S
    while pids := {pid for place in (directory, *directory.rglob("*/")) for pid in _members(place)}:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > ends:
            raise TimeoutError(f"{directory} cannot be emptied of {sorted(pids)}")
        time.sleep(_LOOK_S)


def _remove(directory: Path) -> None:
    """With those below it, the deepest first."""
    kill(directory)
    for place in (*sorted(directory.rglob("*/"), reverse=True), directory):
        place.rmdir()


def _members(place: Path) -> list[int]:
    """Nobody where it has gone meanwhile: a server in there removes its own."""
    with contextlib.suppress(OSError):
        return [int(pid) for pid in (place / "cgroup.procs").read_text().split()]
    return []
