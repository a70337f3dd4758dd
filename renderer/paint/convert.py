"""Scene values as Skia values."""

from __future__ import annotations

from typing import Any

import skia

from renderer.scene import Colour, Matrix, Rect


def to_matrix(matrix: Matrix) -> Any:
    return skia.Matrix.MakeAll(matrix.a, matrix.c, matrix.e, matrix.b, matrix.d, matrix.f, 0.0, 0.0, 1.0)


def mapped(path: Any, matrix: Any) -> Any:
    """A copy of a ``skia.Path``, transformed."""
    result = skia.Path()
    path.transform(matrix, result)
    return result


def to_rect(rect: Rect) -> Any:
    return skia.Rect.MakeXYWH(rect.x, rect.y, rect.width, rect.height)


def to_colour4f(colour: Colour, opacity: float = 1.0) -> Any:
    return skia.Color4f(colour.r, colour.g, colour.b, _unit(colour.a * opacity))


def to_colour32(colour: Colour, opacity: float = 1.0) -> int:
    """0xAARRGGBB, each component rounded to nearest."""
    alpha, red, green, blue = (round(_unit(v) * 255) for v in (colour.a * opacity, colour.r, colour.g, colour.b))
    return alpha << 24 | red << 16 | green << 8 | blue


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
