"""Colours as operands. DeviceRGB: readers put its numbers on the screen as they are, which is what sRGB asks for."""

from __future__ import annotations

from typing import Final

from renderer.draw.pdf.syntax import numbers
from renderer.geometry import Colour

_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722
LUMA: Final = (_RED, _GREEN, _BLUE)
"""Of Rec. 709: what the luminance of a mask is made of. PDF's own soft masks use those of Rec. 601."""

_DIGITS: Final = 4


def luminance(colour: Colour) -> float:
    """0..1."""
    return _RED * colour.r + _GREEN * colour.g + _BLUE * colour.b


def components(colour: Colour, *, grey: bool) -> str:
    """Three operands; ``grey``: of its luminance."""
    if grey:
        return numbers((luminance(colour),) * 3, _DIGITS)
    return numbers((colour.r, colour.g, colour.b), _DIGITS)
