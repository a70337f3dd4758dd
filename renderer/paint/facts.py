"""What must be known of a node before it is painted: how far it reaches, and whether it blends with what lies below."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import skia

from renderer.paint.blend import PLAIN
from renderer.paint.context import PaintContext
from renderer.paint.convert import to_matrix
from renderer.paint.geometry import outlines
from renderer.paint.shapes import bounds_of
from renderer.paint.strokes import stroke_reach
from renderer.scene import (
    AutoResize,
    BackgroundBlur,
    BlendMode,
    BooleanGeometry,
    DropShadow,
    LayerBlur,
    Node,
    PathGeometry,
    Text,
)

_SIGMAS: Final = 3.0  # a Gaussian is nothing beyond three sigmas, at 8 bits
_EDGE: Final = 1.0  # anti-aliasing


@dataclass(frozen=True, slots=True)
class Facts:
    """``bounds``: ``skia.Rect`` in the node's coordinates that holds all it paints (an over-estimate), and
    ``content`` that without its own effects.
    ``blends``: something in it blends with what lies below the node. ``inner``: some part of it would blend with what
    lies below that part, were the node not a group of its own."""

    bounds: Any
    content: Any
    blends: bool
    inner: bool


def facts_of(node: Node, context: PaintContext) -> Facts:
    known = context.facts.get(id(node))
    if known is None:
        known = _facts(node, context)
        context.facts[id(node)] = known
    return known


def isolates(node: Node, *, inner: bool) -> bool:
    """Whether the node is composited as one group, so that nothing inside blends with what lies below."""
    own_mode = node.blend not in PLAIN or (node.blend is BlendMode.NORMAL and inner)
    return own_mode or node.opacity < 1 or any(isinstance(effect, LayerBlur) for effect in node.effects)


def _facts(node: Node, context: PaintContext) -> Facts:
    children = [facts_of(child, context) for child in node.children]
    inner = any(child.blends for child in children) or any(fill.blend not in PLAIN for fill in _own_fills(node))
    backdrop = any(isinstance(effect, BackgroundBlur) for effect in node.effects)
    blends = node.blend not in PLAIN or backdrop or (inner and not isolates(node, inner=inner))
    content = _painted(node, children, context)
    return Facts(_with_effects(node, content), content, blends, inner)


def _own_fills(node: Node) -> list[Any]:
    fills = [*node.fills, *(node.stroke.fills if node.stroke is not None else ())]
    if node.text is not None:
        fills += [fill for run in node.text.runs for fill in run.style.fills]
    return fills


def _painted(node: Node, children: list[Facts], context: PaintContext) -> Any:
    bounds = _own_bounds(node, context)
    reach = stroke_reach(node) + _EDGE
    bounds.outset(reach, reach)
    if node.clips:
        return bounds
    for child, facts in zip(node.children, children, strict=True):
        bounds.join(to_matrix(child.transform).mapRect(facts.bounds))
    return bounds


def _own_bounds(node: Node, context: PaintContext) -> Any:
    box = skia.Rect.MakeWH(node.width, node.height)
    if isinstance(node.geometry, PathGeometry | BooleanGeometry):
        for outline in outlines(node, context):
            box.join(bounds_of(outline.shape))
    if node.text is not None:
        box.outset(*_text_overflow(node.text, node.width, node.height))
    return box


def _text_overflow(text: Text, width: float, height: float) -> tuple[float, float]:
    """How far a text may run out of its box, sideways and up or down: another font is wider, a fixed box too small."""
    size = max((run.style.size for run in text.runs), default=0.0)
    sideways = size + width
    if text.auto_resize in (AutoResize.HEIGHT, AutoResize.WIDTH_AND_HEIGHT):
        return sideways, size + height
    lines = 1 + text.characters.count("\n") + len(text.characters) * size / max(width, size, 1.0)
    return sideways, size + height + 2 * size * lines


def _with_effects(node: Node, bounds: Any) -> Any:
    whole = bounds.makeOffset(0, 0)
    for effect in node.effects:
        match effect:
            case DropShadow(offset, radius, spread):
                reach = _SIGMAS * radius / 2 + max(0.0, spread) + math.hypot(offset.x, offset.y)
                whole.join(bounds.makeOutset(reach, reach))
            case LayerBlur(radius, ramp):
                widest = radius if ramp is None else max(radius, ramp.radius)
                whole.outset(_SIGMAS * widest / 2, _SIGMAS * widest / 2)
    return whole
