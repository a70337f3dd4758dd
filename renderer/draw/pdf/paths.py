"""Areas as path operators, in the picture's coordinates."""

from __future__ import annotations

import math
from typing import Final

from renderer.displaylist import Area, Band
from renderer.geometry import Matrix, PathData, Rect, RoundRect, Verb
from renderer.geometry.outline import path_of
from renderer.geometry.path import PathBuilder

_LARGEST: Final = 1e9
_ON_PIXEL: Final = 0.01
_PLACE: Final = "%.3f %.3f"  # a thousandth of a document pixel
_OPERATORS: Final = (f"{_PLACE} m", f"{_PLACE} l", "", "", f"{_PLACE} {_PLACE} {_PLACE} c", "h")
_FIVE_POINTS: Final = f"{_PLACE} m\n{_PLACE} l\n{_PLACE} l\n{_PLACE} l\n{_PLACE} l\nh"
_KNOWN: Final = bytes((Verb.MOVE, Verb.LINE, Verb.CUBIC, Verb.CLOSE))
_MOST_HALVINGS: Final = 6


def outline(area: Area, matrix: Matrix, tolerance: float, *, scale: float = 0.0) -> str:
    """Operators that make the area the current path, '' where there is nothing to fill: PDF would draw a hair line
    there. ``tolerance``: how far a curve may be off, in the area's own coordinates. ``scale``: pixels per document
    pixel; where it is given, a rectangle stays between them if it lies there."""
    match area:
        case Rect():
            return "" if area.is_empty else _rectangle(area, matrix, scale)
        case RoundRect(rect=rect):
            return "" if rect.is_empty else path_operators(path_of(area), matrix, tolerance)
        case Band(outer=outer, inner=inner):
            parts = [outline(part, matrix, tolerance) for part in (outer, inner) if part is not None]
            return "\n".join(part for part in parts if part)
        case PathData():
            return "" if _is_flat(area) else path_operators(area, matrix, tolerance)


def rule(area: Area) -> str:
    """The star that operators take for the even-odd rule."""
    return "*" if isinstance(area, Band) or (isinstance(area, PathData) and area.even_odd) else ""


def path_operators(path: PathData, matrix: Matrix, tolerance: float) -> str:
    path = as_cubics(path, tolerance)
    coordinates = list(path.coordinates)
    return _spelled("\n".join([_OPERATORS[verb] for verb in path.verbs]), _mapped(coordinates, matrix))


def _is_flat(path: PathData) -> bool:
    bounds = path.bounds
    return bounds.width == 0 or bounds.height == 0


def _rectangle(rect: Rect, matrix: Matrix, scale: float) -> str:
    """Readers move what they see to be an upright rectangle to whole pixels. One point more on a side, and they fill
    and clip to what is said."""
    if not matrix.keeps_axes:
        return path_operators(path_of(rect), matrix, 0.0)
    box = matrix.box(rect)
    x, y, right, bottom = box.x, box.y, box.right, box.bottom
    if is_on_pixels(box, scale):
        return _spelled(f"{_PLACE} {_PLACE} re", [x, y, box.width, box.height])
    return _spelled(_FIVE_POINTS, [x, y, right, y, right, bottom, x, bottom, x, (y + bottom) / 2])


def is_on_pixels(box: Rect, scale: float) -> bool:
    """Whether the edges of an upright box lie between pixels."""
    edges = (box.x, box.y, box.right, box.bottom)
    return all(abs(edge * scale - round(edge * scale)) < _ON_PIXEL for edge in edges)


def _mapped(coordinates: list[float], matrix: Matrix) -> list[float]:
    a, b, c, d, e, f = matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f
    xs, ys = coordinates[::2], coordinates[1::2]
    coordinates[::2] = [a * x + c * y + e for x, y in zip(xs, ys, strict=True)]
    coordinates[1::2] = [b * x + d * y + f for x, y in zip(xs, ys, strict=True)]
    return coordinates


def _spelled(template: str, values: list[float]) -> str:
    """All numbers at once, whole ones without decimals. What is no number, or too large, is brought in range."""
    if not sum(map(abs, values)) < _LARGEST:
        values = [min(_LARGEST, max(-_LARGEST, value)) if math.isfinite(value) else 0.0 for value in values]
    return (template % tuple(values)).replace(".000", "")


def as_cubics(path: PathData, tolerance: float) -> PathData:
    """The same path without quadratics (exactly) and conics (within ``tolerance``): PDF knows lines and cubics."""
    if not path.verbs.translate(None, _KNOWN):
        return path
    built, at = PathBuilder(), (0.0, 0.0)
    for verb, values in path.segments():
        end = values[2:4] if verb is Verb.CONIC else values[-2:]
        match verb:
            case Verb.MOVE:
                built.move(*values)
            case Verb.LINE:
                built.line(*values)
            case Verb.QUAD:
                _add_quad(built, at, *values)
            case Verb.CONIC:
                _add_conic(built, at, values, tolerance, _MOST_HALVINGS)
            case Verb.CUBIC:
                built.cubic(*values)
            case Verb.CLOSE:
                built.close()
        at = (end[0], end[1]) if end else at
    return built.build(even_odd=path.even_odd)


def _add_quad(built: PathBuilder, at: tuple[float, float], x1: float, y1: float, x: float, y: float) -> None:
    built.cubic(
        at[0] + (x1 - at[0]) * 2 / 3, at[1] + (y1 - at[1]) * 2 / 3, x + (x1 - x) * 2 / 3, y + (y1 - y) * 2 / 3, x, y
    )


def _add_conic(
    built: PathBuilder, at: tuple[float, float], values: tuple[float, ...], tolerance: float, halvings: int
) -> None:
    """One cubic that shares ends, tangents and middle. Its error is 0.0024 (1 - w)^2 of twice the distance between the
    control point and the middle of the chord (found by comparing arcs of 90 and 45 degrees); each half has far less."""
    x1, y1, x, y, weight = values
    error = 0.0024 * (1 - weight) ** 2 * math.hypot(at[0] - 2 * x1 + x, at[1] - 2 * y1 + y)
    if halvings and error > tolerance:
        for start, half in _halves(at, values):
            _add_conic(built, start, half, tolerance, halvings - 1)
        return
    reach = 4 / 3 * weight / (1 + weight)
    built.cubic(
        at[0] + (x1 - at[0]) * reach, at[1] + (y1 - at[1]) * reach, x + (x1 - x) * reach, y + (y1 - y) * reach, x, y
    )


def _halves(
    at: tuple[float, float], values: tuple[float, ...]
) -> tuple[tuple[tuple[float, float], tuple[float, ...]], tuple[tuple[float, float], tuple[float, ...]]]:
    """A conic cut at its middle: each half's start, and its control point, end and weight."""
    x1, y1, x, y, weight = values
    scale = 1 / (1 + weight)
    left = ((at[0] + weight * x1) * scale, (at[1] + weight * y1) * scale)
    right = ((weight * x1 + x) * scale, (weight * y1 + y) * scale)
    middle = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    halved = math.sqrt((1 + weight) / 2)
    return (at, (*left, *middle, halved)), (middle, (*right, x, y, halved))
