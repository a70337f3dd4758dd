"""Fills: a solid colour, a gradient or an image, painted through a shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import skia

from renderer.paint.blend import PLAIN, draw_linear_burn, has_paint_mode, paint_mode
from renderer.paint.context import PaintContext
from renderer.paint.convert import to_colour4f
from renderer.paint.gradients import gradient_shader, last_colour
from renderer.paint.imagefill import placed_image
from renderer.scene import BlendMode, Fill, GradientFill, ImageFill, Node, SolidFill


@dataclass(frozen=True, slots=True)
class Ink:
    """What a node's compositing adds to each of its paints, where no layer is needed for it."""

    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


PLAIN_INK: Final = Ink()
_MOST_MIXED: Final = 4  # a GPU compiles a program for each combination


def draw_fills(
    fills: Sequence[Fill],
    node: Node,
    context: PaintContext,
    draw: Callable[[Any], Any],
    *,
    ink: Ink = PLAIN_INK,
    bounds: Any = None,
) -> None:
    """Like :func:`draw_fill` for each, bottom first; but a few that only lie on one another are mixed and drawn once.
    Drawn one after the other, each would be smoothed at the edges of the shape, which would come out too strong."""
    few = 1 < len(fills) <= _MOST_MIXED
    mixed = _mixed(fills, node) if few and ink.blend in PLAIN else None
    if mixed is not None:
        draw(_shader_paint(mixed, ink.opacity))
        return
    for fill in fills:
        draw_fill(fill, node, context, draw, ink=ink, bounds=bounds)


def _mixed(fills: Sequence[Fill], node: Node) -> Any | None:
    """One ``skia.Shader`` for all the fills; None where they are not that simple. Images are not: skia-python copies
    them in and out of their shaders, by way of a PNG."""
    whole: Any | None = None
    for fill in fills:
        shader = _shader_of(fill, node) if fill.blend in PLAIN else None
        if shader is None:
            return None
        whole = shader if whole is None else skia.Shaders.Blend(skia.BlendMode.kSrcOver, whole, shader)
    return whole


def _shader_of(fill: Fill, node: Node) -> Any | None:
    match fill:
        case SolidFill(colour):
            return skia.Shaders.Color(to_colour4f(colour, fill.opacity))
        case GradientFill():
            shader = gradient_shader(fill, node.width, node.height)
            if shader is None:
                return skia.Shaders.Color(to_colour4f(last_colour(fill), fill.opacity))
            return shader if fill.opacity >= 1 else shader.makeWithColorFilter(_faded(fill.opacity))
        case _:
            return None


def _faded(opacity: float) -> Any:
    return skia.ColorFilters.Matrix([1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, opacity, 0])


def draw_fill(
    fill: Fill,
    node: Node,
    context: PaintContext,
    draw: Callable[[Any], Any],
    *,
    ink: Ink = PLAIN_INK,
    bounds: Any = None,
) -> None:
    """Call ``draw`` with the ``skia.Paint`` of one fill. ``bounds``: all that ``draw`` can touch; the node's box when
    None. Draws nothing for an image that is missing."""
    canvas = context.canvas
    paint, clip = _paint(fill, node, context, fill.opacity * ink.opacity)
    if paint is None:
        return
    if clip is not None:
        canvas.save()
        canvas.clipPath(clip, skia.ClipOp.kIntersect, True)
    mode = ink.blend if fill.blend in PLAIN else fill.blend
    if has_paint_mode(mode):
        paint.setBlendMode(paint_mode(mode))
        draw(paint)
    else:
        area = bounds if bounds is not None else skia.Rect.MakeWH(node.width, node.height)
        draw_linear_burn(context, area, 1.0, lambda: draw(paint))
    if clip is not None:
        canvas.restore()


def _paint(fill: Fill, node: Node, context: PaintContext, opacity: float) -> tuple[Any | None, Any | None]:
    """The paint, None when there is nothing to draw, and a path to clip with, where one is needed."""
    match fill:
        case SolidFill(colour):
            return _colour_paint(to_colour4f(colour, opacity)), None
        case GradientFill():
            shader = gradient_shader(fill, node.width, node.height)
            if shader is None:
                return _colour_paint(to_colour4f(last_colour(fill), opacity)), None
            return _shader_paint(shader, opacity), None
        case ImageFill():
            placed = placed_image(fill, node, context)
            if placed is None:
                return None, None
            paint = _shader_paint(placed.shader, opacity)
            if placed.colour_filter is not None:
                paint.setColorFilter(placed.colour_filter)
            return paint, placed.clip


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
