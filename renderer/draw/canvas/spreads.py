"""The shadow of an arbitrary path with a spread: PathOps could grow the path, but its time is not bounded."""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.displaylist import CastInnerShadow, CastShadow
from renderer.draw.canvas.blur import LEAST_SIGMA, bounded
from renderer.draw.canvas.convert import to_colour4f
from renderer.draw.canvas.layers import layer
from renderer.draw.canvas.playback import Playback
from renderer.geometry import Colour

_CLEAR: Final = skia.BlendMode.kClear


def draw_spread(
    covered: Any, hole: Any | None, path: Any, shadow: CastShadow | CastInnerShadow, mode: Any, playback: Playback
) -> None:
    """What is ``covered``, less the ``hole``, with the edge of ``path`` drawn over (spread more than 0) or cleared
    away: opaque, in a layer that is blurred and laid down by ``mode`` (``skia.BlendMode``) as clear as the shadow is.
    """
    colour, spread = shadow.colour, shadow.spread
    opaque = skia.Paint(AntiAlias=True, Color4f=to_colour4f(Colour(colour.r, colour.g, colour.b)))
    clear = skia.Paint(AntiAlias=True, BlendMode=_CLEAR)
    with layer(playback, None, _laid(shadow, mode, playback)):
        playback.canvas.drawPath(covered, opaque)
        if hole is not None:
            playback.canvas.drawPath(hole, clear)
        if spread:
            playback.canvas.drawPath(path, _edge(opaque if spread > 0 else clear, spread))


def _laid(shadow: CastShadow | CastInnerShadow, mode: Any, playback: Playback) -> Any:
    laid = skia.Paint(Alphaf=shadow.colour.a, BlendMode=mode)
    sigma = bounded(shadow.sigma, playback.total.stretch, playback)
    if sigma > LEAST_SIGMA:
        laid.setImageFilter(skia.ImageFilters.Blur(sigma, sigma))
    return laid


def _edge(paint: Any, spread: float) -> Any:
    edge = skia.Paint(paint)
    edge.setStyle(skia.Paint.kStroke_Style)
    edge.setStrokeWidth(2 * abs(spread))
    return edge
