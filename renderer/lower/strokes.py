"""Strokes as areas to fill: along the outline, inside it, outside it, or per side of a rectangle.

Left to a target, each would thin out narrow strokes in its own way. What pen drew an area is said beside it, for
targets that have pens.
"""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.displaylist import Band, Cut, FillArea, Pen, bounds_of
from renderer.geometry import Matrix, PathData, Rect
from renderer.geometry.outline import path_of
from renderer.geometry.skiapath import box_of, from_skia, to_skia
from renderer.limits import MAX_DASHES
from renderer.lower.bands import band_pen, stroke_band
from renderer.lower.heads import headed_line, trim_of
from renderer.lower.lowering import Lowering
from renderer.lower.outlines import Outlined, Simple
from renderer.lower.paints import PLAIN_INK, Ink, paints_of
from renderer.scene import (
    HEAD_HALF_HEIGHT,
    Fill,
    Geometry,
    LineGeometry,
    Masked,
    OutlinedStroke,
    PathGeometry,
    PenStroke,
    RectGeometry,
    SceneItem,
    Shape,
    SolidFill,
    Stroke,
    StrokeAlign,
    StrokeCap,
    StrokeJoin,
    Text,
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
_LEAST_RESOLUTION: Final = 1e-3
_BOX_SLACK: Final = 0.01  # pixels; positions are sums of rounded numbers


def stroke_reach(stroke: Stroke, geometry: Geometry | None) -> float:
    """How far the stroke can paint outside the outline, mitres included. An outlined one lies where its outline
    does."""
    if isinstance(stroke, OutlinedStroke):
        return 0.0
    weight = max(stroke.weight, *(stroke.side_weights or (0.0,)))
    if isinstance(geometry, RectGeometry):
        return {StrokeAlign.INSIDE: 0.0, StrokeAlign.CENTER: weight / 2, StrokeAlign.OUTSIDE: weight}[stroke.align]
    head = HEAD_HALF_HEIGHT.get(stroke.cap, 0.0)
    return weight * max(1.0, head, stroke.miter_limit if stroke.join is StrokeJoin.MITER else 1.0)


def lies_below(item: Shape | Text) -> bool:
    """Whether the stroke is painted under the fill: an outside stroke around an opaque fill is. Side by side, their
    two anti-aliased edges would let the background shine through, and Figma shows no such seam."""
    stroke = item.stroke
    if not isinstance(stroke, PenStroke) or stroke.align is not StrokeAlign.OUTSIDE or stroke.side_weights:
        return False
    if isinstance(item, Text):
        return all(any(map(_is_opaque, run.style.fills)) for run in item.block.runs)
    match item.geometry:
        case LineGeometry():
            return False
        case PathGeometry(regions) if any(region.fills for region in regions):
            return False
    return any(map(_is_opaque, item.fills)) and (item.clips or _children_stay_inside(item))


def lower_stroke(shape: Shape, outlines: tuple[Outlined, ...], matrix: Matrix, lowering: Lowering, ink: Ink) -> None:
    match shape.stroke:
        case OutlinedStroke() as stroke:
            lower_stroke_outlines(stroke, shape, matrix, lowering, ink)
        case PenStroke() as stroke:
            for outlined in outlines:
                _lower_along(outlined.area, shape, stroke, matrix, lowering, ink)


def lower_stroke_outlines(
    stroke: OutlinedStroke, item: Shape | Text, matrix: Matrix, lowering: Lowering, ink: Ink
) -> None:
    paints = paints_of(stroke.fills, item, lowering, ink)
    for path in stroke.outlines if paints else ():
        lowering.commands.append(FillArea(path, matrix, paints, matrix.box(path.bounds)))


def _lower_along(area: Simple, shape: Shape, stroke: PenStroke, matrix: Matrix, lowering: Lowering, ink: Ink) -> None:
    band = stroke_band(area, stroke)
    if band is None or isinstance(area, PathData):
        lower_pen(area, shape, stroke, matrix, lowering, ink)
        return
    paints = paints_of(stroke.fills, shape, lowering, ink)
    if not paints:
        return
    if lies_below(shape):
        band = Band(band.outer, None)
    pen = band_pen(area, stroke) if band.inner is not None else None
    lowering.commands.append(FillArea(band, matrix, paints, matrix.box(bounds_of(band)), None, pen))


def lower_pen(
    area: Simple, item: Shape | Text, stroke: PenStroke, matrix: Matrix, lowering: Lowering, ink: Ink = PLAIN_INK
) -> None:
    """A stroke along, inside or outside one area."""
    paints = paints_of(stroke.fills, item, lowering, ink)
    if not paints or stroke.weight <= 0:
        return
    resolution = max(lowering.scale * matrix.stretch, _LEAST_RESOLUTION)
    if isinstance(item, Shape) and isinstance(item.geometry, LineGeometry):
        band, pen = _line(item, stroke, lowering, resolution)
        lowering.commands.append(FillArea(from_skia(band), matrix, paints, matrix.box(box_of(band)), None, pen))
        return
    doubled = stroke.align is not StrokeAlign.CENTER
    weight = stroke.weight * 2 if doubled else stroke.weight
    path = to_skia(path_of(area))
    dashes = _dashes(stroke, path, item.id, lowering)
    band = _expanded(path, stroke, weight, dashes, resolution)
    pen = Pen(area, weight, stroke.join, _plain_cap(stroke.cap), stroke.miter_limit, dashes)
    cut = Cut(area, inside=stroke.align is StrokeAlign.INSIDE) if doubled and not lies_below(item) else None
    lowering.commands.append(FillArea(from_skia(band), matrix, paints, matrix.box(box_of(band)), cut, pen))


def _line(shape: Shape, stroke: PenStroke, lowering: Lowering, resolution: float) -> tuple[Any, Pen | None]:
    """The area (``skia.Path``) of a stroked line. A line has no inside: Figma draws an INSIDE stroke above it, caps
    included in its length (so its render bounds say, and its pictures show), and a centred one around it, with caps
    beyond its ends."""
    half, width = stroke.weight / 2, shape.width
    y = {StrokeAlign.CENTER: 0.0, StrokeAlign.INSIDE: -half, StrokeAlign.OUTSIDE: half}[stroke.align]
    within = stroke.align is StrokeAlign.INSIDE and stroke.cap in (StrokeCap.ROUND, StrokeCap.SQUARE)
    short = min(half if within else trim_of(stroke), width / 2)
    path = skia.Path.Line(skia.Point(short, y), skia.Point(width - short, y))
    dashes = _dashes(stroke, path, shape.id, lowering)
    area = _expanded(path, stroke, stroke.weight, dashes, resolution)
    if stroke.cap in HEAD_HALF_HEIGHT:
        return headed_line(0.0, width, y, stroke, area), None
    return area, Pen(from_skia(path), stroke.weight, stroke.join, stroke.cap, stroke.miter_limit, dashes)


def _plain_cap(cap: StrokeCap) -> StrokeCap:
    return cap if cap in _CAPS else StrokeCap.NONE


def _expanded(path: Any, stroke: PenStroke, weight: float, dashes: tuple[float, ...], resolution: float) -> Any:
    """A ``skia.Path``. ``resolution``: device pixels per unit of the path, for how finely curves are flattened."""
    paint = skia.Paint(Style=skia.Paint.kStroke_Style, StrokeWidth=weight)
    paint.setStrokeJoin(_JOINS[stroke.join])
    paint.setStrokeCap(_CAPS.get(stroke.cap, skia.Paint.kButt_Cap))
    paint.setStrokeMiter(max(1.0, stroke.miter_limit))
    if dashes:
        paint.setPathEffect(skia.DashPathEffect.Make(list(dashes), 0.0))
    area = skia.Path()
    paint.getFillPath(path, area, None, resolution)
    return area


def _dashes(stroke: PenStroke, path: Any, node: str, lowering: Lowering) -> tuple[float, ...]:
    """None where there would be too many to draw."""
    if not stroke.dashes:
        return ()
    dashes = stroke.dashes if len(stroke.dashes) % 2 == 0 else stroke.dashes * 2
    period = sum(dashes)
    if period <= 0:
        return ()
    if _length(path) / period * len(dashes) / 2 > MAX_DASHES:
        detail = f"more than {MAX_DASHES} dashes: the stroke is drawn solid"
        lowering.warnings.add("stroke-too-many-dashes", detail, node)
        return ()
    return dashes


def _length(path: Any) -> float:
    measure, total = skia.PathMeasure(path, False), 0.0
    while True:
        total += float(measure.getLength())
        if not measure.nextContour():
            return total


def _is_opaque(fill: Fill) -> bool:
    return isinstance(fill, SolidFill) and fill.colour.a * fill.opacity >= 1


def _children_stay_inside(shape: Shape) -> bool:
    """Whether the boxes of all that lies in the shape are within its own: then nothing of it meets an outside stroke,
    and it does not matter which of the two is painted first."""
    box = Rect(0.0, 0.0, shape.width, shape.height).outset(_BOX_SLACK)
    pending: list[tuple[SceneItem, Matrix]] = [(child, Matrix()) for child in shape.children]
    while pending:
        child, outer = pending.pop()
        if isinstance(child, Masked):
            pending += [(each, outer) for each in (child.mask, *child.content)]
            continue
        matrix = outer @ child.transform
        if not box.holds(matrix.box(Rect(0.0, 0.0, child.width, child.height))):
            return False
        if isinstance(child, Text) or (isinstance(child, Shape) and child.clips):
            continue
        pending += [(each, matrix) for each in child.children]
    return True
