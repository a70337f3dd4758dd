"""The work itself, which a worker knows nothing of.

An :class:`Entry`, named in the fork server's configuration, does it.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sandbox.policy.descriptors import OUTPUT_FD, REPORT_FD


@dataclass(frozen=True, slots=True)
class Task:
    """What an entry is given: all of it untrusted but ``stage`` (says how far it is), ``clock`` (seconds) and
    ``output_bytes`` (how long the content of one part may be)."""

    header: bytes
    inputs: tuple[memoryview, ...]
    stage: Callable[[str], None]
    clock: Callable[[], float]
    output_bytes: int = sys.maxsize


class Part(NamedTuple):
    """One result of a job. ``number``: which one; None: about the job as a whole, comes first if at all. ``report``:
    JSON, small."""

    number: int | None
    report: bytes
    content: bytes | memoryview = b""


class Entry(Protocol):
    """The work. Made once in the fork server as ``Entry(options)``."""

    def preload(self) -> None:
        """Load everything the work can need. In the fork server; may open files, may start no thread."""

    def probe(self) -> dict[str, object]:
        """The least of :meth:`warm`, with every library loaded. Returns the same facts; ``software`` among them says
        that no hardware is involved. In a child that is thrown away; where it survives a fork, then in the fork
        server."""

    def warm(self) -> dict[str, object]:
        """Prepare what takes time and needs no input (a GL context, its shaders): in every worker, inside the
        namespaces and before the lock, where it does not survive a fork. Returns facts about the device for the
        operator."""

    def exercises(self) -> Iterator[None]:
        """More of what :meth:`warm` does, in steps of some milliseconds, for a fork server that has nothing else to
        do and whose device survives a fork: what is done here is done for all workers to come."""

    def touch(self) -> None:
        """In a worker that has inherited everything and waits: a little ordinary work, so that memory which all work
        writes to is its own already (a page that is written to after a fork is copied first)."""

    def run(self, task: Task) -> Iterator[Part]:
        """Do the work under the lock, part by part."""


def load_entry(spec: str, options: Mapping[str, object]) -> Entry:
    """``"package.module:Class"`` made with ``options``."""
    module, _, name = spec.partition(":")
    entry: Entry = getattr(importlib.import_module(module), name)(options)
    return entry


def work(entry: Entry, task: Task) -> int:
    """Run the entry and write what it made. Returns the exit status."""
    for part in entry.run(task):
        write_all(OUTPUT_FD, part.content)
        write_all(REPORT_FD, part.report)
    return 0


def write_all(fd: int, data: bytes | memoryview) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
