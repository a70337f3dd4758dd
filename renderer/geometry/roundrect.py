"""Rectangles with round corners."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

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
    if rect.is_empty or not any(kept):
        return rect
    ax, ay, bx, by, cx, cy, dx, dy = kept
    across, down = max(ax + bx, cx + dx), max(by + cy, dy + ay)
    if across > rect.width or down > rect.height:
        return _scaled_down(rect, kept)
    return RoundRect(rect, (ax, ay, bx, by, cx, cy, dx, dy))


def _scaled_down(rect: Rect, radii: Sequence[float]) -> RoundRect:
    """In 32-bit floats, which outlines come to in the end. What 64 bits leave between two corners that fill a side is a
    sliver of an edge there, and with it Skia smooths all edges of the outline otherwise."""
    left, top, right, bottom = _float32s(rect.x, rect.y, rect.right, rect.bottom)
    width, height = _float32s(right - left, bottom - top)
    ax, ay, bx, by, cx, cy, dx, dy = exact = _float32s(*radii)
    scale = min(width / max(width, ax + bx, cx + dx), height / max(height, by + cy, dy + ay))
    ax, ay, bx, by, cx, cy, dx, dy = _float32s(*(radius * scale for radius in exact))
    (ax, bx), (cx, dx) = _along(width, ax, bx), _along(width, cx, dx)
    (by, cy), (dy, ay) = _along(height, by, cy), _along(height, dy, ay)
    return RoundRect(Rect(left, top, right - left, bottom - top), (ax, ay, bx, by, cx, cy, dx, dy))


def _along(side: float, one: float, other: float) -> tuple[float, float]:
    """Two radii that fill a side, and no more than that: the longer one gives way, as in Skia (SkScaleToSides)."""
    (sum_,) = _float32s(one + other)
    if sum_ <= side:
        return one, other
    (rest,) = _float32s(side - min(one, other))
    return (rest, other) if one > other else (one, rest)


def _float32s(*values: float) -> array[float]:
    return array(FLOAT, values)


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
