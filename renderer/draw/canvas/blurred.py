"""One colour, drawn with a soft edge.

Up to a width a mask filter blurs it, for which Skia has fast ways; beyond, the colour is drawn into a layer that is
blurred as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import skia

from renderer.draw.canvas.blur import LEAST_SIGMA, bounded, gaussian
from renderer.draw.canvas.convert import to_colour4f
from renderer.draw.canvas.floats import blend_in_floats
from renderer.draw.canvas.layers import open_layer
from renderer.draw.canvas.playback import Playback, saved
from renderer.geometry import Colour

_MAX_MASK_SIGMA: Final = 128.0  # device pixels; Skia's mask blur stops growing there

Draw = Callable[[Any], None]
"""Draws with a ``skia.Paint``, which it may change."""


def draw_blurred(draw: Draw, bounds: Any, sigma: float, colour: Colour, mode: Any, playback: Playback) -> None:
    """``sigma``: in the canvas's present coordinates, and so ``bounds`` (``skia.Rect``): of what ``draw`` draws, before
    it is blurred. ``mode``: the ``skia.BlendMode``."""
    scale = playback.total.stretch
    sigma = bounded(sigma, scale, playback)
    if sigma * scale > _MAX_MASK_SIGMA:
        _draw_in_layer(draw, bounds, sigma * scale, colour, mode, playback)
        return
    paint = _colour_paint(colour)
    paint.setBlendMode(mode)
    if sigma > LEAST_SIGMA:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma, True))
        blend_in_floats(paint)
    draw(paint)


def _draw_in_layer(draw: Draw, bounds: Any, sigma: float, colour: Colour, mode: Any, playback: Playback) -> None:
    """``sigma``: in device pixels, as the layer lies."""
    total, area = playback.total, playback.placed.mapRect(bounds)
    laid = skia.Paint(Alphaf=colour.a, BlendMode=mode, ImageFilter=gaussian(sigma, skia.TileMode.kDecal))
    with saved(playback):
        playback.place_in_pixels()
        open_layer(playback, area, laid)
        playback.put(total)
        draw(_colour_paint(Colour(colour.r, colour.g, colour.b)))


def _colour_paint(colour: Colour) -> Any:
    paint = skia.Paint()
    paint.setAntiAlias(True)
    paint.setColor4f(to_colour4f(colour))
    return paint
