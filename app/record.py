"""One log line and one count for every request for a picture, however it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from app.answer import Answer
from app.metrics import Metrics
from app.options import PictureQuery
from app.problems import ProblemError

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class RenderRecord:
    """Filled in on the way; what was not reached stays None. ``verdict``: ``ok`` or the problem's code."""

    path: str | None = None
    body_bytes: int | None = None
    answer: Answer | None = None
    verdict: str = "internal"
    detail: str | None = None
    problem: Mapping[str, object] = field(default_factory=dict)
    logged: str | None = None

    @property
    def syscall(self) -> str | None:
        found = self.problem.get("syscall")
        return found if isinstance(found, str) else None

    @property
    def signal(self) -> object:
        return self.problem.get("signal")


@contextmanager
def recorded(metrics: Metrics, query: PictureQuery) -> Iterator[RenderRecord]:
    """Writes the line and counts when the block is left."""
    record, started = RenderRecord(), time.perf_counter()
    try:
        yield record
        record.verdict = "ok"
    except ProblemError as problem:
        record.verdict, record.detail = problem.code, str(problem)
        record.problem, record.logged = problem.extra, problem.logged
        raise
    finally:
        seconds = time.perf_counter() - started
        metrics.rendered(record.path or "none", record.verdict, seconds)
        if record.signal == "SIGSYS":
            metrics.violated(record.syscall)
        _write(record, query, seconds)


def _write(record: RenderRecord, query: PictureQuery, seconds: float) -> None:
    fields: dict[str, object] = {
        "path": record.path,
        "verdict": record.verdict,
        "format": query.picture_format.value,
        "body_bytes": record.body_bytes,
        "ms": round(seconds * 1000, 2),
    }
    if record.answer is not None:
        picture = record.answer.picture
        fields["size"] = f"{picture.width}x{picture.height}"
        fields["bytes"] = record.answer.content.size
        fields["warnings"] = len(picture.warnings) + picture.warnings_dropped
        fields["timings_ms"] = dict(record.answer.timings_ms)
    fields |= {name: record.problem.get(name) for name in ("signal", "syscall", "stage")}
    fields["sandbox_detail"] = record.logged
    if record.detail is not None:
        fields["detail"] = record.detail
    log = _log.info if record.verdict == "ok" else _log.warning
    log("render", **{name: value for name, value in fields.items() if value is not None})
