"""Values of a display list as Skia values."""

from __future__ import annotations

from typing import Any

import skia

from renderer.geometry import Colour, Matrix, Point, Rect, RoundRect


def from_matrix(matrix: Any) -> Matrix:
    a, c, e, b, d, f = (float(matrix.get(index)) for index in range(6))
    return Matrix(a, b, c, d, e, f)


def to_point(point: Point) -> Any:
    return skia.Point(point.x, point.y)


def to_rect(rect: Rect) -> Any:
    return skia.Rect.MakeXYWH(rect.x, rect.y, rect.width, rect.height)


def to_rrect(area: Rect | RoundRect) -> Any:
    if isinstance(area, Rect):
        return skia.RRect.MakeRect(to_rect(area))
    radii = area.radii
    result = skia.RRect()
    result.setRectRadii(to_rect(area.rect), [skia.Point(radii[at], radii[at + 1]) for at in range(0, 8, 2)])
    return result


def to_colour4f(colour: Colour) -> Any:
    return skia.Color4f(colour.r, colour.g, colour.b, _unit(colour.a))


def to_colour32(colour: Colour) -> int:
    """0xAARRGGBB, each component rounded to nearest."""
    alpha, red, green, blue = (round(_unit(value) * 255) for value in (colour.a, colour.r, colour.g, colour.b))
    return alpha << 24 | red << 16 | green << 8 | blue


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
