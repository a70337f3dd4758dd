"""Which of an item's effects become what.

A shadow of a plain area is cast by that area. Every other shadow, and a layer blur, is a filter of the group that the
item is painted into: its content is painted once, however many effects it and the items around it have. Shadow offsets
are along the axes of the page, however the item is turned (seen in Figma's own render bounds).
"""

from __future__ import annotations

import math
from typing import Final

from msgspec import Struct

from renderer.displaylist import (
    Blur,
    BlurBackdrop,
    CastInnerShadow,
    CastShadow,
    Filter,
    InnerShadowFilter,
    Ramp,
    ShadowFilter,
    bounds_of,
)
from renderer.geometry import Matrix, Point, Rect
from renderer.lower.lowering import Lowering
from renderer.lower.measure import MeasuredItem
from renderer.lower.outlines import Simple, silhouette
from renderer.scene import (
    BackgroundBlur,
    BlurRamp,
    DropShadow,
    Fill,
    GradientFill,
    InnerShadow,
    Item,
    LayerBlur,
    Noise,
    OutlinedStroke,
    PenStroke,
    Shape,
    SolidFill,
    StrokeAlign,
)

_SIGMAS: Final = 3.0  # a Gaussian is nothing beyond three sigmas, at 8 bits
_LEAST_SIGMA: Final = 0.03  # device pixels; nobody sees such a blur
_FLAT: Final = 1e-3  # pixels; a ramp that is shorter has no direction


class EffectPlan(Struct, frozen=True, gc=False):
    """``area``: what casts the plain shadows, with ``opacity``. ``filters``: of the item's group."""

    area: Simple | None = None
    opacity: float = 1.0
    drops: tuple[DropShadow, ...] = ()
    inners: tuple[InnerShadow, ...] = ()
    noises: tuple[Noise, ...] = ()
    filters: tuple[Filter, ...] = ()


NO_EFFECTS: Final = EffectPlan()


def sigma_of(radius: float) -> float:
    """Figma's blur radius is twice the standard deviation of the Gaussian."""
    return max(0.0, radius) / 2


def plan_effects(measured: MeasuredItem, matrix: Matrix, lowering: Lowering) -> EffectPlan:
    """``matrix``: from the item's coordinates to the page's."""
    item = measured.item
    if not item.effects:
        return NO_EFFECTS
    drops = tuple([effect for effect in item.effects if isinstance(effect, DropShadow)])
    inners = tuple([effect for effect in item.effects if isinstance(effect, InnerShadow)])
    area = silhouette(measured.outlines) if drops or inners else None
    opacity = _coverage(item) if isinstance(item, Shape) else None
    plain_inners = area is not None and isinstance(item, Shape) and bool(item.fills)
    plain_drops = plain_inners and opacity is not None and not _strokes_outwards(item)
    return EffectPlan(
        area,
        1.0 if opacity is None else opacity,
        drops if plain_drops else (),
        inners if plain_inners else (),
        tuple([effect for effect in item.effects if isinstance(effect, Noise)]),
        (
            *_drop_filters(() if plain_drops else drops, item, matrix, lowering),
            *_inner_filters(() if plain_inners else inners, item, matrix, lowering),
            *_blurs(item, matrix, lowering),
        ),
    )


def filter_reach(filters: tuple[Filter, ...]) -> float:
    """How far beyond itself a picture shows once it went through the filters, pixels of the page."""
    reach = 0.0
    for each in filters:
        match each:
            case Blur(sigma, ramp):
                reach += _SIGMAS * max(sigma, ramp.sigma if ramp is not None else 0.0)
            case ShadowFilter(offset, sigma):
                reach = max(reach, _SIGMAS * sigma + math.hypot(offset.x, offset.y))
            case InnerShadowFilter(offset, sigma):
                reach = max(reach, _SIGMAS * sigma + math.hypot(offset.x, offset.y))
    return reach


def stages_of(filters: tuple[Filter, ...]) -> tuple[tuple[Filter, ...], ...]:
    """The filters of a group, and of groups around it: no two blurs that grow are in one. A target has to ask for what
    goes into such a blur several times, which for a blur of a blur of a blur is the power of that."""
    stages: list[tuple[Filter, ...]] = [()]
    for each in filters:
        if _grows(each) and any(map(_grows, stages[-1])):
            stages.append(())
        stages[-1] += (each,)
    return tuple(stages)


def _grows(each: Filter) -> bool:
    return isinstance(each, Blur) and each.ramp is not None


# --- shadows of plain areas -------------------------------------------------------------------------------------------


def cast_shadow(effect: DropShadow, plan: EffectPlan, matrix: Matrix, lowering: Lowering) -> None:
    """Under the item, so before anything else of it."""
    if plan.area is None:
        return
    sigma = sigma_of(effect.radius)
    reach = _SIGMAS * sigma + max(0.0, effect.spread) + 1
    bounds = _moved(matrix.box(bounds_of(plan.area).outset(reach)), effect.offset)
    lowering.commands.append(
        CastShadow(
            plan.area,
            matrix,
            effect.offset,
            effect.spread,
            sigma,
            effect.colour.faded(plan.opacity),
            effect.blend,
            opaque=plan.opacity >= 1,
            behind=effect.show_behind_node,
            bounds=bounds,
        )
    )


def cast_inner_shadow(effect: InnerShadow, plan: EffectPlan, matrix: Matrix, lowering: Lowering) -> None:
    """Over the fills, inside the area."""
    if plan.area is None:
        return
    lowering.commands.append(
        CastInnerShadow(
            plan.area,
            matrix,
            effect.offset,
            effect.spread,
            sigma_of(effect.radius),
            effect.colour,
            effect.blend,
            matrix.box(bounds_of(plan.area)),
        )
    )


def _moved(rect: Rect, offset: Point) -> Rect:
    return Rect(rect.x + offset.x, rect.y + offset.y, rect.width, rect.height)


def _strokes_outwards(item: Item) -> bool:
    match item:
        case Shape(stroke=PenStroke(align=align)):
            return align is not StrokeAlign.INSIDE
        case Shape(stroke=OutlinedStroke()):
            return True
    return False


def _coverage(shape: Shape) -> float | None:
    """The opacity of all fills together where it is the same everywhere, else None."""
    regions = getattr(shape.geometry, "regions", ())
    if not shape.fills or any(region.fills for region in regions):
        return None
    clear = 1.0
    for fill in shape.fills:
        part = _opacity(fill)
        if part is None:
            return None
        clear *= 1 - part
    return 1 - clear


def _opacity(fill: Fill) -> float | None:
    match fill:
        case SolidFill(colour):
            return colour.a * fill.opacity
        case GradientFill(_, _, stops) if fill.opacity == 1 and all(stop.colour.a >= 1 for stop in stops):
            return 1.0
    return None


# --- filters of a group -----------------------------------------------------------------------------------------------


def _drop_filters(drops: tuple[DropShadow, ...], item: Item, matrix: Matrix, lowering: Lowering) -> list[ShadowFilter]:
    for drop in drops:
        _warn_about(drop, item, lowering)
    scale = matrix.stretch
    return [
        ShadowFilter(drop.offset, sigma_of(drop.radius) * scale, drop.colour, drop.show_behind_node) for drop in drops
    ]


def _inner_filters(
    inners: tuple[InnerShadow, ...], item: Item, matrix: Matrix, lowering: Lowering
) -> list[InnerShadowFilter]:
    for inner in inners:
        _warn_about(inner, item, lowering)
    scale = matrix.stretch
    return [InnerShadowFilter(inner.offset, sigma_of(inner.radius) * scale, inner.colour) for inner in inners]


def _warn_about(effect: DropShadow | InnerShadow, item: Item, lowering: Lowering) -> None:
    if effect.spread:
        detail = "spread is drawn for plain shapes only, as in Figma"
        lowering.warnings.add("shadow-spread-ignored", detail, item.id)
    if not effect.blend.is_plain:
        detail = f"a shadow of what is no plain shape is drawn with NORMAL, not {effect.blend.value}"
        lowering.warnings.add("blend-mode-approximated", detail, item.id)


def _blurs(item: Item, matrix: Matrix, lowering: Lowering) -> list[Blur]:
    blurs: list[Blur] = []
    for effect in item.effects:
        if isinstance(effect, LayerBlur):
            sigma = sigma_of(effect.radius) * matrix.stretch
            ramp = _ramp(effect.ramp, item, matrix)
            if ramp is not None or sigma * lowering.scale > _LEAST_SIGMA:
                blurs.append(Blur(sigma, ramp))
    return blurs


def _ramp(ramp: BlurRamp | None, item: Item, matrix: Matrix) -> Ramp | None:
    """None too where it begins and ends in one place."""
    if ramp is None:
        return None
    start, end = (matrix.apply(Point(point.x * item.width, point.y * item.height)) for point in (ramp.start, ramp.end))
    if math.dist((start.x, start.y), (end.x, end.y)) < _FLAT:
        return None
    return Ramp(sigma_of(ramp.radius) * matrix.stretch, start, end)


# --- what lies below --------------------------------------------------------------------------------------------------


def blur_backdrop(effect: BackgroundBlur, measured: MeasuredItem, matrix: Matrix, lowering: Lowering) -> None:
    """What lies below, blurred, seen through the item's outline. Figma draws it only through a fill, however faint."""
    item = measured.item
    if not isinstance(item, Shape) or not item.fills or _hides_backdrop(item):
        return
    area = silhouette(measured.outlines)
    if area is None:
        return
    sigma, ramp = sigma_of(effect.radius) * matrix.stretch, _ramp(effect.ramp, item, matrix)
    if ramp is None and sigma * lowering.scale <= _LEAST_SIGMA:
        return
    bounds = matrix.box(bounds_of(area))
    lowering.commands.append(BlurBackdrop(area, matrix, sigma, ramp, item.opacity, bounds))


def _hides_backdrop(shape: Shape) -> bool:
    """Whether a fill hides whatever is blurred behind it."""
    solids = (fill for fill in shape.fills if isinstance(fill, SolidFill) and fill.blend.is_plain)
    return shape.opacity >= 1 and any(fill.colour.a * fill.opacity >= 1 for fill in solids)
