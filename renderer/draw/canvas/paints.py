"""Paints, bottom first: a plain colour, a gradient or an image, through whatever is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import skia

from renderer.displaylist import BlendMode, GradientPaint, ImagePaint, Paint, SolidPaint
from renderer.draw.canvas.blend import draw_linear_burn, has_paint_mode, paint_mode
from renderer.draw.canvas.convert import to_colour4f
from renderer.draw.canvas.gradients import gradient_shader
from renderer.draw.canvas.imagepaints import colour_filter, image_shader
from renderer.draw.canvas.playback import Playback, saved
from renderer.geometry.skiapath import to_skia

_MOST_MIXED: Final = 4  # a GPU compiles a program for each combination

Draw = Callable[[Any], None]
"""Draws with a ``skia.Paint``, which it may change."""


def draw_paints(paints: Sequence[Paint], draw: Draw, bounds: Any, playback: Playback) -> None:
    """Like :func:`draw_paint` for each; but a few that only lie on one another are mixed and drawn once. Drawn one
    after the other, each would be smoothed at the edges of the area, which would come out too strong."""
    mixed = _mixed(paints) if 1 < len(paints) <= _MOST_MIXED else None
    if mixed is not None:
        draw(_shader_paint(mixed, 1.0))
        return
    for paint in paints:
        draw_paint(paint, draw, bounds, playback)


def draw_paint(paint: Paint, draw: Draw, bounds: Any, playback: Playback) -> None:
    """``bounds`` (``skia.Rect``, the canvas's present coordinates): of all that ``draw`` draws."""
    if isinstance(paint, ImagePaint) and paint.clip is not None:
        with saved(playback):
            playback.canvas.clipPath(to_skia(paint.clip), skia.ClipOp.kIntersect, True)
            _draw_blended(to_paint(paint), paint.blend, draw, bounds, playback)
    else:
        _draw_blended(to_paint(paint), paint.blend, draw, bounds, playback)


def to_paint(paint: Paint) -> Any:
    """The ``skia.Paint``, but for its blend mode and an image's clip."""
    match paint:
        case SolidPaint():
            return _colour_paint(to_colour4f(paint.colour))
        case GradientPaint():
            return _shader_paint(gradient_shader(paint), paint.opacity)
        case ImagePaint():
            made = _shader_paint(image_shader(paint), paint.opacity)
            if paint.adjustment is not None:
                made.setColorFilter(colour_filter(paint.adjustment))
            return made


def _draw_blended(made: Any, mode: BlendMode, draw: Draw, bounds: Any, playback: Playback) -> None:
    if mode is BlendMode.NORMAL:  # as every new paint, and most there are
        draw(made)
    elif has_paint_mode(mode):
        made.setBlendMode(paint_mode(mode))
        draw(made)
    else:
        draw_linear_burn(playback, bounds, lambda: draw(made))


def _mixed(paints: Sequence[Paint]) -> Any | None:
    """One ``skia.Shader`` for all; None where they are not that simple. Images are not: skia-python copies them in and
    out of their shaders, by way of a PNG."""
    whole: Any | None = None
    for paint in paints:
        shader = _shader_of(paint) if paint.blend.is_plain else None
        if shader is None:
            return None
        whole = shader if whole is None else skia.Shaders.Blend(skia.BlendMode.kSrcOver, whole, shader)
    return whole


def _shader_of(paint: Paint) -> Any | None:
    match paint:
        case SolidPaint(colour):
            return skia.Shaders.Color(to_colour4f(colour))
        case GradientPaint(opacity=opacity):
            shader = gradient_shader(paint)
            return shader if opacity >= 1 else shader.makeWithColorFilter(_faded(opacity))
        case ImagePaint():
            return None


def _faded(opacity: float) -> Any:
    return skia.ColorFilters.Matrix([1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, opacity, 0])


def _colour_paint(colour: Any) -> Any:
    paint = skia.Paint()
    paint.setAntiAlias(True)
    paint.setColor4f(colour)
    return paint


def _shader_paint(shader: Any, opacity: float) -> Any:
    # By keyword: setShader copies the shader by writing it out and reading it back, an image as a PNG.
    paint = skia.Paint(Shader=shader)
    paint.setAntiAlias(True)
    paint.setAlphaf(opacity)
    return paint
