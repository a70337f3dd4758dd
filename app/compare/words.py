"""Numbers of a comparison as a person reads them, and how good they are."""

from __future__ import annotations

from app.compare.model import Drawn, Measured, NotDrawn, NotMeasured
from app.compare.page import Figure
from app.compare.page.report import Tone

MISSING = "–"
SAME_SSIM, SAME_FLIP = 0.999, 0.01
"""What the two paths are held to."""
_MANY_CODES = 6


def percent(share: float) -> str:
    return f"{share:.3%}" if 0 < share < 0.001 else f"{share:.2%}"


def flip(value: float | None) -> str:
    return MISSING if value is None else f"{value:.4f}"


def milliseconds(result: Drawn | NotDrawn) -> str:
    """Of the worker, without waiting for one."""
    if isinstance(result, NotDrawn):
        return MISSING
    return f"{sum(ms for stage, ms in result.timings_ms.items() if stage != 'queue'):.0f} ms"


def graded(value: float, good: float, middling: float) -> Tone:
    """Of a number that is better when it is smaller."""
    return "good" if value <= good else "middling" if value <= middling else "bad"


def ssim_figure(found: Measured, label: str, good: float, middling: float) -> Figure:
    return Figure(label, f"{found.ssim:.4f}", graded(1 - found.ssim, 1 - good, 1 - middling))


def flip_figure(found: Measured, label: str, good: float, middling: float) -> Figure:
    tone: Tone = "plain" if found.flip_mean is None else graded(found.flip_mean, good, middling)
    return Figure(label, flip(found.flip_mean), tone)


def notes(name: str, result: Drawn | NotDrawn) -> tuple[str, ...]:
    """How a path drew, and what it says its picture does not show."""
    if isinstance(result, NotDrawn):
        return (f"{name}: {result.problem.title}. {result.problem.detail}",)
    stages = ", ".join(f"{stage} {ms:.1f}" for stage, ms in result.timings_ms.items() if stage != "queue")
    drawn_by = f"{result.device.name}{' (software)' if result.device.software else ''}"
    layers = ", ".join(result.layers) or "no sandbox"
    return (f"{name}: {drawn_by}; {stages} ms; {result.size_bytes} bytes; {layers}", *_warnings(name, result))


def _warnings(name: str, result: Drawn) -> tuple[str, ...]:
    if not result.warnings:
        return ()
    counts: dict[str, int] = {}
    for warning in result.warnings:
        counts[warning.code] = counts.get(warning.code, 0) + 1
    listed = sorted(counts.items(), key=lambda item: -item[1])
    codes = ", ".join(f"{code} {count}" for code, count in listed[:_MANY_CODES])
    more = f" and {len(listed) - _MANY_CODES} kinds more" if len(listed) > _MANY_CODES else ""
    return (f"{name}: {len(result.warnings) + result.warnings_dropped} warnings: {codes}{more}",)


def unmeasured(*results: tuple[str, Measured | NotMeasured]) -> tuple[str, ...]:
    """Why something was not compared, or why FLIP was left out."""
    said = []
    for name, result in results:
        if isinstance(result, NotMeasured):
            said.append(f"{name} not compared: {result.reason}")
        elif result.flip_missing:
            said.append(f"{name} without FLIP: {result.flip_missing}.")
    return tuple(said)
