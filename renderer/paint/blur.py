"""Blurs, and how wide they may be. Figma's blur radius is twice the standard deviation of the Gaussian."""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.paint.context import PaintContext
from renderer.scene import Node

MAX_MASK_SIGMA: Final = 128.0  # device pixels; Skia's mask blur stops growing there
MAX_SIGMA: Final = 512.0  # device pixels; Skia's image filters stop growing a little above
_REDUCTIONS: Final = ((24.0, 4), (16.0, 2))  # from how many device pixels of sigma on, by how much
_SMOOTH: Final = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
LEAST_SIGMA: Final = 0.03  # below this Skia draws no blur at all


def sigma_of(radius: float) -> float:
    return max(0.0, radius) / 2


def device_sigma(radius: float, context: PaintContext) -> float:
    return sigma_of(radius) * context.canvas_scale()


def bounded_sigma(radius: float, node: Node, context: PaintContext) -> float:
    """A standard deviation in the canvas's present units that Skia will honour."""
    sigma, most = sigma_of(radius), MAX_SIGMA / max(context.canvas_scale(), 1e-6)
    if sigma <= most:
        return sigma
    context.note("blur-clamped", f"a blur wider than {MAX_SIGMA:g} device pixels is drawn with that width", node)
    return most


def gaussian(sigma: float, tiling: Any, source: Any = None, crop: Any = None) -> Any:
    """An image filter that blurs, in device pixels. ``crop``: what lies outside this ``skia.IRect`` is made up by
    ``tiling``. Wide blurs work on a picture of half or a quarter of the size, as a GPU would do of its own: at most 4
    of 255 off, in half the time."""
    factor = next((factor for least, factor in _REDUCTIONS if sigma >= least), 1)
    if factor == 1:
        return skia.ImageFilters.Blur(sigma, sigma, tiling, source, crop)
    smaller = skia.ImageFilters.MatrixTransform(skia.Matrix.Scale(1 / factor, 1 / factor), _SMOOTH, source)
    inside = None if crop is None else _reduced(crop, factor)
    blurred = skia.ImageFilters.Blur(sigma / factor, sigma / factor, tiling, smaller, inside)
    return skia.ImageFilters.MatrixTransform(skia.Matrix.Scale(factor, factor), _SMOOTH, blurred)


def _reduced(crop: Any, factor: int) -> Any:
    """The whole pixels of the smaller picture that lie inside; at least one."""
    left, top = -(-crop.left() // factor), -(-crop.top() // factor)
    return skia.IRect.MakeLTRB(left, top, max(crop.right() // factor, left + 1), max(crop.bottom() // factor, top + 1))
