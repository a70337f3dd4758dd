"""The stroke of a rectangle or circle as the band between two rounded rectangles."""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.paint.shapes import CORNERS, append_rounded
from renderer.scene import Stroke, StrokeAlign, StrokeJoin

_Sides = tuple[float, float, float, float]
_OUTSIDE: Final = {StrokeAlign.INSIDE: 0.0, StrokeAlign.CENTER: 0.5, StrokeAlign.OUTSIDE: 1.0}


def stroke_band(shape: Any, stroke: Stroke) -> tuple[Any, Any | None] | None:
    """Outer and inner rounded rectangle; None when the stroke is not such a band. Inner None: nothing is left open."""
    if not isinstance(shape, skia.RRect) or stroke.dashes:
        return None
    if shape.isOval() and abs(shape.width() - shape.height()) > 1e-3:
        return None  # what lies beside an ellipse is not an ellipse
    outside = _OUTSIDE[stroke.align]
    if outside and stroke.join is not StrokeJoin.MITER and _has_sharp_corner(shape):
        return None
    sides = stroke.side_weights or (stroke.weight,) * 4
    outer = grown(shape, _scaled(sides, outside))
    inner = grown(shape, _scaled(sides, outside - 1.0))
    return None if outer is None else (outer, inner)


def band_path(outer: Any, inner: Any | None) -> Any:
    path = skia.Path()
    append_rounded(path, outer)
    if inner is not None:
        append_rounded(path, inner)
    path.setFillType(skia.PathFillType.kEvenOdd)
    return path


def grown(shape: Any, sides: _Sides) -> Any | None:
    """A rounded rectangle whose sides are moved outwards (top, right, bottom, left), its round corners with them;
    sharp corners stay sharp. None when nothing is left of it."""
    top, right, bottom, left = sides
    rect = shape.rect()
    moved = skia.Rect.MakeLTRB(rect.left() - left, rect.top() - top, rect.right() + right, rect.bottom() + bottom)
    if moved.isEmpty() or not moved.isSorted():
        return None
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    radii = [_moved_radius(shape.radii(which), *move) for which, move in zip(CORNERS, corners, strict=True)]
    result = skia.RRect()
    result.setRectRadii(moved, radii)
    return result


def _scaled(sides: _Sides, by: float) -> _Sides:
    return sides[0] * by, sides[1] * by, sides[2] * by, sides[3] * by


def _has_sharp_corner(shape: Any) -> bool:
    return any(shape.radii(corner).x() <= 0 for corner in CORNERS)


def _moved_radius(radius: Any, across: float, down: float) -> Any:
    if radius.x() <= 0 or radius.y() <= 0:
        return skia.Point(0, 0)
    return skia.Point(max(0.0, radius.x() + across), max(0.0, radius.y() + down))
