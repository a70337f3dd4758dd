"""Figma's image adjustments: a curve for the light and the dark parts, and one colour matrix for the rest.

Figma does not publish its formulas: these are approximations.
"""

from __future__ import annotations

from typing import Final

from renderer.displaylist import ColourAdjustment
from renderer.scene import ImageFilters

_Matrix = list[float]
_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722  # luma of Rec. 709
_IDENTITY: Final[_Matrix] = [1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, 1.0, 0]
_LIFT: Final = 1.5  # as much as keeps the curve from falling anywhere
_SHIFT: Final = 0.2  # how far full temperature or tint moves a channel


def adjustment(filters: ImageFilters) -> ColourAdjustment | None:
    """None when every slider is at zero."""
    if filters == ImageFilters():
        return None
    curve = _curve(filters) if filters.highlights or filters.shadows else ()
    return ColourAdjustment(tuple(_matrix(filters)), curve)


def _curve(filters: ImageFilters) -> tuple[int, ...]:
    """256 values: shadows lift or lower the darker half of the tones, highlights the lighter half; black and white
    stay."""
    tones = [value / 255 for value in range(256)]
    lift = (_LIFT * (filters.shadows * x * (1 - x) ** 2 + filters.highlights * x * x * (1 - x)) for x in tones)
    return tuple([round(255 * min(1.0, max(0.0, x + more))) for x, more in zip(tones, lift, strict=True)])


def _matrix(filters: ImageFilters) -> _Matrix:
    """4 x 5, row-major, on straight colour in 0..1."""
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
