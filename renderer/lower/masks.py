"""Masks: as a clip where that is all they are, else as a group that is painted twice, content and mask."""

from __future__ import annotations

from collections.abc import Callable

from renderer.displaylist import MaskSource, Pop, PushClip, PushMasked, bounds_of
from renderer.geometry import Matrix
from renderer.lower.lowering import Lowering
from renderer.lower.measure import Measured, MeasuredMask, reach_of
from renderer.lower.outlines import Simple, silhouette
from renderer.scene import Fill, GradientFill, MaskKind, Shape, SolidFill

LowerItem = Callable[[Measured, Matrix, Lowering], None]
LowerChildren = Callable[[tuple[Measured | MeasuredMask, ...], Matrix, Lowering], None]


def lower_masked(
    measured: MeasuredMask, matrix: Matrix, lowering: Lowering, lower_item: LowerItem, lower_children: LowerChildren
) -> None:
    seen, start = lowering.seen, len(lowering.commands)
    area = _clip_area(measured)
    if area is not None:
        own = matrix @ measured.mask.item.transform
        bounds = own.box(bounds_of(area))
        lowering.commands.append(PushClip(area, own, bounds))
    else:
        bounds = matrix.box(reach_of(measured.mask))
        lowering.commands.append(PushMasked(measured.item.kind, bounds))
    lowering.seen = seen.intersection(bounds.outset(1 / lowering.scale))
    lower_children(measured.content, matrix, lowering)
    if len(lowering.commands) == start + 1:  # nothing of the content shows
        lowering.commands.pop()
        lowering.seen = seen
        return
    if area is None:
        lowering.commands.append(MaskSource())
        lower_item(measured.mask, matrix, lowering)
    lowering.seen = seen
    lowering.commands.append(Pop())


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
