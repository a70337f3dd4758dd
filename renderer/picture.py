"""How large a picture is: Figma's rules, the caller's options and the limits.

Figma exports ``absoluteRenderBounds`` times the scale, from the bounds' own origin: a fractional page origin does not
grow the picture. A fractional size is rounded up, so that nothing is cut off. Above 32 megapixels it scales down; a
vector format, which has no pixels, only where a side is too long.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from renderer.exceptions import OptionError
from renderer.formats import ImageFormat
from renderer.geometry import Rect
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.warnings import Warnings

_ROUNDING_PX: Final = 1e-3  # sizes come from sums of 32-bit floats


@dataclass(frozen=True, slots=True)
class Picture:
    """``width`` and ``height`` in device pixels; ``scale`` in device pixels per document pixel."""

    width: int
    height: int
    scale: float


def picture_size(bounds: Rect, options: RenderOptions, limits: RenderLimits, warnings: Warnings) -> Picture:
    """Warns where it is smaller than was asked. Raises :class:`OptionError` for bounds of no size."""
    if not (bounds.width > 0 and bounds.height > 0):
        raise OptionError(
            f"the node is {bounds.width:g} x {bounds.height:g} pixels: there is nothing to draw; choose another node",
            code="picture-empty",
            field="node",
        )
    wanted = _wanted_scale(bounds, options)
    scale = min(wanted, _largest_scale(bounds, options.format, limits))
    if scale == wanted:
        return Picture(_pixels(bounds.width * scale), _pixels(bounds.height * scale), scale)
    width, height = _shrunk(bounds.width * scale), _shrunk(bounds.height * scale)
    asked = f"{_pixels(bounds.width * wanted)} x {_pixels(bounds.height * wanted)}"
    detail = f"{asked} pixels are more than allowed: the picture is {width} x {height}"
    warnings.add("picture-scaled-down", detail)
    return Picture(width, height, scale)


def _wanted_scale(bounds: Rect, options: RenderOptions) -> float:
    across = options.width / bounds.width if options.width is not None else math.inf
    down = options.height / bounds.height if options.height is not None else math.inf
    fitting = min(across, down)
    return fitting if math.isfinite(fitting) else (options.scale or 1.0)


def _largest_scale(bounds: Rect, image_format: ImageFormat, limits: RenderLimits) -> float:
    """The scale that just meets the limits."""
    side = min(limits.max_output_side, image_format.max_side or limits.max_output_side)
    by_side = side / max(bounds.width, bounds.height)
    if image_format.vector:
        return by_side
    by_area = math.sqrt(limits.max_output_pixels) / math.sqrt(bounds.width) / math.sqrt(bounds.height)
    return min(by_side, by_area)


def _pixels(length: float) -> int:
    return max(1, math.ceil(length - _ROUNDING_PX))


def _shrunk(length: float) -> int:
    """Rounded down: the limit is a limit."""
    return max(1, math.floor(length + _ROUNDING_PX))
