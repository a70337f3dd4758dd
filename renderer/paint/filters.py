"""Figma's image adjustments as one colour matrix. Figma does not publish its formulas: these are approximations."""

from __future__ import annotations

from typing import Final

from renderer.paint.context import PaintContext
from renderer.scene import ImageFilters, Node

_Matrix = list[float]
_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722  # luma of Rec. 709
_IDENTITY: Final[_Matrix] = [1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, 1.0, 0]
_SHIFT: Final = 0.2  # how far full temperature or tint moves a channel


def filter_matrix(filters: ImageFilters, node: Node, context: PaintContext) -> _Matrix | None:
    """4 x 5, row-major, on straight colour in 0..1; None when every slider is at zero. Always warns otherwise."""
    if filters == ImageFilters():
        return None
    context.note("image-filter-approximated", "image adjustments are close to Figma's, not equal", node)
    if filters.highlights or filters.shadows:
        context.note("unsupported-image-filter", "highlights and shadows of an image are not drawn", node)
    matrix = _IDENTITY
    for step in (_exposure(filters), _contrast(filters), _saturation(filters), _white_balance(filters)):
        matrix = _product(step, matrix)
    return matrix


def _exposure(filters: ImageFilters) -> _Matrix:
    return _gain(2.0**filters.exposure, 0.0)


def _contrast(filters: ImageFilters) -> _Matrix:
    gain = 1 + filters.contrast * (0.5 if filters.contrast < 0 else 1.0)
    return _gain(gain, (1 - gain) / 2)


def _saturation(filters: ImageFilters) -> _Matrix:
    keep = 1 + filters.saturation
    rest = 1 - keep
    rows: _Matrix = []
    for channel in range(3):
        rows += [
            weight * rest + (keep if index == channel else 0.0) for index, weight in enumerate((_RED, _GREEN, _BLUE))
        ]
        rows += [0.0, 0.0]
    return rows + _IDENTITY[15:]


def _white_balance(filters: ImageFilters) -> _Matrix:
    """Temperature moves red against blue, tint moves green against both."""
    warm, tint = filters.temperature * _SHIFT, filters.tint * _SHIFT
    gains = (1 + warm + tint / 2, 1 - tint, 1 - warm + tint / 2)
    rows: _Matrix = []
    for channel, gain in enumerate(gains):
        rows += [gain if index == channel else 0.0 for index in range(5)]
    return rows + _IDENTITY[15:]


def _gain(gain: float, offset: float) -> _Matrix:
    rows: _Matrix = []
    for channel in range(3):
        rows += [gain if index == channel else 0.0 for index in range(4)] + [offset]
    return rows + _IDENTITY[15:]


def _product(left: _Matrix, right: _Matrix) -> _Matrix:
    """Apply ``right`` first, then ``left``."""
    result: _Matrix = []
    for row in range(4):
        for column in range(5):
            value = sum(left[row * 5 + k] * right[k * 5 + column] for k in range(4))
            result.append(value + (left[row * 5 + 4] if column == 4 else 0.0))
    return result
