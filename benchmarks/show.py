"""The bench's result on the terminal and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks import page, plot
from benchmarks.estimate import Estimate
from benchmarks.machine import one_line
from benchmarks.report import BenchReport, Fitted, Goal, Row, Section

_HEAD = ("", "rounds", "quiet ms", "p50 ms", "p99 ms", "× baseline")
_GOALS = ("figure (DESIGN §7)", "at most", "measured", "quiet", "")
_POINTS = 60


def show_section(section: Section, console: Console) -> None:
    if section.rows:
        _print_table(console, section.title, _HEAD, [_row(row) for row in section.rows], section.baseline)
    for text in (*map(_law, section.curves), *section.notes):
        console.print(Text(f"  {text}"), soft_wrap=True)
    for name, why in section.absent.items():
        console.print(Text(f"  absent: {name}: {why}", style="yellow"), soft_wrap=True)


def show_goals(report: BenchReport, console: Console) -> None:
    _print_table(console, "Figures to beat", _GOALS, [_goal(goal) for goal in report.goals])
    console.print(Text(one_line(report.machine), style="dim"), soft_wrap=True)


def _print_table(
    console: Console, title: str, head: Sequence[str], rows: Sequence[Sequence[str]], baseline: str = ""
) -> None:
    caption = f"baseline: {baseline}; 95 % confidence in brackets" if baseline else None
    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
    for number, heading in enumerate(head):
        table.add_column(heading, justify="right" if number else "left")
    for row in rows:
        table.add_row(*(Text(cell, style={"pass": "green", "FAIL": "red"}.get(cell, "")) for cell in row))
    console.print(table)


def _row(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else _estimate(row.ratio)
    return (row.name, str(row.rounds), f"{row.quiet:.3f}", _estimate(row.p50), _estimate(row.p99), ratio)


def _estimate(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _goal(goal: Goal) -> tuple[str, ...]:
    measured = "-" if goal.measured is None else f"{_estimate(goal.measured)} {goal.unit}"
    quiet = "" if goal.quiet is None else f"{goal.quiet:.3f} {goal.unit}"
    return (goal.figure, f"{goal.limit:.3g} {goal.unit}", measured, quiet, goal.verdict)


def _law(curve: Fitted) -> str:
    if not curve.law.grows:
        return f"{curve.name}: does not grow with {curve.unit}"
    return f"{curve.name}: {curve.law} ms (n: {curve.unit}; exponent with its 95 % confidence)"


# --- the page ---------------------------------------------------------------------------------------------------------


def as_page(report: BenchReport) -> str:
    return page.page("What the sandbox costs", one_line(report.machine), _parts(report))


def _parts(report: BenchReport) -> Iterator[str]:
    yield page.heading("Figures to beat")
    yield page.table(
        _GOALS, [_goal(goal) for goal in report.goals], "“quiet” is the 5th percentile; goals are held to p50"
    )
    for section in report.sections:
        yield page.heading(section.title)
        bars = [plot.Bar(row.name, row.p50.value, row.p50.low, row.p50.high, row.quiet) for row in section.rows]
        if not section.curves:
            yield plot.bars(bars, unit="p50, ms; whisker: 95 % confidence; notch: 5th percentile")
        for curve in section.curves:
            yield page.paragraph(_law(curve))
            yield plot.lines(_measured_and_fitted(curve), plot.Axis(curve.unit, log=True), plot.Axis("ms", log=True))
        yield page.table(_HEAD, [_row(row) for row in section.rows], f"baseline: {section.baseline or 'none'}")
        yield from (page.paragraph(note, "soft") for note in section.notes)
        yield from (page.paragraph(f"absent: {name}: {why}", "soft") for name, why in section.absent.items())


def _measured_and_fitted(curve: Fitted) -> list[plot.Series]:
    measured = tuple(zip(curve.sizes, curve.costs_ms, strict=True))
    low, high = min(curve.sizes), max(curve.sizes)
    sizes = [low * (high / low) ** (step / _POINTS) for step in range(_POINTS + 1)]
    fitted = tuple((size, curve.law.at(size)) for size in sizes)
    return [plot.Series("measured (median)", measured, dots=True), plot.Series("fitted", fitted)]
