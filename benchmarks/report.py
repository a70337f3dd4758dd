"""What ``renderserver bench`` found: what ``--json`` writes, and what the tables and the page are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.estimate import Estimate, compare_pairs, estimate_percentile
from benchmarks.fit import PowerLaw, fit_power_law
from benchmarks.machine import Machine
from benchmarks.sampling import Collected


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate, in milliseconds. ``quiet``: the 5th percentile, what it takes when nobody else is at work;
    ``ratio``: of the medians to the baseline's, from rounds that were measured together; None for the baseline."""

    name: str
    rounds: int
    quiet: float
    p50: Estimate
    p99: Estimate
    ratio: Estimate | None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A curve of medians and the law that fits it: ``floor + slope · size ** exponent`` milliseconds."""

    name: str
    unit: str
    sizes: tuple[float, ...]
    costs_ms: tuple[float, ...]
    law: PowerLaw


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    title: str
    baseline: str
    rows: tuple[Row, ...]
    curves: tuple[Fitted, ...]
    notes: tuple[str, ...]
    absent: dict[str, str]

    def row(self, name: str) -> Row | None:
        return next((row for row in self.rows if row.name == name), None)


@dataclass(frozen=True, slots=True)
class Goal:
    """A row of DESIGN §7. ``limit``: at most; ``measured`` None: its section was not run, or could not."""

    figure: str
    limit: float
    unit: str
    measured: Estimate | None
    quiet: float | None

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        return "pass" if self.measured.value <= self.limit else "FAIL"


@dataclass(frozen=True, slots=True)
class BenchReport:
    """``schema`` grows by one when a field changes its meaning."""

    machine: Machine
    quick: bool
    sections: tuple[Section, ...]
    goals: tuple[Goal, ...]
    schema: int = 1


def section(name: str, title: str, baseline: str, collected: Collected) -> Section:
    return Section(
        name=name,
        title=title,
        baseline=baseline,
        rows=tuple(_row(each, baseline, collected.times_ms) for each in collected.times_ms),
        curves=tuple(
            Fitted(
                curve.name,
                curve.unit,
                tuple(curve.sizes),
                tuple(curve.costs_ms),
                fit_power_law(curve.sizes, curve.costs_ms),
            )
            for curve in collected.curves
        ),
        notes=tuple(collected.notes),
        absent=collected.absent,
    )


def _row(name: str, baseline: str, times: Mapping[str, list[float]]) -> Row:
    mine = times[name]
    other = times.get(baseline)
    return Row(
        name=name,
        rounds=len(mine),
        quiet=float(np.quantile(mine, 0.05)),
        p50=estimate_percentile(mine, 0.5),
        p99=estimate_percentile(mine, 0.99),
        ratio=None if other is None or name == baseline else compare_pairs(mine, other, 0.5),
    )
