"""Rectangles with round corners."""

from __future__ import annotations

from array import array

from msgspec import Struct

from renderer.geometry.path import FLOAT
from renderer.geometry.rect import Rect

Radii = tuple[float, float, float, float, float, float, float, float]
"""Across and down of each corner: top left, top right, bottom right, bottom left."""


class RoundRect(Struct, frozen=True, gc=False):
    """A box whose corners are quarters of ellipses. The radii fit: along no side are they longer than the side
    together, and at least one corner is round. An ellipse has half its width and half its height at each corner."""

    rect: Rect
    radii: Radii

    @property
    def is_ellipse(self) -> bool:
        across, down = self.rect.width / 2, self.rect.height / 2
        return all(radius >= across for radius in self.radii[::2]) and all(
            radius >= down for radius in self.radii[1::2]
        )


def fitting(rect: Rect, radii: Radii) -> Rect | RoundRect:
    """Radii that do not fit are scaled down together, as in CSS; a corner that is flat one way is sharp."""
    kept = [0.0] * 8
    for corner in range(0, 8, 2):
        if radii[corner] > 0 and radii[corner + 1] > 0:
            kept[corner], kept[corner + 1] = radii[corner], radii[corner + 1]
    ax, ay, bx, by, cx, cy, dx, dy = kept
    sides = ((rect.width, ax + bx), (rect.height, by + cy), (rect.width, cx + dx), (rect.height, dy + ay))
    scale = min([1.0, *(side / needed for side, needed in sides if needed > side)])
    if rect.is_empty or not any(kept):
        return rect
    if scale == 1.0:
        return RoundRect(rect, (ax, ay, bx, by, cx, cy, dx, dy))
    ax, ay, bx, by, cx, cy, dx, dy = (_float32(radius * scale) for radius in kept)
    (ax, bx), (cx, dx) = _along(rect.width, ax, bx), _along(rect.width, cx, dx)
    (by, cy), (dy, ay) = _along(rect.height, by, cy), _along(rect.height, dy, ay)
    return RoundRect(rect, (ax, ay, bx, by, cx, cy, dx, dy))


def _along(side: float, one: float, other: float) -> tuple[float, float]:
    """Two radii that fill a side, and no more than that: the longer one gives way, as in Skia (SkScaleToSides). What 64
    bits round to leaves a sliver between a corner and an edge, and with it Skia smooths all edges otherwise."""
    if _float32(one + other) <= side:
        return one, other
    return (_float32(side - other), other) if one > other else (one, _float32(side - one))


def _float32(value: float) -> float:
    return array(FLOAT, (value,))[0]


def grown(area: Rect | RoundRect, by: float) -> Rect | RoundRect | None:
    """With all sides moved outwards by ``by`` (inwards where it is less than 0), round corners with them; sharp corners
    stay sharp. None where nothing is left."""
    rect = (area.rect if isinstance(area, RoundRect) else area).outset(by)
    if rect.is_empty:
        return None
    if isinstance(area, Rect):
        return rect
    a, b, c, d, e, f, g, h = [max(0.0, radius + by) if radius > 0 else 0.0 for radius in area.radii]
    return fitting(rect, (a, b, c, d, e, f, g, h))
