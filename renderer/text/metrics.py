"""How high a line is, and where in it the baseline lies.

Figma centres what the font wants (its ascent above, its descent below the baseline) in the line's height, and puts
the baseline on a whole pixel of the node; both are measured on Figma's own exports.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from renderer.fonts import FontProvider
from renderer.scene import LineHeightUnit, TextStyle

# Exactly half a pixel goes up (measured: an ascent of 15.5 px gives a baseline at 15); the margin absorbs floats.
_HALF_DOWN = 0.5 + 1e-4


@dataclass(frozen=True, slots=True)
class LineMetrics:
    """``above``: from the line's top to its baseline, before that is put on a pixel."""

    height: float
    above: float


def style_metrics(style: TextStyle, fonts: FontProvider) -> LineMetrics:
    """Of a line set in ``style`` alone, in its own font even where another one lends characters."""
    metrics = fonts.resolve(style).instance.metrics
    ascent, descent = metrics.ascent * style.size, metrics.descent * style.size
    height = _height(style, style.font_line_height or metrics.line_height)
    return LineMetrics(height, (height - ascent - descent) / 2 + ascent)


def _height(style: TextStyle, intrinsic: float) -> float:
    match style.line_height.unit:
        case LineHeightUnit.PIXELS:
            return style.line_height.value
        case LineHeightUnit.FONT_SIZE_PERCENT:
            return style.size * style.line_height.value / 100
        case LineHeightUnit.INTRINSIC_PERCENT:
            return intrinsic * style.size * style.line_height.value / 100


def combine(parts: Iterable[LineMetrics]) -> LineMetrics:
    """A line of several styles: as high as the highest, its baseline where the one that wants it lowest has it."""
    lines = list(parts)
    return LineMetrics(max(line.height for line in lines), max(line.above for line in lines))


def on_pixel(baseline: float) -> float:
    return float(math.ceil(baseline - _HALF_DOWN))
