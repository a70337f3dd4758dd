"""Plots as SVG text: lines over an axis, and bars with the ends of their confidence intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH, _HEIGHT = 860, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 28, 12, 44
_BAR: Final = 22
_LABEL: Final = 300
_WHISKER_SHARE: Final = 1.25
_CHARACTER: Final = 6.6


@dataclass(frozen=True, slots=True)
class Series:
    """``points``: (x, y), in the order of x. ``dots``: not joined by a line."""

    name: str
    points: tuple[tuple[float, float], ...]
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """``log``: in powers of ten; values that are not positive are left out then."""

    label: str
    log: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """``mark``: one more value, shown as a notch."""

    label: str
    value: float
    low: float
    high: float
    mark: float


def lines(series: Sequence[Series], x: Axis, y: Axis) -> str:
    """A chart with a legend; empty where no series has a point that can be drawn."""
    kept = [Series(each.name, _drawable(each.points, x, y), each.dots) for each in series]
    points = [point for each in kept for point in each.points]
    if not points:
        return ""
    across = _scale([px for px, _ in points], (_LEFT, _WIDTH - _RIGHT), log=x.log)
    up = _scale([py for _, py in points] + ([] if y.log else [0.0]), (_HEIGHT - _BOTTOM, _TOP), log=y.log)
    parts = [*_grid(across, up), *(_series(each, number, across, up) for number, each in enumerate(kept))]
    parts.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, x.label, "middle"))
    parts.append(_text(6, _TOP + 2, y.label, "start", rotate=True))
    return _legend(kept) + _svg(_WIDTH, _HEIGHT, parts)


def bars(rows: Sequence[Bar], *, unit: str) -> str:
    """One bar a row, from 0; the whisker is the confidence interval, cut off where it would dwarf the bars."""
    if not rows:
        return ""
    height = _BAR * len(rows) + 30
    longest = max(row.value for row in rows) * _WHISKER_SHARE
    across = _scale([0.0, longest], (_LABEL, _WIDTH - 80), log=False)
    parts = []
    for number, row in enumerate(rows):
        top = number * _BAR + 4
        middle = top + _BAR / 2 - 3
        width = max(1.0, across.at(row.value) - _LABEL)
        parts.append(f'<rect class="s0" x="{_LABEL}" y="{top}" width="{width:.1f}" height="{_BAR - 6}" rx="2"/>')
        parts.append(_line(across.at(row.low), middle, across.at(min(row.high, longest)), middle, "whisker"))
        parts.append(_line(across.at(row.mark), top, across.at(row.mark), top + _BAR - 6, "notch"))
        parts.append(_text(_LABEL - 8, middle + 4, row.label, "end"))
        parts.append(
            _text(across.at(max(row.value, min(row.high, longest))) + 6, middle + 4, f"{row.value:.3g}", "start")
        )
    parts.append(_text(_LABEL, height - 8, unit, "start"))
    return _svg(_WIDTH, height, parts)


@dataclass(frozen=True, slots=True)
class _Scale:
    at: Callable[[float], float]
    ticks: tuple[float, ...]


def _scale(values: Sequence[float], span: tuple[float, float], *, log: bool) -> _Scale:
    low, high = min(values), max(values)
    if log:
        ticks = _decades(low, high)
        low, high = math.log10(min(low, ticks[0])), math.log10(max(high, ticks[-1]))
    else:
        ticks = _round_steps(low, high)
        high = max(high, ticks[-1])
    reach = (high - low) or 1.0
    start, end = span

    def at(value: float) -> float:
        return start + (end - start) * ((math.log10(value) if log else value) - low) / reach

    return _Scale(at, ticks)


def _decades(low: float, high: float) -> tuple[float, ...]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return tuple(10.0**power for power in range(first, max(last, first + 1) + 1))


def _round_steps(low: float, high: float) -> tuple[float, ...]:
    """About six steps of 1, 2 or 5 times a power of ten."""
    reach = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(reach / 5))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * 6 >= reach)
    first = math.ceil(low / step - 1e-9)
    return tuple(step * number for number in range(first, math.ceil(high / step - 1e-9) + 1))


def _drawable(points: Sequence[tuple[float, float]], x: Axis, y: Axis) -> tuple[tuple[float, float], ...]:
    def fits(point: tuple[float, float]) -> bool:
        return all(math.isfinite(v) and (v > 0 or not axis.log) for v, axis in zip(point, (x, y), strict=True))

    return tuple(filter(fits, points))


def _grid(across: _Scale, up: _Scale) -> list[str]:
    parts = []
    for tick in up.ticks:
        parts.append(_line(_LEFT, up.at(tick), _WIDTH - _RIGHT, up.at(tick), "grid"))
        parts.append(_text(_LEFT - 6, up.at(tick) + 4, _number(tick), "end"))
    for tick in across.ticks:
        if _LEFT - 1 <= across.at(tick) <= _WIDTH - _RIGHT + 1:
            parts.append(_line(across.at(tick), _TOP, across.at(tick), _HEIGHT - _BOTTOM, "grid"))
            parts.append(_text(across.at(tick), _HEIGHT - _BOTTOM + 16, _number(tick), "middle"))
    return parts


def _series(series: Series, number: int, across: _Scale, up: _Scale) -> str:
    places = [(across.at(px), up.at(py)) for px, py in series.points]
    if series.dots or len(places) == 1:
        return "".join(f'<circle class="s{number % 8}" cx="{px:.1f}" cy="{py:.1f}" r="1.8"/>' for px, py in places)
    path = " ".join(f"{px:.1f},{py:.1f}" for px, py in places)
    return f'<polyline class="line s{number % 8}" points="{path}"/>'


def _legend(series: Sequence[Series]) -> str:
    items = (
        f'<span><svg width="12" height="12"><rect class="s{number % 8}" width="12" height="12" rx="2"/></svg> '
        f"{escape(each.name)}</span>"
        for number, each in enumerate(series)
    )
    return f'<p class="legend">{" ".join(items)}</p>'


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    return f'<svg class="plot" viewBox="0 0 {width} {height}" role="img">{"".join(parts)}</svg>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, *, rotate: bool = False) -> str:
    turned = f' transform="rotate(-90 {x:.1f} {y:.1f}) translate(-{len(text) * _CHARACTER:.0f} 8)"' if rotate else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turned}>{escape(text)}</text>'


def _number(value: float) -> str:
    if value and (abs(value) >= 1e5 or abs(value) < 1e-3):
        return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-")
    return f"{value:g}" if abs(value) < 1e4 else f"{value:,.0f}"
