"""What a server on this machine uses, from ``/proc`` (proc(5)): processor time and memory of its whole process tree.

A worker lives for one render, so most of the processor time is found where the dead leave it: a parent that reaps a
child inherits its time (``cutime``, ``cstime``).
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_LISTEN: Final = "0A"
_PERIOD_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class Process:
    """``cpu_s``: its own and that of all children it has reaped."""

    pid: int
    parent: int
    cpu_s: float
    rss_bytes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """One look at a tree. ``cpu_s``: since its start. ``standing_bytes``: resident in the front end and the fork
    servers, which stay; ``workers_bytes``: in workers, most of it shared with their fork server and counted again."""

    at: float
    cpu_s: float
    standing_bytes: int
    workers_bytes: int


def table() -> dict[int, Process]:
    found = {}
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with contextlib.suppress(OSError, ValueError, IndexError):
                found[int(name)] = _process(int(name))
    return found


def _process(pid: int) -> Process:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return Process(pid, int(fields[1]), sum(map(int, fields[11:15])) * _TICK_S, int(fields[21]) * _PAGE)


def usage(root: int, processes: Mapping[int, Process], now: float) -> Usage | None:
    """None when it is gone."""
    if root not in processes:
        return None
    children: dict[int, list[Process]] = {}
    for process in processes.values():
        children.setdefault(process.parent, []).append(process)
    servers = children.get(root, [])
    workers = list(_below(servers, children))
    standing = [processes[root], *servers]
    return Usage(
        now,
        sum(process.cpu_s for process in (*standing, *workers)),
        sum(process.rss_bytes for process in standing),
        sum(process.rss_bytes for process in workers),
    )


def _below(parents: Iterable[Process], children: Mapping[int, list[Process]]) -> Iterable[Process]:
    for parent in parents:
        for child in children.get(parent.pid, []):
            yield child
            yield from _below([child], children)


@dataclass
class Sampler:
    """Looks at several trees four times a second until it is stopped; a context manager."""

    roots: Mapping[str, int]
    seen: dict[str, list[Usage]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.seen = {name: [] for name in self.roots}
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(_PERIOD_S)

    def look(self) -> None:
        processes, now = table(), time.time()
        for name, root in self.roots.items():
            found = usage(root, processes, now)
            if found is not None:
                self.seen[name].append(found)

    def cpu_s(self, name: str, start: float, end: float) -> float | None:
        """Processor time between two moments (Unix time), interpolated; None where nothing was seen."""
        samples = self.seen.get(name, [])
        return None if len(samples) < 2 else _at(samples, end) - _at(samples, start)


def _at(samples: Sequence[Usage], moment: float) -> float:
    after = bisect_right(samples, moment, key=lambda usage: usage.at)
    if after in (0, len(samples)):
        return samples[min(after, len(samples) - 1)].cpu_s
    one, other = samples[after - 1], samples[after]
    return one.cpu_s + (other.cpu_s - one.cpu_s) * (moment - one.at) / (other.at - one.at)


def listening_on(url: str) -> int | None:
    """The process that listens where the URL points, if it is on this machine and may be looked at."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    sockets = {f"socket:[{inode}]" for name in ("tcp", "tcp6") for inode in _listeners(name, port)}
    owners = [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _holds(pid, sockets)]
    return min(owners, default=None)


def _listeners(name: str, port: int) -> Iterable[str]:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _holds(pid: int, sockets: set[str]) -> bool:
    with contextlib.suppress(OSError):
        for fd in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if os.readlink(fd) in sockets:
                    return True
    return False
