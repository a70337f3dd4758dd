"""One item: its place, its compositing group, and within it shadows, fills, children and strokes, in that order."""

from __future__ import annotations

from renderer.displaylist import DrawNoise, FillArea, Pop, PushClip, PushGroup, Span, bounds_of
from renderer.geometry import Matrix, Rect
from renderer.lower.effects import (
    NO_EFFECTS,
    EffectPlan,
    blur_backdrop,
    cast_inner_shadow,
    cast_shadow,
    filter_reach,
    plan_effects,
    stages_of,
)
from renderer.lower.lowering import Lowering
from renderer.lower.masks import lower_masked
from renderer.lower.measure import MeasuredItem, MeasuredMask, isolates
from renderer.lower.outlines import silhouette
from renderer.lower.paints import PLAIN_INK, Ink, paints_of
from renderer.lower.strokes import lies_below, lower_stroke
from renderer.lower.text import lay_out, lower_glyphs, lower_text_stroke
from renderer.scene import BackgroundBlur, BlendMode, Group, Noise, Shape, Text

_NOTHING = Span("", "", 0, 0)


def lower_item(measured: MeasuredItem, parent: Matrix, lowering: Lowering) -> None:
    """Write down an item and all in it. ``parent`` maps its parent's coordinates to the page's."""
    item = measured.item
    matrix = parent @ item.transform
    if item.opacity <= 0 or not matrix.box(measured.bounds).meets(lowering.seen):
        return
    start, place = len(lowering.commands), len(lowering.spans)
    lowering.spans.append(_NOTHING)  # those of what is inside come after it
    if measured.plain:
        _lower_body(measured, NO_EFFECTS, matrix, lowering, PLAIN_INK)
    else:
        _composite(measured, matrix, lowering)
    if len(lowering.commands) > start:
        lowering.spans[place] = Span(item.id, item.name, start, len(lowering.commands))
    else:
        del lowering.spans[place:]


def _composite(measured: MeasuredItem, matrix: Matrix, lowering: Lowering) -> None:
    item = measured.item
    for effect in item.effects:
        if isinstance(effect, BackgroundBlur):
            blur_backdrop(effect, measured, matrix, lowering)
    plan = plan_effects(measured, matrix, lowering)
    if not plan.filters and not isolates(item, inner=measured.inner):
        _lower_content(measured, plan, matrix, lowering, PLAIN_INK)
    elif not plan.filters and _is_single_paint(measured):
        _lower_content(measured, plan, matrix, lowering, Ink(item.opacity, item.blend))
    else:
        _lower_group(measured, plan, matrix, lowering)


def _is_single_paint(measured: MeasuredItem) -> bool:
    """Whether opacity and blend mode can go into the one paint of the item, sparing it a group."""
    item = measured.item
    if measured.children or any(not isinstance(effect, BackgroundBlur) for effect in item.effects):
        return False
    match item:
        case Text(stroke=None, block=block):
            return all(len(run.style.fills) <= 1 for run in block.runs)
        case Shape(fills=fills, stroke=stroke):
            return len(fills) + (len(stroke.fills) if stroke is not None else 0) <= 1
    return False


def _lower_group(measured: MeasuredItem, plan: EffectPlan, matrix: Matrix, lowering: Lowering) -> None:
    item, seen = measured.item, lowering.seen
    content, bounds = matrix.box(measured.content), matrix.box(measured.bounds)
    *outer, innermost = reversed(stages_of(plan.filters))
    opacity, blend = item.opacity, item.blend
    for filters in outer:
        lowering.commands.append(PushGroup(opacity, blend, filters, bounds, bounds))
        opacity, blend = 1.0, BlendMode.NORMAL
    lowering.commands.append(PushGroup(opacity, blend, innermost, content, bounds))
    if plan.filters:  # what lies beside the picture shows in it, once it is moved and blurred
        lowering.seen = seen.outset(filter_reach(plan.filters))
    _lower_content(measured, plan, matrix, lowering, PLAIN_INK)
    lowering.seen = seen
    lowering.commands.extend([Pop()] * (len(outer) + 1))


def _lower_content(measured: MeasuredItem, plan: EffectPlan, matrix: Matrix, lowering: Lowering, ink: Ink) -> None:
    for drop in plan.drops:
        cast_shadow(drop, plan, matrix, lowering)
    if not plan.noises:
        _lower_body(measured, plan, matrix, lowering, ink)
        return
    content = matrix.box(measured.content)
    lowering.commands.append(PushGroup(1.0, BlendMode.NORMAL, (), content, content))
    _lower_body(measured, plan, matrix, lowering, ink)
    for noise in plan.noises:
        _lower_noise(noise, measured, matrix, content, lowering)
    lowering.commands.append(Pop())


def _lower_noise(noise: Noise, measured: MeasuredItem, matrix: Matrix, bounds: Rect, lowering: Lowering) -> None:
    if not noise.blend.is_plain:
        detail = f"noise is drawn with NORMAL, not {noise.blend.value}"
        lowering.warnings.add("blend-mode-approximated", detail, measured.item.id)
    lowering.commands.append(DrawNoise(noise, matrix, measured.content, bounds))


def _lower_body(measured: MeasuredItem, plan: EffectPlan, matrix: Matrix, lowering: Lowering, ink: Ink) -> None:
    """All but the shadows that fall from it."""
    match measured.item:
        case Shape() as shape:
            _lower_shape(measured, shape, plan, matrix, lowering, ink)
        case Text() as text:
            _lower_text(text, matrix, lowering, ink)
        case Group():
            lower_children(measured.children, matrix, lowering)


def _lower_shape(
    measured: MeasuredItem, shape: Shape, plan: EffectPlan, matrix: Matrix, lowering: Lowering, ink: Ink
) -> None:
    below = shape.stroke is not None and lies_below(shape)
    if below:
        lower_stroke(shape, measured.outlines, matrix, lowering, ink)
    _lower_fills(measured, shape, matrix, lowering, ink)
    for inner in plan.inners:
        cast_inner_shadow(inner, plan, matrix, lowering)
    if measured.children:
        _lower_children(measured, shape, matrix, lowering)
    if shape.stroke is not None and not below:
        lower_stroke(shape, measured.outlines, matrix, lowering, ink)


def _lower_text(text: Text, matrix: Matrix, lowering: Lowering, ink: Ink) -> None:
    laid = lay_out(text, lowering)
    below = lies_below(text)
    if below:
        lower_text_stroke(laid, matrix, lowering, ink)
    lower_glyphs(laid, matrix, lowering, ink)
    if not below:
        lower_text_stroke(laid, matrix, lowering, ink)


def _lower_fills(measured: MeasuredItem, shape: Shape, matrix: Matrix, lowering: Lowering, ink: Ink) -> None:
    for outlined in measured.outlines:
        fills = shape.fills if outlined.fills is None else outlined.fills
        paints = paints_of(fills, shape, lowering, ink) if fills else ()
        if paints:
            area = outlined.area
            lowering.commands.append(FillArea(area, matrix, paints, matrix.box(bounds_of(area))))


def _lower_children(measured: MeasuredItem, shape: Shape, matrix: Matrix, lowering: Lowering) -> None:
    area = silhouette(measured.outlines) if shape.clips else None
    if area is None:
        lower_children(measured.children, matrix, lowering)
        return
    seen, bounds, start = lowering.seen, matrix.box(bounds_of(area)), len(lowering.commands)
    if bounds.is_empty:
        return
    lowering.seen = seen.intersection(bounds.outset(1 / lowering.scale))
    lowering.commands.append(PushClip(area, matrix, bounds))
    lower_children(measured.children, matrix, lowering)
    lowering.seen = seen
    if len(lowering.commands) == start + 1:  # nothing of them shows
        lowering.commands.pop()
    else:
        lowering.commands.append(Pop())


def lower_children(children: tuple[MeasuredItem | MeasuredMask, ...], matrix: Matrix, lowering: Lowering) -> None:
    for child in children:
        if isinstance(child, MeasuredMask):
            lower_masked(child, matrix, lowering, lower_item, lower_children)
        else:
            lower_item(child, matrix, lowering)
