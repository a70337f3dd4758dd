"""Colours as operands. DeviceRGB: readers put its numbers on the screen as they are, which is what sRGB asks for."""

from __future__ import annotations

from typing import Final

from renderer.geometry import Colour

_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722
LUMA: Final = (_RED, _GREEN, _BLUE)
"""Of Rec. 709: what the luminance of a mask is made of. PDF's own soft masks use those of Rec. 601."""


def luminance(colour: Colour) -> float:
    """0..1."""
    return _RED * colour.r + _GREEN * colour.g + _BLUE * colour.b


def components(colour: Colour, *, grey: bool) -> str:
    """Three operands; ``grey``: of its luminance."""
    if grey:
        return _spelled(*(luminance(colour),) * 3)
    return _spelled(colour.r, colour.g, colour.b)


def _spelled(red: float, green: float, blue: float) -> str:
    return f"{_in_range(red):.4f} {_in_range(green):.4f} {_in_range(blue):.4f}"


def _in_range(component: float) -> float:
    return component if 0.0 <= component <= 1.0 else float(component > 1.0)
