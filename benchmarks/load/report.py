"""A load test's result: what ``--json`` writes, and what the tables and the page are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load.outcome import AgainstBaseline, Growth, PhaseOutcome, Saturation, TargetOutcome
from benchmarks.machine import Machine


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """``layers``: of the sandbox, as the server reported them with a picture; ``own``: started for this test."""

    name: str
    url: str
    query: str
    layers: str
    own: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One phase, without its single values."""

    name: str
    target: str
    kind: str
    start_s: float
    duration_s: float
    offered_per_s: float
    per_s: float
    requests: int
    dropped: int
    p50_ms: float | None
    p99_ms: float | None
    errors: dict[str, int]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """Milliseconds, bytes, seconds and requests per second. ``findings``: one sentence each; ``schema`` grows by one
    when a field changes its meaning."""

    machine: Machine
    profile: str
    documents: dict[str, int]
    targets: tuple[TargetFacts, ...]
    results: tuple[TargetOutcome, ...]
    comparisons: tuple[AgainstBaseline, ...]
    saturation: Saturation | None
    memory: dict[str, Growth]
    steps: tuple[Step, ...]
    findings: tuple[str, ...]
    remarks: tuple[str, ...]
    schema: int = 1


def step(outcome: PhaseOutcome) -> Step:
    phase, values = outcome.phase, sorted(outcome.latencies_ms)
    return Step(
        name=phase.name,
        target=phase.target.name,
        kind=phase.kind.value,
        start_s=phase.start_s,
        duration_s=phase.duration_s,
        offered_per_s=phase.rate,
        per_s=outcome.per_s,
        requests=outcome.requests,
        dropped=outcome.dropped,
        p50_ms=_at(values, 0.5),
        p99_ms=_at(values, 0.99),
        errors=outcome.errors,
    )


def _at(ordered: Sequence[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None
