"""From records to figures: what each target did in its phases, how two of them compare, where one gives up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.estimate import Estimate, compare_blocks, difference, percentile, ratio
from benchmarks.load.histogram import Latencies, summarise
from benchmarks.load.k6 import Run
from benchmarks.load.plan import Phase, PhaseKind
from benchmarks.load.processes import Sampler
from benchmarks.load.record import RequestRecord

# A step of a ramp is kept up with when so much of what was offered came back as pictures.
KEPT_UP = 0.98


@dataclass(frozen=True, slots=True)
class PhaseOutcome:
    """One phase. ``per_s``: pictures per second that its target finished within it, also those it was asked for before;
    ``errors``: problem codes; ``cpu_s``: of
    the server's processes; None where they cannot be seen."""

    phase: Phase
    requests: int
    pictures: int
    dropped: int
    per_s: float
    latencies_ms: tuple[float, ...]
    stages_ms: dict[str, tuple[float, ...]]
    errors: dict[str, int]
    cpu_s: float | None

    @property
    def cpu_ms_per_picture(self) -> float | None:
        return None if self.cpu_s is None or not self.pictures else self.cpu_s * 1e3 / self.pictures


def outcomes(run: Run, sampler: Sampler | None) -> list[PhaseOutcome]:
    """In the plan's order, without what was only to warm up."""
    found: dict[str, list[RequestRecord]] = {phase.name: [] for phase in run.plan.phases}
    finished: dict[str, list[float]] = {phase.target.name: [] for phase in run.plan.phases}
    names = {phase.name: phase.target.name for phase in run.plan.phases}
    for record in run.records:
        found[record.scenario].append(record)
        if record.ok:
            finished[names[record.scenario]].append(record.ended_ms / 1e3)
    wanted = [phase for phase in run.plan.phases if phase.kind is not PhaseKind.WARM]
    return [_outcome(run, phase, found[phase.name], finished[phase.target.name], sampler) for phase in wanted]


def _outcome(
    run: Run, phase: Phase, records: Sequence[RequestRecord], finished: Sequence[float], sampler: Sampler | None
) -> PhaseOutcome:
    start, end = run.started + phase.start_s, run.started + phase.end_s
    pictures = [record for record in records if record.ok]
    within = sum(start < moment <= end for moment in finished)
    names = dict.fromkeys(name for record in pictures for name in record.stages_ms)
    return PhaseOutcome(
        phase=phase,
        requests=len(records),
        pictures=len(pictures),
        dropped=run.totals.dropped[phase.name],
        per_s=within / phase.duration_s,
        latencies_ms=tuple(record.latency_ms for record in pictures),
        stages_ms={name: tuple(r.stages_ms[name] for r in pictures if name in r.stages_ms) for name in names},
        errors=dict(Counter(record.code or f"status-{record.status}" for record in records if not record.ok)),
        cpu_s=None if sampler is None else sampler.cpu_s(phase.target.name, start, end),
    )


@dataclass(frozen=True, slots=True)
class TargetOutcome:
    """All phases of one kind of one target, taken together. ``stages_p50_ms``: by stage, as the server itself timed
    them (:data:`app.report.TIMED`)."""

    name: str
    kind: PhaseKind
    offered_per_s: float
    per_s: float
    requests: int
    dropped: int
    latency: Latencies
    queue_p99_ms: float
    stages_p50_ms: dict[str, float]
    errors: dict[str, int]
    cores: float | None
    cpu_ms_per_picture: float | None


def of_target(name: str, kind: PhaseKind, phases: Sequence[PhaseOutcome]) -> TargetOutcome:
    """Raises ValueError when it has no phase of the kind."""
    mine = [each for each in phases if each.phase.target.name == name and each.phase.kind is kind]
    if not mine:
        raise ValueError(f"{name} has no phase of the kind {kind}")
    seconds = sum(each.phase.duration_s for each in mine)
    pictures = sum(each.pictures for each in mine)
    cpu_s = _sum_or_none([each.cpu_s for each in mine])
    stages = {key: [ms for each in mine for ms in each.stages_ms.get(key, ())] for key in mine[0].stages_ms}
    return TargetOutcome(
        name=name,
        kind=kind,
        offered_per_s=sum(each.phase.rate * each.phase.duration_s for each in mine) / seconds,
        per_s=sum(each.per_s * each.phase.duration_s for each in mine) / seconds,
        requests=sum(each.requests for each in mine),
        dropped=sum(each.dropped for each in mine),
        latency=summarise([ms for each in mine for ms in each.latencies_ms]),
        queue_p99_ms=float(np.quantile(stages["queue"], 0.99)) if stages.get("queue") else 0.0,
        stages_p50_ms={key: float(np.median(values)) for key, values in stages.items() if values},
        errors=dict(sum((Counter(each.errors) for each in mine), Counter())),
        cores=None if cpu_s is None else cpu_s / seconds,
        cpu_ms_per_picture=None if cpu_s is None or not pictures else cpu_s * 1e3 / pictures,
    )


def _sum_or_none(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


@dataclass(frozen=True, slots=True)
class AgainstBaseline:
    """One target against the baseline, from phases that were neighbours. Ratios are ours / theirs; ``p50_ms`` and
    ``p99_ms`` are how much longer a request takes."""

    name: str
    baseline: str
    rate: float
    throughput: Estimate
    p50_ratio: Estimate
    p50_ms: Estimate
    p99_ms: Estimate
    cpu_ratio: Estimate | None

    def sentence(self, subject: str) -> str:
        """The finding, in one line."""
        lost = (1 - self.throughput.value) * 100
        span = f"{(1 - self.throughput.high) * 100:+.1f} to {(1 - self.throughput.low) * 100:+.1f}"
        return (
            f"{subject} costs {lost:.1f} % throughput ({span}) and {self.p50_ms.value:.2f} ms p50 "
            f"({self.p50_ms.low:+.2f} to {self.p50_ms.high:+.2f}) / {self.p99_ms.value:.2f} ms p99 "
            f"({self.p99_ms.low:+.2f} to {self.p99_ms.high:+.2f}) at {self.rate:.3g} rps{self._processor()}"
        )

    def _processor(self) -> str:
        return "" if self.cpu_ratio is None else f"; processor time per picture × {self.cpu_ratio}"


def compare(name: str, baseline: str, phases: Sequence[PhaseOutcome]) -> AgainstBaseline:
    """Raises ValueError where a phase of one of them brought no picture: there is nothing to compare then."""
    loads = [_blocks(each, PhaseKind.LOAD, phases) for each in (name, baseline)]
    limits = [_blocks(each, PhaseKind.CAPACITY, phases) for each in (name, baseline)]
    ours, theirs = ([each.latencies_ms for each in blocks] for blocks in loads)
    mine, other = ([[each.per_s] for each in blocks] for blocks in limits)
    return AgainstBaseline(
        name=name,
        baseline=baseline,
        rate=loads[0][0].phase.rate,
        throughput=compare_blocks(mine, other, lambda values: float(values.mean()), ratio),
        p50_ratio=compare_blocks(ours, theirs, percentile(0.5), ratio),
        p50_ms=compare_blocks(ours, theirs, percentile(0.5), difference),
        p99_ms=compare_blocks(ours, theirs, percentile(0.99), difference),
        cpu_ratio=_cpu_ratio(limits),
    )


def _blocks(name: str, kind: PhaseKind, phases: Sequence[PhaseOutcome]) -> list[PhaseOutcome]:
    return [each for each in phases if each.phase.target.name == name and each.phase.kind is kind]


def _cpu_ratio(sides: Sequence[Sequence[PhaseOutcome]]) -> Estimate | None:
    """Processor time per picture at capacity: what a neighbour on the machine disturbs least."""
    costs = [[each.cpu_ms_per_picture for each in blocks] for blocks in sides]
    if any(cost is None for side in costs for cost in side):
        return None
    ours, theirs = ([[float(cost or 0)] for cost in side] for side in costs)
    return compare_blocks(ours, theirs, lambda values: float(values.mean()), ratio)


@dataclass(frozen=True, slots=True)
class Saturation:
    """Where a ramp ends. ``kept_up_per_s``: the highest rate that was kept up with, with every rate below it; None: not
    even the first. ``peak_per_s``: the most pictures per second at any step. ``reached``: False when the whole ramp was
    kept up with, so that the limit lies further up."""

    kept_up_per_s: float | None
    peak_per_s: float
    reached: bool


def saturation(phases: Sequence[PhaseOutcome]) -> Saturation:
    """Of the open-loop steps of one target, in the order of their rates."""
    kept_up = None
    steps = sorted((each for each in phases if each.phase.kind is PhaseKind.LOAD), key=lambda each: each.phase.rate)
    reached = False
    for step in steps:
        if step.per_s < KEPT_UP * step.phase.rate * (1 - 1 / max(1, step.requests)) or step.dropped:
            reached = True
            break
        kept_up = step.phase.rate
    return Saturation(kept_up, max((step.per_s for step in steps), default=0.0), reached)


@dataclass(frozen=True, slots=True)
class Growth:
    """Memory of a soak. ``bytes_per_hour``: the slope of what stays resident, without the first fifth (warming up)."""

    first_bytes: int
    last_bytes: int
    peak_bytes: int
    bytes_per_hour: float


def growth(sampler: Sampler, name: str) -> Growth | None:
    """None when there are too few looks to say anything."""
    samples = sampler.seen.get(name, [])
    steady = samples[len(samples) // 5 :]
    if len(steady) < 10:
        return None
    times = np.array([usage.at - steady[0].at for usage in steady])
    standing = np.array([usage.standing_bytes for usage in steady], dtype=np.float64)
    slope = float(np.polyfit(times, standing, 1)[0])
    peak = max(usage.standing_bytes + usage.workers_bytes for usage in samples)
    return Growth(int(standing[0]), int(standing[-1]), peak, slope * 3600)
