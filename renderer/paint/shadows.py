"""Shadows of plain shapes: the shape itself, moved, grown and blurred.

Offsets are along the axes of the page, however the node is turned (seen in Figma's own render bounds). Figma's blur
radius is twice the standard deviation of the Gaussian.
"""

from __future__ import annotations

import math
from typing import Any, Final

import skia

from renderer.paint.bands import grown
from renderer.paint.blend import has_paint_mode, paint_mode
from renderer.paint.blur import LEAST_SIGMA, bounded_sigma, sigma_of
from renderer.paint.context import PaintContext
from renderer.paint.convert import to_colour4f
from renderer.paint.ink import blend_in_floats
from renderer.paint.layers import layer
from renderer.paint.shapes import CORNERS, as_path, bounds_of, clip_shape, draw_shape
from renderer.scene import DropShadow, InnerShadow, Node

_SIGMAS: Final = 3.0
_INSIDE_ARC: Final = 1 - math.sqrt(0.5)  # of a radius: from the corner to the middle of its arc
_CLEAR: Final = skia.BlendMode.kClear


def draw_drop_shadow(effect: DropShadow, shape: Any, opacity: float, node: Node, context: PaintContext) -> None:
    """Under the node, so before anything else of it. ``opacity``: of the shape that casts the shadow."""
    canvas = context.canvas
    canvas.save()
    if opacity >= 1:
        _clip_out_inside(shape, context)
    elif not effect.show_behind_node:
        clip_shape(canvas, shape, skia.ClipOp.kDifference)
    offset = context.page_vector(effect.offset)
    canvas.translate(offset.x, offset.y)
    cast = _grown_shape(shape, effect.spread)
    if cast is not None:
        _draw_blurred(canvas, cast, _shadow_paint(effect, opacity, node, context))
    elif not isinstance(shape, skia.RRect):
        _draw_spread(effect, shape, as_path(shape), opacity, node, context)
    canvas.restore()


def _clip_out_inside(shape: Any, context: PaintContext) -> None:
    """Spare what an opaque node will cover: most of the pixels of a large shadow."""
    if not isinstance(shape, skia.RRect):
        return
    corner = max(max(shape.radii(which).x(), shape.radii(which).y()) for which in CORNERS)
    inset = corner * _INSIDE_ARC + 2 / max(context.canvas_scale(), 1e-6)
    inside = shape.rect().makeInset(inset, inset)
    if inside.isSorted() and not inside.isEmpty():
        context.canvas.clipRect(inside, skia.ClipOp.kDifference, False)


def _draw_blurred(canvas: Any, shape: Any, paint: Any) -> None:
    """A rounded rectangle as one: Skia has fast ways to blur it, and a blur hides how its corners are flattened."""
    if isinstance(shape, skia.RRect) and paint.getMaskFilter() is not None:
        canvas.drawRRect(shape, paint)
    else:
        draw_shape(canvas, shape, paint)


def draw_inner_shadow(effect: InnerShadow, shape: Any, node: Node, context: PaintContext) -> None:
    """Over the fills, inside the shape: what a hole of its form, moved and shrunk, leaves in the dark."""
    canvas = context.canvas
    canvas.save()
    clip_shape(canvas, shape)
    offset = context.page_vector(effect.offset)
    canvas.translate(offset.x, offset.y)
    around = skia.Path.Rect(_around(shape, effect))
    hole = _grown_shape(shape, -effect.spread)
    if isinstance(shape, skia.RRect):
        frame = around if hole is None else _frame(around, hole)
        canvas.drawPath(frame, _shadow_paint(effect, 1.0, node, context))
    else:
        _draw_spread(effect, shape, around, 1.0, node, context)
    canvas.restore()


def _grown_shape(shape: Any, spread: float) -> Any | None:
    """The shape grown on all sides, or shrunk; None when nothing is left or Skia cannot say what it would be."""
    if spread == 0:
        return shape
    return grown(shape, (spread,) * 4) if isinstance(shape, skia.RRect) else None


def _frame(around: Any, hole: Any) -> Any:
    path = skia.Path(around)
    path.addRRect(hole)
    path.setFillType(skia.PathFillType.kEvenOdd)
    return path


def _around(shape: Any, effect: InnerShadow) -> Any:
    """A rectangle so large that its own blurred edge stays out of the shape."""
    reach = 2 * _SIGMAS * sigma_of(effect.radius) + abs(effect.spread) + 2
    reach += math.hypot(effect.offset.x, effect.offset.y)
    return bounds_of(shape).makeOutset(reach, reach)


def _shadow_paint(effect: DropShadow | InnerShadow, opacity: float, node: Node, context: PaintContext) -> Any:
    paint = skia.Paint()
    paint.setAntiAlias(True)
    paint.setColor4f(to_colour4f(effect.colour, opacity))
    paint.setBlendMode(shadow_mode(effect, node, context))
    sigma = bounded_sigma(effect.radius, node, context)
    if sigma > LEAST_SIGMA:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma, True))
        blend_in_floats(paint)
    return paint


def shadow_mode(effect: DropShadow | InnerShadow, node: Node, context: PaintContext) -> Any:
    if has_paint_mode(effect.blend):
        return paint_mode(effect.blend)
    context.note("blend-mode-approximated", f"a shadow with {effect.blend.value} is drawn with COLOR_BURN", node)
    return skia.BlendMode.kColorBurn


def _draw_spread(
    effect: DropShadow | InnerShadow, shape: Any, covered: Any, opacity: float, node: Node, context: PaintContext
) -> None:
    """The shadow of an arbitrary path with a spread, without asking PathOps for the grown path, whose time is not
    bounded: what is covered, less the hole, with the hole's edge drawn over or cleared away, blurred as a layer."""
    sigma = bounded_sigma(effect.radius, node, context)
    laid = skia.Paint(Alphaf=effect.colour.a * opacity, BlendMode=shadow_mode(effect, node, context))
    if sigma > LEAST_SIGMA:
        laid.setImageFilter(skia.ImageFilters.Blur(sigma, sigma))
    ink = skia.Paint(AntiAlias=True, Color4f=to_colour4f(effect.colour, 1 / max(effect.colour.a, 1e-6)))
    clear = skia.Paint(AntiAlias=True, BlendMode=_CLEAR)
    edge = skia.Paint(ink if effect.spread > 0 else clear)
    edge.setStyle(skia.Paint.kStroke_Style)
    edge.setStrokeWidth(2 * abs(effect.spread))
    with layer(context, None, laid):
        context.canvas.drawPath(covered, ink)
        if isinstance(effect, InnerShadow):
            context.canvas.drawPath(as_path(shape), clear)
        if effect.spread:
            context.canvas.drawPath(as_path(shape), edge)
