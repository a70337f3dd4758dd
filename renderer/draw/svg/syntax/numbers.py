"""Numbers as an SVG says them: as short as the picture allows, never with an exponent, never NaN or infinite."""

from __future__ import annotations

import math
from typing import Final

from renderer.geometry import Colour, Matrix

_ENLARGEMENT: Final = 8.0  # nobody looks at the picture larger than this
_PER_PIXEL: Final = 50.0  # steps in a pixel of that enlargement: a half of one is below what smoothing of edges shows
_MOST_DECIMALS: Final = 6
_COEFFICIENT_DECIMALS: Final = 6  # a thousandth of a pixel over two thousand
_SHARE_DECIMALS: Final = 3  # finer than a 255th
_MOST_KNOWN: Final = 1 << 16


class Numbers:
    """Lengths as whole numbers of the finest decimal place (*steps*), and as text. ``scale``: device pixels per
    document pixel of the picture. ``written`` is the text of a number of steps."""

    __slots__ = ("per_pixel", "written")

    def __init__(self, scale: float) -> None:
        fine = math.ceil(math.log10(_ENLARGEMENT * _PER_PIXEL * scale))
        decimals = min(max(fine, 0), _MOST_DECIMALS)
        self.per_pixel = 10.0**decimals
        self.written = _Written(decimals).__getitem__

    def steps(self, length: float) -> int:
        """Rounded to the nearest; 0 for what is no number."""
        return round(length * self.per_pixel) if math.isfinite(length) else 0

    def length(self, length: float) -> str:
        return self.written(self.steps(length))


class _Written(dict[int, str]):
    """The same few numbers come again and again, so that looking them up is faster than writing them."""

    def __init__(self, decimals: int) -> None:
        super().__init__()
        self._decimals = decimals
        self._per_pixel = 10**decimals

    def __missing__(self, steps: int) -> str:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        text = self[steps] = shortened(f"{steps / self._per_pixel:.{self._decimals}f}")
        return text


def shortened(text: str) -> str:
    """Without the zeros that say nothing: ``-0.50`` is ``-.5``."""
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text.startswith("0."):
        return text[1:]
    if text.startswith("-0"):
        return f"-{text[2:]}" if text[2:] else "0"
    return text


def coefficient(value: float) -> str:
    """What lengths are multiplied by."""
    return shortened(f"{value:.{_COEFFICIENT_DECIMALS}f}") if math.isfinite(value) else "0"


def share(value: float) -> str:
    """An opacity, or a place on a ramp: within 0..1."""
    return shortened(f"{min(max(value, 0.0), 1.0):.{_SHARE_DECIMALS}f}") if value == value else "0"  # noqa: PLR0124 - NaN


def transformation(matrix: Matrix) -> str:
    values = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
    return f"matrix({' '.join([coefficient(value) for value in values])})"


def rgb(colour: Colour) -> str:
    """The colour without its alpha."""
    red, green, blue = [round(255 * min(max(value, 0.0), 1.0)) for value in (colour.r, colour.g, colour.b)]
    whole = f"{red:02x}{green:02x}{blue:02x}"
    return f"#{whole[::2]}" if whole[::2] == whole[1::2] else f"#{whole}"
