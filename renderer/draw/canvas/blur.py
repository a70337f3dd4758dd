"""Blurs, and how wide they may be."""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.draw.canvas.playback import Playback

MAX_SIGMA: Final = 512.0  # device pixels; Skia's image filters stop growing a little above
LEAST_SIGMA: Final = 0.03  # below this Skia draws no blur at all
_REDUCTIONS: Final = ((24.0, 4), (16.0, 2))  # from how many device pixels of sigma on, by how much
_SMOOTH: Final = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)


def bounded(sigma: float, scale: float, playback: Playback) -> float:
    """A standard deviation that Skia will honour, in the unit of ``sigma``: ``scale`` device pixels are one."""
    most = MAX_SIGMA / max(scale, 1e-6)
    if sigma <= most:
        return sigma
    playback.note("blur-clamped", f"a blur wider than {MAX_SIGMA:g} device pixels is drawn with that width")
    return most


def device_sigma(sigma: float, playback: Playback) -> float:
    """A standard deviation on the page in device pixels, bounded."""
    return bounded(sigma, playback.page_scale, playback) * playback.page_scale


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
