"""Vertical trim: a text whose box ends at the capitals of its first line and at the baseline of its last.

The plugin API says so (``leadingTrim``), the REST API does not; but a box that grew with its text is then lower than
its lines by exactly what the trim takes away.
"""

from __future__ import annotations

from collections.abc import Sequence

from renderer.fonts import FontProvider
from renderer.scene import AutoResize, TextBlock
from renderer.text.plan import PlannedLine

# Boxes are rounded to whole pixels.
_TOLERANCE_PX = 1.0
_GROWING = (AutoResize.HEIGHT, AutoResize.WIDTH_AND_HEIGHT)


def trim_of(
    text: TextBlock, lines: Sequence[PlannedLine], total: float, height: float, fonts: FontProvider
) -> tuple[float, float]:
    """Pixels of the lines' ``total`` height that lie above and below the text's box of ``height``."""
    if not lines:
        return 0.0, 0.0
    first, last = lines[0], lines[-1]
    metrics = fonts.resolve(first.paragraph.paragraph.style).instance.metrics
    above = first.metrics.above - metrics.cap_height * first.paragraph.paragraph.style.size
    below = last.metrics.height - last.metrics.above
    trimmed = text.trims or (text.auto_resize in _GROWING and _fits(total, above + below, height))
    return (above, below) if trimmed else (0.0, 0.0)


def _fits(total: float, trim: float, height: float) -> bool:
    """Whether the box is as high as the trimmed lines, and not as high as the whole ones."""
    return trim > 2 * _TOLERANCE_PX and abs(total - trim - height) <= _TOLERANCE_PX
