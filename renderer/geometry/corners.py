"""Round corners that fit their rectangle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import skia

from renderer.geometry.rect import Rect
from renderer.geometry.roundrect import Radii, RoundRect

_CORNERS: Final = (
    skia.RRect.kUpperLeft_Corner,
    skia.RRect.kUpperRight_Corner,
    skia.RRect.kLowerRight_Corner,
    skia.RRect.kLowerLeft_Corner,
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
    return RoundRect(rect, (ax, ay, bx, by, cx, cy, dx, dy)) if scale == 1.0 else _scaled_down(rect, kept)


def _scaled_down(rect: Rect, radii: Sequence[float]) -> RoundRect:
    """By Skia, in its 32-bit floats, the rectangle too: together radii are then never longer than a side. What 64 bits
    round to leaves a sliver between a corner and an edge, and with it Skia smooths all edges of the outline
    otherwise."""
    shape = skia.RRect()
    corners = [skia.Point(across, down) for across, down in zip(radii[::2], radii[1::2], strict=True)]
    shape.setRectRadii(skia.Rect.MakeXYWH(rect.x, rect.y, rect.width, rect.height), corners)
    a, b, c, d = (shape.radii(corner) for corner in _CORNERS)
    box = shape.rect()
    left, top = box.left(), box.top()
    made = Rect(left, top, box.right() - left, box.bottom() - top)
    return RoundRect(made, (a.x(), a.y(), b.x(), b.y(), c.x(), c.y(), d.x(), d.y()))


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
