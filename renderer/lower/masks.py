"""Masks: as a clip where that is all they are, else as a group that is painted twice, content and mask."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from renderer.displaylist import MaskSource, Pop, PushClip, PushMasked, bounds_of
from renderer.geometry import Matrix, Rect
from renderer.lower.lowering import Lowering
from renderer.lower.measure import MeasuredItem, MeasuredMask, reach_of
from renderer.lower.outlines import Simple, silhouette
from renderer.scene import Fill, GradientFill, MaskKind, Shape, SolidFill

LowerItem = Callable[[MeasuredItem, Matrix, Lowering], None]
LowerChildren = Callable[[tuple[MeasuredItem | MeasuredMask, ...], Matrix, Lowering], None]


def lower_masked(
    measured: MeasuredMask, matrix: Matrix, lowering: Lowering, lower_item: LowerItem, lower_children: LowerChildren
) -> None:
    """A mask, what it masks, and the masks among that: those hold to its end, so each comes last and they end
    together."""
    opened: list[_OpenMask] = []
    link: MeasuredMask | None = measured
    while link is not None:
        opened.append(_open(link, matrix, lowering))
        if lowering.seen.is_empty:
            break
        last = link.content[-1] if link.content else None
        deeper = last if isinstance(last, MeasuredMask) else None
        lower_children(link.content if deeper is None else link.content[:-1], matrix, lowering)
        link = deeper
    for each in reversed(opened):
        _close(each, matrix, lowering, lower_item)


class _OpenMask(Struct, frozen=True):
    """``mask``: what is still to be painted when the content is, or None where it is a clip. ``start``: the place of
    its command. ``outside``, ``inside``: what is seen beside it and within it."""

    mask: MeasuredItem | None
    start: int
    outside: Rect
    inside: Rect


def _open(measured: MeasuredMask, matrix: Matrix, lowering: Lowering) -> _OpenMask:
    start, outside = len(lowering.commands), lowering.seen
    area = _clip_area(measured)
    if area is not None:
        own = matrix @ measured.mask.item.transform
        bounds = own.box(bounds_of(area))
        lowering.commands.append(PushClip(area, own, bounds))
    else:
        bounds = matrix.box(reach_of(measured.mask))
        lowering.commands.append(PushMasked(measured.item.kind, bounds))
    lowering.seen = outside.intersection(bounds if bounds.is_empty else bounds.outset(1 / lowering.scale))
    return _OpenMask(measured.mask if area is None else None, start, outside, lowering.seen)


def _close(opened: _OpenMask, matrix: Matrix, lowering: Lowering, lower_item: LowerItem) -> None:
    if len(lowering.commands) == opened.start + 1:  # nothing of the content shows
        lowering.commands.pop()
    else:
        if opened.mask is not None:
            lowering.commands.append(MaskSource())
            lowering.seen = opened.inside
            lower_item(opened.mask, matrix, lowering)
        lowering.commands.append(Pop())
    lowering.seen = opened.outside


def _clip_area(measured: MeasuredMask) -> Simple | None:
    """The mask as a plain clip, where that is all it is: hard shapes, and shapes that are opaque everywhere."""
    mask, kind = measured.mask.item, measured.item.kind
    if not isinstance(mask, Shape) or mask.children or mask.stroke is not None or mask.effects:
        return None
    if kind is MaskKind.VECTOR or (kind is MaskKind.ALPHA and _is_opaque(mask)):
        return silhouette(measured.mask.outlines)
    return None


def _is_opaque(mask: Shape) -> bool:
    return mask.opacity >= 1 and any(_covers(fill) for fill in mask.fills)


def _covers(fill: Fill) -> bool:
    match fill:
        case SolidFill(colour):
            return colour.a * fill.opacity >= 1
        case GradientFill(_, _, stops):
            return fill.opacity >= 1 and all(stop.colour.a >= 1 for stop in stops)
        case _:
            return False
