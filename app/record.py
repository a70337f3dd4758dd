"""One log line for every request for pictures, however it ends, and one count for each of its outputs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from app.answer import Answer
from app.metrics import Metrics
from app.options import PictureOptions
from app.problems import ProblemError

_log = structlog.get_logger(__name__)


class Tally:
    """The outputs of a request for several: ``verdicts`` are ``ok`` or the problem's code."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.formats: set[str] = set()
        self.bytes = self.warnings = 0
        self.last: Answer | ProblemError | None = None

    def add(self, result: Answer | ProblemError) -> str:
        """Returns the verdict."""
        self.last = result
        verdict = result.code if isinstance(result, ProblemError) else "ok"
        self.verdicts[verdict] += 1
        if isinstance(result, Answer):
            self.bytes += result.content.size
            self.warnings += len(result.picture.warnings) + result.picture.warnings_dropped
            if result.image_format is not None:
                self.formats.add(result.image_format.value)
        return verdict

    def said(self) -> dict[str, object]:
        failed = {code: number for code, number in self.verdicts.items() if code != "ok"}
        return {
            "outputs": self.verdicts.total(),
            "failed": sum(failed.values()),
            "failures": failed or None,
            "format": ",".join(sorted(self.formats)) or None,
            "bytes": self.bytes,
            "warnings": self.warnings,
        }


@dataclass(slots=True)
class RenderRecord:
    """Filled in on the way; what was not reached stays None. ``verdict``: ``ok`` or the problem's code. ``tally``: of
    a request for several pictures."""

    metrics: Metrics
    started: float = field(default_factory=time.perf_counter)
    path: str | None = None
    picture_format: str | None = None
    body_bytes: int | None = None
    answer: Answer | None = None
    tally: Tally | None = None
    verdict: str = "internal"
    detail: str | None = None
    problem: Mapping[str, object] = field(default_factory=dict)
    logged: str | None = None
    _since: float = field(default_factory=time.perf_counter)

    def settled(self, result: Answer | ProblemError) -> None:
        """One of several outputs. Its time is that since the one before it, or since the request began."""
        if self.tally is None:
            self.tally = Tally()
        self._count(self.tally.add(result))
        if isinstance(result, ProblemError):
            self.failed(result)

    def failed(self, problem: ProblemError) -> None:
        """Keeps what the log says of it."""
        self.problem, self.logged = problem.extra, problem.logged
        if problem.extra.get("signal") == "SIGSYS":
            syscall = problem.extra.get("syscall")
            self.metrics.violated(syscall if isinstance(syscall, str) else None)

    def ended(self, problem: ProblemError | None) -> None:
        """The request as a whole, unless its outputs have said it all."""
        told = self.tally is not None and (self.verdict == "ok" or self.tally.last is problem)
        if not told:
            self._count(self.verdict)
            if problem is not None:
                self.failed(problem)

    def _count(self, verdict: str) -> None:
        now = time.perf_counter()
        self.metrics.rendered(self.path or "none", verdict, now - self._since)
        self._since = now


@contextmanager
def recorded(metrics: Metrics, query: PictureOptions) -> Iterator[RenderRecord]:
    """Writes the line and counts when the block is left."""
    record = RenderRecord(metrics, picture_format=query.picture_format.value)
    raised: ProblemError | None = None
    try:
        yield record
        record.verdict = "ok"
    except ProblemError as problem:
        raised, record.verdict, record.detail = problem, problem.code, str(problem)
        raise
    finally:
        record.ended(raised)
        _write(record)


def _write(record: RenderRecord) -> None:
    fields: dict[str, object] = {
        "path": record.path,
        "verdict": record.verdict,
        "format": record.picture_format,
        "body_bytes": record.body_bytes,
        "ms": round((time.perf_counter() - record.started) * 1000, 2),
    }
    if record.answer is not None:
        picture = record.answer.picture
        fields["size"] = f"{picture.width}x{picture.height}"
        fields["bytes"] = record.answer.content.size
        fields["warnings"] = len(picture.warnings) + picture.warnings_dropped
        fields["timings_ms"] = dict(record.answer.timings_ms)
    if record.tally is not None:
        fields |= record.tally.said()
    fields |= {name: record.problem.get(name) for name in ("signal", "syscall", "stage")}
    fields["sandbox_detail"] = record.logged
    if record.detail is not None:
        fields["detail"] = record.detail
    log = _log.info if record.verdict == "ok" and not fields.get("failed") else _log.warning
    log("render", **{name: value for name, value in fields.items() if value is not None})
