"""What k6 wrote: one line for each request, and the totals. Both are read strictly: a line that is lost is an error,
not a faster server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_TIMING: Final = re.compile(r"([a-z][a-z-]*);dur=([0-9.]+)")


class RecordError(ValueError):
    """k6 wrote something else than the script tells it to."""


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request. ``started_ms``: Unix time; ``code``: of the problem, empty for a picture; ``stages_ms``: from the
    answer's Server-Timing."""

    scenario: str
    started_ms: float
    latency_ms: float
    status: int
    code: str
    document: int
    body_bytes: int
    stages_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.status == 200

    @property
    def ended_ms(self) -> float:
        return self.started_ms + self.latency_ms


@dataclass(frozen=True, slots=True)
class Totals:
    """k6's own counts. ``dropped``: iterations that were due and for which no virtual user was free, by scenario."""

    iterations: int
    dropped: Mapping[str, int]


def read_records(lines: Iterable[str]) -> Iterator[RequestRecord]:
    """The requests among a log's lines; k6's own remarks are passed over. Raises RecordError."""
    for line in lines:
        if line.startswith('["'):
            yield _record(line)


def remarks(lines: Iterable[str]) -> list[str]:
    """What k6 itself had to say, each once."""
    return list(dict.fromkeys(line.strip() for line in lines if line.strip() and not line.startswith('["')))


def _record(line: str) -> RequestRecord:
    try:
        scenario, started, latency, status, code, document, size, timing = json.loads(line)
        stages = {name: float(ms) for name, ms in _TIMING.findall(timing)}
        return RequestRecord(
            str(scenario), float(started), float(latency), int(status), str(code), int(document), int(size), stages
        )
    except (ValueError, TypeError) as error:
        raise RecordError(f"not a request's line: {line[:200]!r} ({error})") from None


def read_totals(text: str, scenarios: Iterable[str]) -> Totals:
    """From the summary's metrics. Raises RecordError."""
    try:
        metrics: dict[str, Any] = dict(json.loads(text).items())
        dropped = {name: _count(metrics, f"dropped_iterations{{scenario:{name}}}") for name in scenarios}
        return Totals(_count(metrics, "iterations"), dropped)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RecordError(f"not a summary of k6: {error}") from None


def _count(metrics: Mapping[str, Any], name: str) -> int:
    """0 for a metric that never had a sample: k6 leaves those out."""
    return int(metrics[name]["values"]["count"]) if name in metrics else 0
