"""What is filled or clipped with: the simplest value that says it."""

from __future__ import annotations

from msgspec import Struct

from renderer.geometry import PathData, Rect, RoundRect


class Band(Struct, frozen=True, gc=False):
    """What lies between two boxes: the stroke of a rectangle or a circle. ``inner`` None: nothing is left open."""

    outer: Rect | RoundRect
    inner: Rect | RoundRect | None


Area = Rect | RoundRect | Band | PathData
"""A rectangle, one with round corners (an ellipse is one), the band between two of them, or a path."""


def bounds_of(area: Area) -> Rect:
    """The box around an area; of a path, around its control points too."""
    match area:
        case Rect():
            return area
        case RoundRect(rect=rect):
            return rect
        case Band(outer=outer):
            return bounds_of(outer)
        case PathData():
            return area.bounds
