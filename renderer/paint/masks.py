"""Masks: a masking node is not painted, it decides what is seen of the siblings after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any, Final

import skia

from renderer.paint.context import PaintContext
from renderer.paint.convert import mapped, to_matrix
from renderer.paint.facts import facts_of
from renderer.paint.geometry import silhouette
from renderer.paint.layers import layer
from renderer.paint.shapes import as_path
from renderer.scene import GradientFill, MaskKind, Node, SolidFill

_LUMINANCE: Final = skia.LumaColorFilter.Make()
DrawNode = Callable[[Node, PaintContext], None]


def draw_siblings(nodes: Iterable[Node], context: PaintContext, draw: DrawNode) -> None:
    """Paint siblings in order; each mask among them holds from there on, so two masks both hold."""
    with ExitStack() as stack:
        for node in nodes:
            if node.mask is None:
                draw(node, context)
            else:
                _open(node, context, draw, stack)


def _open(mask: Node, context: PaintContext, draw: DrawNode, stack: ExitStack) -> None:
    canvas = context.canvas
    canvas.save()
    stack.callback(canvas.restore)
    clip = _clip_path(mask, context)
    if clip is not None:
        canvas.clipPath(clip, skia.ClipOp.kIntersect, True)
        return
    bounds = to_matrix(mask.transform).mapRect(facts_of(mask, context).bounds)
    canvas.clipRect(bounds)
    stack.enter_context(layer(context, bounds))
    stack.callback(_apply, mask, context, draw, bounds)


def _clip_path(mask: Node, context: PaintContext) -> Any | None:
    """The mask as a plain clip, where that is all it is: hard shapes, and shapes that are opaque everywhere."""
    shape = silhouette(mask, context)
    if shape is None or mask.children or mask.stroke is not None or mask.effects:
        return None
    if mask.mask is not MaskKind.VECTOR and not (mask.mask is MaskKind.ALPHA and _is_opaque(mask)):
        return None
    return mapped(as_path(shape), to_matrix(mask.transform))


def _is_opaque(mask: Node) -> bool:
    return mask.opacity >= 1 and any(_covers(fill) for fill in mask.fills)


def _covers(fill: Any) -> bool:
    match fill:
        case SolidFill(colour):
            return colour.a * fill.opacity >= 1
        case GradientFill(_, _, stops):
            return fill.opacity >= 1 and all(stop.colour.a >= 1 for stop in stops)
        case _:
            return False


def _apply(mask: Node, context: PaintContext, draw: DrawNode, bounds: Any) -> None:
    """Keep of the layer below what the mask covers."""
    keep = skia.Paint(BlendMode=skia.BlendMode.kDstIn)
    if mask.mask is MaskKind.LUMINANCE:
        keep.setColorFilter(_LUMINANCE)
    with layer(context, bounds, keep):
        draw(mask, context)
