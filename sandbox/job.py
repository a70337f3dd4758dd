"""A job for a worker, its limits, and how it went: what a client and a fork server agree on.

A job has one part or many. Each part ends as a report and, where there is one, content; the worker works on one after
the other. What a part is only the entry knows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum

MAX_REPORT_BYTES = 256 * 1024
"""Of one part."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What each part of a job may use; ``job_wall_s`` and ``job_output_bytes``: all parts of a job together, where it
    has more than one. ``memory_bytes``: heap (CPU path) or cgroup memory (GPU path)."""

    wall_s: float = 30.0
    cpu_s: float = 20.0
    memory_bytes: int = 1 << 30
    output_bytes: int = 256 << 20
    job_wall_s: float = 300.0
    job_output_bytes: int = 1 << 30

    def wall_of(self, parts: int) -> float:
        """Seconds for a job of so many parts."""
        return self.wall_s if parts == 1 else min(parts * self.wall_s, self.job_wall_s)

    def cpu_of(self, parts: int) -> int:
        """Processor seconds, whole ones as the kernel counts them. One thread uses no more of them than of the wall's;
        more threads are a driver's."""
        if parts == 1:
            return max(1, math.ceil(self.cpu_s))
        return max(1, math.ceil(min(parts * self.cpu_s, max(self.cpu_s, self.job_wall_s))))

    def output_of(self, parts: int) -> int:
        """Bytes that a job of so many parts may write."""
        return self.output_bytes if parts == 1 else min(parts * self.output_bytes, self.job_output_bytes)

    @property
    def file_bytes(self) -> int:
        """The largest file that a worker may have to write: the output of a job, which is no less than one part."""
        return max(self.output_bytes, self.job_output_bytes)


class Verdict(Enum):
    """How a worker ended. CANCELLED: the client asked for it. DISTRUSTED: it ended well, and what it wrote has not the
    form that was agreed on."""

    COMPLETED = "completed"
    KILLED = "killed"
    LIMIT_WALL = "limit-wall"
    LIMIT_CPU = "limit-cpu"
    LIMIT_MEMORY = "limit-memory"
    LIMIT_OUTPUT = "limit-output"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    DISTRUSTED = "distrusted"


@dataclass(frozen=True, slots=True)
class Job:
    """``fds``: output, report, inputs, header; owned by whoever holds the Job. ``parts``: how many it can have at
    most. The fork server never looks into the header or the inputs: only the locked worker does."""

    id: int
    limits: Limits
    fds: tuple[int, ...]
    parts: int = 1

    @property
    def output_fd(self) -> int:
        return self.fds[0]

    @property
    def report_fd(self) -> int:
        return self.fds[1]

    @property
    def input_fds(self) -> tuple[int, ...]:
        return self.fds[2:-1]

    @property
    def header_fd(self) -> int:
        return self.fds[-1]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job went. ``layers``: what the kernel said was in force while it ran. ``output`` and ``report``: what the
    worker of a job of one part wrote, for callers that want it as bytes; untrusted, and filled in by the client alone
    (they do not travel in the message)."""

    job_id: int
    verdict: Verdict
    exit_status: int | None = None
    signal: str | None = None
    syscall: str | None = None
    stage: str | None = None
    layers: tuple[str, ...] = ()
    refused_layer: str | None = None
    detail: str | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    output: bytes = b""
    report: bytes = b""
