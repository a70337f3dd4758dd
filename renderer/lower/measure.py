"""What must be known of an item before it is written down: its outlines, how far it reaches, and whether it blends with
what lies below. Children first, so that each item is looked at once."""

from __future__ import annotations

import math
from typing import Final

from renderer.displaylist import bounds_of
from renderer.geometry import Rect
from renderer.lower.lowering import Lowering
from renderer.lower.outlines import Outlined, outlines_of
from renderer.lower.strokes import stroke_reach
from renderer.scene import (
    AutoResize,
    BackgroundBlur,
    BlendMode,
    BooleanGeometry,
    DropShadow,
    Fill,
    Group,
    Item,
    LayerBlur,
    Masked,
    OutlinedStroke,
    PathGeometry,
    SceneItem,
    Shape,
    Text,
    TextBlock,
)

_SIGMAS: Final = 3.0  # a Gaussian is nothing beyond three sigmas, at 8 bits
_EDGE: Final = 1.0  # anti-aliasing


class MeasuredItem:
    """``bounds``: holds all that the item paints, in its own coordinates (an over-estimate), and ``content`` that
    without its own effects. ``blends``: something in it blends with what lies below the item. ``inner``: some part of
    it would blend with what lies below that part, were the item not a group of its own. ``plain``: it has no effect,
    and is no group."""

    __slots__ = ("blends", "bounds", "children", "content", "inner", "item", "outlines", "plain")

    def __init__(
        self,
        item: Item,
        outlines: tuple[Outlined, ...],
        children: tuple[MeasuredItem | MeasuredMask, ...],
        content: Rect,
        bounds: Rect,
        *,
        blends: bool = False,
        inner: bool = False,
        plain: bool = False,
    ) -> None:
        self.item = item
        self.outlines = outlines
        self.children = children
        self.content = content
        self.bounds = bounds
        self.blends = blends
        self.inner = inner
        self.plain = plain


class MeasuredMask:
    """A mask and what it masks. ``reach``: of both, in the parent's coordinates."""

    __slots__ = ("blends", "content", "item", "mask", "reach")

    def __init__(self, item: Masked, mask: MeasuredItem, content: tuple[MeasuredItem | MeasuredMask, ...]) -> None:
        self.item = item
        self.mask = mask
        self.content = content
        self.reach = _joined(reach_of(mask), content)
        self.blends: bool = mask.blends or any(part.blends for part in content)


def reach_of(measured: MeasuredItem | MeasuredMask) -> Rect:
    """In the parent's coordinates."""
    if isinstance(measured, MeasuredMask):
        return measured.reach
    return measured.item.transform.box(measured.bounds)


def isolates(item: Item, *, inner: bool) -> bool:
    """Whether the item is composited as one group, so that nothing inside blends with what lies below."""
    if item.opacity < 1 or (item.blend is BlendMode.NORMAL and inner) or not item.blend.is_plain:
        return True
    return any(isinstance(effect, LayerBlur) for effect in item.effects)


def measure(item: Item, lowering: Lowering) -> MeasuredItem:
    """An item and all in it."""
    match item:
        case Shape():
            return _shape(item, lowering)
        case Text():
            return _text(item)
        case Group():
            children = _measure_all(item.children, lowering)
            return _whole(item, (), children, _joined(Rect(-_EDGE, -_EDGE, item.width + 2, item.height + 2), children))


def _measure_all(items: tuple[SceneItem, ...], lowering: Lowering) -> tuple[MeasuredItem | MeasuredMask, ...]:
    return tuple([_measure_one(item, lowering) for item in items])


def _measure_one(item: SceneItem, lowering: Lowering) -> MeasuredItem | MeasuredMask:
    return _measure_masked(item, lowering) if isinstance(item, Masked) else measure(item, lowering)


def _measure_masked(item: Masked, lowering: Lowering) -> MeasuredMask:
    """A mask among what is masked holds to the end of it, so it comes last. Documents can have thousands in a row: they
    are measured in a loop, from the first to the last, and put into one another from the last to the first."""
    chain = [item]
    while chain[-1].content and isinstance(chain[-1].content[-1], Masked):
        chain.append(chain[-1].content[-1])
    parts = [(link, measure(link.mask, lowering), _measure_all(_before_next(link), lowering)) for link in chain]
    measured: tuple[MeasuredMask, ...] = ()
    for link, mask, content in reversed(parts):
        measured = (MeasuredMask(link, mask, (*content, *measured)),)
    return measured[0]


def _before_next(item: Masked) -> tuple[SceneItem, ...]:
    content = item.content
    return content[:-1] if content and isinstance(content[-1], Masked) else content


def _shape(shape: Shape, lowering: Lowering) -> MeasuredItem:
    outlines = outlines_of(shape, lowering)
    children = _measure_all(shape.children, lowering) if shape.children else ()
    box = Rect(0.0, 0.0, shape.width, shape.height)
    if isinstance(shape.geometry, PathGeometry | BooleanGeometry):
        for outlined in outlines:
            box = box.union(bounds_of(outlined.area))
    if isinstance(shape.stroke, OutlinedStroke):
        for outline in shape.stroke.outlines:
            box = box.union(outline.bounds)
    reach = _EDGE if shape.stroke is None else stroke_reach(shape.stroke, shape.geometry) + _EDGE
    content = Rect(box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach)
    return _whole(shape, outlines, children, content if shape.clips else _joined(content, children))


def _text(text: Text) -> MeasuredItem:
    across, down = _overflow(text.block, text.width, text.height)
    stroke = 0.0 if text.stroke is None else stroke_reach(text.stroke, None)
    across, down = across + stroke + _EDGE, down + stroke + _EDGE
    return _whole(text, (), (), Rect(-across, -down, text.width + 2 * across, text.height + 2 * down))


def _whole(
    item: Item, outlines: tuple[Outlined, ...], children: tuple[MeasuredItem | MeasuredMask, ...], content: Rect
) -> MeasuredItem:
    inner = _blends_inside(item, children)
    if not (inner or item.effects) and item.blend.is_plain:
        return MeasuredItem(item, outlines, children, content, content, plain=item.opacity >= 1)
    backdrop = any(isinstance(effect, BackgroundBlur) for effect in item.effects)
    blends = not item.blend.is_plain or backdrop or (inner and not isolates(item, inner=inner))
    return MeasuredItem(item, outlines, children, content, _with_effects(item, content), blends=blends, inner=inner)


def _blends_inside(item: Item, children: tuple[MeasuredItem | MeasuredMask, ...]) -> bool:
    for child in children:
        if child.blends:
            return True
    return not isinstance(item, Group) and any(not fill.blend.is_plain for fill in _own_fills(item))


def _own_fills(item: Shape | Text) -> tuple[Fill, ...]:
    if isinstance(item, Shape):
        fills = item.fills
    else:
        fills = tuple([fill for run in item.block.runs for fill in run.style.fills])
    return fills if item.stroke is None else fills + item.stroke.fills


def _joined(box: Rect, children: tuple[MeasuredItem | MeasuredMask, ...]) -> Rect:
    """The box around ``box`` and the reach of each child."""
    if not children:
        return box
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    for child in children:
        reach = reach_of(child)
        x, y = reach.x, reach.y
        left, top = min(left, x), min(top, y)
        right, bottom = max(right, x + reach.width), max(bottom, y + reach.height)
    return Rect(left, top, right - left, bottom - top)


def _overflow(block: TextBlock, width: float, height: float) -> tuple[float, float]:
    """How far a text may run out of its box, sideways and up or down: another font is wider, a fixed box too small."""
    size = max((run.style.size for run in block.runs), default=0.0)
    sideways = size + width
    if block.auto_resize in (AutoResize.HEIGHT, AutoResize.WIDTH_AND_HEIGHT):
        return sideways, size + height
    lines = 1 + block.characters.count("\n") + len(block.characters) * size / max(width, size, 1.0)
    return sideways, size + height + 2 * size * lines


def _with_effects(item: Item, bounds: Rect) -> Rect:
    whole = bounds
    for effect in item.effects:
        match effect:
            case DropShadow(offset, radius, spread):
                # The offset is along the page's axes: however the item is turned, it reaches no further than this.
                reach = _SIGMAS * radius / 2 + max(0.0, spread) + math.hypot(offset.x, offset.y)
                whole = whole.union(bounds.outset(reach))
            case LayerBlur(radius, ramp):
                widest = radius if ramp is None else max(radius, ramp.radius)
                whole = whole.outset(_SIGMAS * widest / 2)
    return whole
