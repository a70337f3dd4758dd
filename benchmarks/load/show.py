"""A load test's result on the terminal and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.report import TIMED
from benchmarks import page, plot
from benchmarks.load.k6 import Run
from benchmarks.load.outcome import AgainstBaseline, TargetOutcome
from benchmarks.load.plan import Phase, PhaseKind
from benchmarks.load.processes import Sampler
from benchmarks.load.report import LoadReport
from benchmarks.machine import one_line

_MIB = 1 << 20
_MOST_DOTS, _MOST_KNOTS = 4000, 600  # of one series: a page has to stay small
_HEAD = ("", "offered/s", "done/s", "p50", "p90", "p99", "p99.9", "max", "queue p99", "dropped", "errors", "cores")


def show(report: LoadReport, console: Console) -> None:
    console.print(Text(one_line(report.machine), style="dim"), soft_wrap=True)
    for target in report.targets:
        console.print(
            Text(f"{target.name}: {target.url} {target.query}; sandbox: {target.layers or 'none'}"), soft_wrap=True
        )
    _print_table(console, "Latency in ms", _HEAD, [_row(each) for each in report.results])
    stages = [_stage_row(each) for each in report.results if each.kind is PhaseKind.LOAD]
    _print_table(console, "Where a request's time goes, p50 in ms", ("", *TIMED, "CPU per picture"), stages)
    _print_table(console, "Steps", *_steps(report))
    _print_table(console, "In turns, against the baseline (95 % confidence)", *_comparisons(report.comparisons))
    for remark in report.remarks:
        console.print(Text(remark, style="dim"), soft_wrap=True)
    for finding in report.findings:
        console.print(Text(finding, style="bold"), soft_wrap=True)


def _print_table(console: Console, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left")
    for heading in head:
        table.add_column(heading, justify="right" if heading else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _row(result: TargetOutcome) -> tuple[str, ...]:
    latency = [result.latency.percentiles_ms.get(share) for share in (0.5, 0.9, 0.99, 0.999, 1.0)]
    at_limit = result.kind is PhaseKind.CAPACITY
    return (
        f"{result.name}, at its limit" if at_limit else result.name,
        "-" if at_limit else f"{result.offered_per_s:.1f}",
        f"{result.per_s:.1f}",
        *("-" if at_limit or ms is None else f"{ms:.1f}" for ms in latency),
        "-" if at_limit else f"{result.queue_p99_ms:.1f}",
        str(result.dropped),
        ", ".join(f"{code} {count}" for code, count in result.errors.items()) or "0",
        "-" if result.cores is None else f"{result.cores:.2f}",
    )


def _stage_row(result: TargetOutcome) -> tuple[str, ...]:
    cpu = result.cpu_ms_per_picture
    stages = (f"{result.stages_p50_ms[s]:.2f}" if s in result.stages_p50_ms else "-" for s in TIMED)
    return (result.name, *stages, "-" if cpu is None else f"{cpu:.1f}")


def _steps(report: LoadReport) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """For a profile with steps of its own; in-turn phases say nothing one by one."""
    head = ("", "offered/s", "done/s", "p50 ms", "p99 ms", "dropped", "errors")
    if report.comparisons or len(report.steps) < 2:
        return head, []
    return head, [
        (
            f"{each.start_s:.0f} s",
            f"{each.offered_per_s:.1f}",
            f"{each.per_s:.1f}",
            *("-" if ms is None else f"{ms:.1f}" for ms in (each.p50_ms, each.p99_ms)),
            str(each.dropped),
            ", ".join(f"{code} {count}" for code, count in each.errors.items()) or "0",
        )
        for each in report.steps
    ]


def _comparisons(found: Sequence[AgainstBaseline]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    head = ("", "throughput ×", "p50 ×", "p50 ms more", "p99 ms more", "CPU ×")
    return head, [
        (
            f"{each.name} / {each.baseline}",
            *(str(value) for value in (each.throughput, each.p50_ratio, each.p50_ms, each.p99_ms)),
            "-" if each.cpu_ratio is None else str(each.cpu_ratio),
        )
        for each in found
    ]


# --- the page ---------------------------------------------------------------------------------------------------------


def as_page(report: LoadReport, run: Run, sampler: Sampler) -> str:
    return page.page("Load test", one_line(report.machine), _parts(report, run, sampler))


def _parts(report: LoadReport, run: Run, sampler: Sampler) -> Iterator[str]:
    yield from (page.paragraph(finding, "finding") for finding in report.findings)
    facts = [(t.name, t.url, t.query, t.layers or "none") for t in report.targets]
    yield page.table(("target", "address", "options", "sandbox layers in force"), facts)
    yield page.heading("Results")
    yield page.table(
        _HEAD, [_row(each) for each in report.results], "latency in ms; an HDR histogram of each is in --json"
    )
    stages = [_stage_row(each) for each in report.results if each.kind is PhaseKind.LOAD]
    yield page.table(("", *TIMED, "CPU per picture"), stages, "p50 in ms, as the server timed itself")
    for head, rows in (_comparisons(report.comparisons), _steps(report)):
        if rows:
            yield page.table(head, rows)
    yield page.heading("Latency over time")
    yield plot.lines(_over_time(run), plot.Axis("seconds"), plot.Axis("ms", log=True))
    yield page.heading("Distribution")
    yield plot.lines(_distribution(run), plot.Axis("one in … requests is slower", log=True), plot.Axis("ms", log=True))
    yield page.heading("The server's processes")
    yield plot.lines(_memory(run, sampler), plot.Axis("seconds"), plot.Axis("resident, MiB"))
    yield plot.lines(_cores(run, sampler), plot.Axis("seconds"), plot.Axis("cores in use"))
    yield page.paragraph(
        f"Documents (bytes): {', '.join(f'{n} {size:,}' for n, size in report.documents.items())}", "soft"
    )


def _over_time(run: Run) -> list[plot.Series]:
    found: dict[str, list[tuple[float, float]]] = {}
    phases = {phase.name: phase for phase in run.plan.phases if phase.kind is PhaseKind.LOAD}
    for record in run.records:
        if record.ok and record.scenario in phases:
            name = phases[record.scenario].target.name
            found.setdefault(name, []).append((record.started_ms / 1e3 - run.started, record.latency_ms))
    return [plot.Series(name, _thinned(points), dots=True) for name, points in found.items()]


def _thinned(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """At most :data:`_MOST_DOTS`: those that stand out, and evenly of the others."""
    if len(points) <= _MOST_DOTS:
        return tuple(points)
    slowest = set(sorted(points, key=lambda point: -point[1])[: _MOST_DOTS // 8])
    return tuple(sorted({*points[:: len(points) * 8 // (_MOST_DOTS * 7) + 1], *slowest}))


def _distribution(run: Run) -> list[plot.Series]:
    """Latency by how many requests are slower, as HdrHistogram's own plots have it."""
    found: dict[str, list[float]] = {}
    phases: dict[str, Phase] = {phase.name: phase for phase in run.plan.phases if phase.kind is PhaseKind.LOAD}
    for record in run.records:
        if record.ok and record.scenario in phases:
            found.setdefault(phases[record.scenario].target.name, []).append(record.latency_ms)
    return [plot.Series(name, _tail(values)) for name, values in found.items()]


def _tail(values: Sequence[float]) -> tuple[tuple[float, float], ...]:
    ordered = np.sort(values)
    rarities = np.geomspace(1.0, max(1.01, float(len(ordered))), 60)
    places = np.minimum((len(ordered) * (1 - 1 / rarities)).astype(int), len(ordered) - 1)
    return tuple(zip(rarities.tolist(), ordered[places].tolist(), strict=True))


def _memory(run: Run, sampler: Sampler) -> list[plot.Series]:
    series = []
    for name, samples in sampler.seen.items():
        standing = [(usage.at - run.started, usage.standing_bytes / _MIB) for usage in samples]
        whole = [(usage.at - run.started, (usage.standing_bytes + usage.workers_bytes) / _MIB) for usage in samples]
        series += [
            plot.Series(f"{name}: front end and fork servers", _sparse(standing)),
            plot.Series(f"{name}: with workers (shared pages counted again)", _sparse(whole)),
        ]
    return series


def _cores(run: Run, sampler: Sampler) -> list[plot.Series]:
    series = []
    for name, samples in sampler.seen.items():
        looks = samples[:: max(1, len(samples) // 300)]
        rates = [
            ((one.at + other.at) / 2 - run.started, (other.cpu_s - one.cpu_s) / max(0.01, other.at - one.at))
            for one, other in pairwise(looks)
        ]
        series.append(plot.Series(name, tuple(rates)))
    return series


def _sparse(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    return tuple(points[:: len(points) // _MOST_KNOTS + 1])
