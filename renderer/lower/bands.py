"""The stroke of a rectangle or circle as the band between two boxes: it has no seam."""

from __future__ import annotations

from typing import Final

from renderer.displaylist import Band, Pen
from renderer.geometry import Rect, RoundRect
from renderer.geometry.corners import fitting
from renderer.geometry.roundrect import Radii
from renderer.lower.outlines import Simple
from renderer.scene import PenStroke, StrokeAlign, StrokeCap, StrokeJoin

_OUTSIDE: Final = {StrokeAlign.INSIDE: 0.0, StrokeAlign.CENTER: 0.5, StrokeAlign.OUTSIDE: 1.0}
_CIRCLE_SLACK: Final = 1e-3
Sides = tuple[float, float, float, float]
"""Top, right, bottom, left."""


def stroke_band(area: Simple, stroke: PenStroke) -> Band | None:
    """None when the stroke is not such a band, or nothing of it is left."""
    if not isinstance(area, Rect | RoundRect) or stroke.dashes:
        return None
    if isinstance(area, RoundRect) and area.is_ellipse and abs(area.rect.width - area.rect.height) > _CIRCLE_SLACK:
        return None  # what lies beside an ellipse is not an ellipse
    outside = _OUTSIDE[stroke.align]
    if outside and stroke.join is not StrokeJoin.MITER and _has_sharp_corner(area):
        return None
    sides = stroke.side_weights or (stroke.weight,) * 4
    outer = grown(area, _scaled(sides, outside))
    return None if outer is None else Band(outer, grown(area, _scaled(sides, outside - 1.0)))


def band_pen(area: Rect | RoundRect, stroke: PenStroke) -> Pen | None:
    """The pen that draws the same band, along its middle; None where the sides differ or nothing is left open."""
    if stroke.side_weights is not None:
        return None
    middle = grown(area, _scaled((stroke.weight,) * 4, _OUTSIDE[stroke.align] - 0.5))
    return None if middle is None else Pen(middle, stroke.weight, stroke.join, StrokeCap.NONE, stroke.miter_limit)


def grown(area: Rect | RoundRect, sides: Sides) -> Rect | RoundRect | None:
    """The box with its sides moved outwards, its round corners with them; sharp corners stay sharp. None when nothing
    is left of it."""
    top, right, bottom, left = sides
    box = area if isinstance(area, Rect) else area.rect
    moved = Rect(box.x - left, box.y - top, box.width + left + right, box.height + top + bottom)
    if moved.is_empty:
        return None
    return moved if isinstance(area, Rect) else fitting(moved, _moved_radii(area.radii, sides))


def _moved_radii(radii: Radii, sides: Sides) -> Radii:
    top, right, bottom, left = sides
    moves = (left, top, right, top, right, bottom, left, bottom)
    a, b, c, d, e, f, g, h = (
        max(0.0, radius + move) if radius > 0 else 0.0 for radius, move in zip(radii, moves, strict=True)
    )
    return a, b, c, d, e, f, g, h


def _scaled(sides: Sides, by: float) -> Sides:
    return sides[0] * by, sides[1] * by, sides[2] * by, sides[3] * by


def _has_sharp_corner(area: Rect | RoundRect) -> bool:
    return isinstance(area, Rect) or any(radius <= 0 for radius in area.radii[::2])
