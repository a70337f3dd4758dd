"""Strokes: along the outline, inside it, outside it, or per side of a rectangle.

Rectangles and circles are drawn as the band between two rounded rectangles, which has no seam; everything else is
stroked by Skia, INSIDE and OUTSIDE as one half of a stroke of twice the width.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import skia

from renderer.paint.bands import band_path, stroke_band
from renderer.paint.context import PaintContext
from renderer.paint.convert import to_matrix
from renderer.paint.fills import PLAIN_INK, Ink, draw_fills
from renderer.paint.geometry import Outline, outlines, parsed
from renderer.paint.heads import headed_line, trim_of
from renderer.paint.layers import layer
from renderer.paint.shapes import as_path, clip_shape, draw_path, fits_mask
from renderer.scene import (
    HEAD_HALF_HEIGHT,
    Fill,
    LineGeometry,
    Node,
    RectGeometry,
    SolidFill,
    Stroke,
    StrokeAlign,
    StrokeCap,
    StrokeJoin,
)

_JOINS: Final = {
    StrokeJoin.MITER: skia.Paint.kMiter_Join,
    StrokeJoin.BEVEL: skia.Paint.kBevel_Join,
    StrokeJoin.ROUND: skia.Paint.kRound_Join,
}
_CAPS: Final = {
    StrokeCap.NONE: skia.Paint.kButt_Cap,
    StrokeCap.ROUND: skia.Paint.kRound_Cap,
    StrokeCap.SQUARE: skia.Paint.kSquare_Cap,
}
MAX_DASHES: Final = 50_000
_LEAST_RESOLUTION: Final = 1e-3
_BOX_SLACK: Final = 0.01  # pixels; positions are sums of 32-bit floats


def draw_strokes(node: Node, context: PaintContext, *, ink: Ink = PLAIN_INK) -> None:
    stroke = node.stroke
    if stroke is None or not stroke.fills:
        return
    if stroke.outline:
        for data in stroke.outline:
            _fill_path(parsed(data, node, context), stroke, node, context, ink)
    elif stroke.weight > 0 or stroke.side_weights is not None:
        for outline in outlines(node, context):
            _stroke_outline(outline, stroke, node, context, ink)


def lies_below(node: Node) -> bool:
    """Whether the stroke is painted under the fill: an outside stroke around an opaque fill is. Side by side, their
    two anti-aliased edges would let the background shine through, and Figma shows no such seam."""
    stroke = node.stroke
    if stroke is None or stroke.align is not StrokeAlign.OUTSIDE or stroke.outline or stroke.side_weights:
        return False
    if node.text is not None:
        return all(any(map(_is_opaque, run.style.fills)) for run in node.text.runs)
    if isinstance(node.geometry, LineGeometry) or any(path.fills for path in getattr(node.geometry, "paths", ())):
        return False
    return any(map(_is_opaque, node.fills)) and (node.clips or _children_stay_inside(node))


def _children_stay_inside(node: Node) -> bool:
    """Whether the boxes of all that lies in the node are within its own: then nothing of it meets an outside stroke,
    and it does not matter which of the two is painted first."""
    box = skia.Rect.MakeWH(node.width, node.height).makeOutset(_BOX_SLACK, _BOX_SLACK)
    pending = [(child, to_matrix(child.transform)) for child in node.children]
    while pending:
        child, matrix = pending.pop()
        if not box.contains(matrix.mapRect(skia.Rect.MakeWH(child.width, child.height))):
            return False
        if not child.clips:
            pending += [(each, skia.Matrix.Concat(matrix, to_matrix(each.transform))) for each in child.children]
    return True


def stroke_reach(node: Node) -> float:
    """How far the stroke can paint outside the outline, mitres included."""
    stroke = node.stroke
    if stroke is None or not stroke.fills:
        return 0.0
    weight = max(stroke.weight, *(stroke.side_weights or (0.0,)))
    if isinstance(node.geometry, RectGeometry):
        return {StrokeAlign.INSIDE: 0.0, StrokeAlign.CENTER: weight / 2, StrokeAlign.OUTSIDE: weight}[stroke.align]
    head = HEAD_HALF_HEIGHT.get(stroke.cap, 0.0)
    return weight * max(1.0, head, stroke.miter_limit if stroke.join is StrokeJoin.MITER else 1.0)


def _is_opaque(fill: Fill) -> bool:
    return isinstance(fill, SolidFill) and fill.colour.a * fill.opacity >= 1


def _fill_path(path: Any, stroke: Stroke, node: Node, context: PaintContext, ink: Ink) -> None:
    bounds = path.getBounds()
    draw_fills(stroke.fills, node, context, partial(draw_path, context.canvas, path), ink=ink, bounds=bounds)


def _stroke_outline(outline: Outline, stroke: Stroke, node: Node, context: PaintContext, ink: Ink) -> None:
    band = stroke_band(outline.shape, stroke)
    if band is None:
        stroke_shape(outline.shape, stroke, node, context, ink)
        return
    outer, inner = band
    _fill_path(band_path(outer, None if lies_below(node) else inner), stroke, node, context, ink)


def stroke_shape(shape: Any, stroke: Stroke, node: Node, context: PaintContext, ink: Ink) -> None:
    """Stroke along, inside or outside one shape."""
    is_line = isinstance(node.geometry, LineGeometry)
    doubled = stroke.align is not StrokeAlign.CENTER and not is_line
    path = as_path(shape)
    band = _line(node, stroke, context) if is_line else _expanded(path, stroke, node, context, doubled=doubled)
    bounds = band.getBounds()

    def draw(paint: Any) -> None:
        draw_path(context.canvas, band, paint)

    def draw_half(paint: Any) -> None:
        _draw_half(paint, draw, path, bounds, context, inside=stroke.align is StrokeAlign.INSIDE)

    whole = not doubled or lies_below(node)
    draw_fills(stroke.fills, node, context, draw if whole else draw_half, ink=ink, bounds=bounds)


def _draw_half(
    paint: Any, draw: Callable[[Any], None], path: Any, bounds: Any, context: PaintContext, *, inside: bool
) -> None:
    """One half of a stroke of twice the width: in a layer from which the shape takes the other half away, or, where
    that would be large, by a clip, which a GPU does not do as finely."""
    canvas = context.canvas
    if not fits_mask(canvas, bounds):
        canvas.save()
        clip_shape(canvas, path, skia.ClipOp.kIntersect if inside else skia.ClipOp.kDifference)
        draw(paint)
        canvas.restore()
        return
    laid = skia.Paint(BlendMode=paint.getBlendMode())
    paint.setBlendMode(skia.BlendMode.kSrcOver)
    with layer(context, bounds, laid):
        draw(paint)
        if inside:
            with layer(context, bounds, skia.Paint(BlendMode=skia.BlendMode.kDstIn)):
                draw_path(canvas, path, skia.Paint(AntiAlias=True))
        else:
            draw_path(canvas, path, skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kDstOut))


def _line(node: Node, stroke: Stroke, context: PaintContext) -> Any:
    """The area of a stroked line. A line has no inside: Figma draws an INSIDE stroke above it, caps included in its
    length (so its render bounds say, and its pictures show), and a centred one around it, with caps beyond its ends."""
    half = stroke.weight / 2
    width = node.width
    y = {StrokeAlign.CENTER: 0.0, StrokeAlign.INSIDE: -half, StrokeAlign.OUTSIDE: half}[stroke.align]
    within = stroke.align is StrokeAlign.INSIDE and stroke.cap in (StrokeCap.ROUND, StrokeCap.SQUARE)
    short = min(half if within else trim_of(stroke), width / 2)
    path = skia.Path.Line(skia.Point(short, y), skia.Point(width - short, y))
    area = _expanded(path, stroke, node, context, doubled=False)
    return headed_line(0.0, width, y, stroke, area) if stroke.cap in HEAD_HALF_HEIGHT else area


def _expanded(path: Any, stroke: Stroke, node: Node, context: PaintContext, *, doubled: bool) -> Any:
    """The stroke as an area to fill. Left to Skia, each surface would thin out narrow strokes in its own way."""
    paint = skia.Paint(Style=skia.Paint.kStroke_Style, StrokeWidth=stroke.weight * (2 if doubled else 1))
    paint.setStrokeJoin(_JOINS[stroke.join])
    paint.setStrokeCap(_CAPS.get(stroke.cap, skia.Paint.kButt_Cap))
    paint.setStrokeMiter(max(1.0, stroke.miter_limit))
    dashes = _dashes(stroke, path, node, context) if stroke.dashes else None
    if dashes is not None:
        paint.setPathEffect(dashes)
    area = skia.Path()
    paint.getFillPath(path, area, None, max(context.canvas_scale(), _LEAST_RESOLUTION))
    return area


def _dashes(stroke: Stroke, path: Any, node: Node, context: PaintContext) -> Any | None:
    """Skia's dash effect, or None (a solid line) when there would be too many dashes to draw."""
    intervals = list(stroke.dashes) * (1 if len(stroke.dashes) % 2 == 0 else 2)
    period = sum(intervals)
    if period <= 0:
        return None
    if _length(path) / period * len(intervals) / 2 > MAX_DASHES:
        context.note("stroke-too-many-dashes", f"more than {MAX_DASHES} dashes: the stroke is drawn solid", node)
        return None
    return skia.DashPathEffect.Make(intervals, 0.0)


def _length(path: Any) -> float:
    measure, total = skia.PathMeasure(path, False), 0.0
    while True:
        total += float(measure.getLength())
        if not measure.nextContour():
            return total
