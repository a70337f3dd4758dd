"""The figures to beat (DESIGN §7), held against what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from benchmarks.estimate import Estimate
from benchmarks.report import Goal, Row, Section

_Find: TypeAlias = Callable[[str, str], Row | None]


def goals(sections: Mapping[str, Section]) -> tuple[Goal, ...]:
    def row(section: str, name: str) -> Row | None:
        return sections[section].row(name) if section in sections else None

    found = (
        ("worker ready to render, full composition, p50", 2.0, row("gpu-start", "all layers")),
        ("CPU path, fork and strict filter from end to end, p50", 1.2, row("cpu-start", "fork → locked → reaped")),
        ("CPU path, a request's share of it (worker waits), p50", 1.2, row("cpu-start", "pool: job → locked → end")),
        ("PNG of 1024 × 1024 RGBA, p50", 4.0, row("png", "NumPy rows + ISA-L (ours)")),
    )
    return (*(_of_row(*each) for each in found), *_ratios(row))


def _of_row(figure: str, limit: float, row: Row | None) -> Goal:
    return Goal(figure, limit, "ms", None if row is None else row.p50, None if row is None else row.quiet)


def _ratios(row: _Find) -> Iterator[Goal]:
    for figure, limit, found in (
        ("lock's cost on a locked render, locked / not", 1.01, row("steady", "locked")),
        ("request p50, sandbox / none, CPU path, pool warm", 1.05, row("render", "cpu: sandbox")),
        ("processor time, sandbox / none, CPU path", 1.05, row("processor", "cpu: sandbox")),
    ):
        yield Goal(figure, limit, "×", None if found is None else found.ratio, None)
    one, other = row("processor", "gpu: sandbox"), row("processor", "gpu: no sandbox")
    yield Goal("processor time, sandbox / none, GPU path", 1 / 0.9, "×", _between(one, other, divide=True), None)
    ours, bare = row("render", "gpu: sandbox"), row("render", "gpu: no sandbox")
    yield Goal("request p50, sandbox / none, GPU path, pool warm", 1.05, "×", _between(ours, bare, divide=True), None)
    empty = row("render", "gpu: sandbox, pool empty")
    yield Goal("GPU path, pool empty: more than with a worker that waits", 70.0, "ms", _between(empty, ours), None)


def _between(ours: Row | None, other: Row | None, *, divide: bool = False) -> Estimate | None:
    """Of two rows that do not have each other for a baseline: the widest interval that theirs allow."""
    if ours is None or other is None:
        return None
    one, two = ours.p50, other.p50
    if divide:
        return Estimate(one.value / two.value, one.low / two.high, one.high / two.low)
    return Estimate(one.value - two.value, one.low - two.high, one.high - two.low)
