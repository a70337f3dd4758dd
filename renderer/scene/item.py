"""The items of a scene: a sum of four types."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from renderer.geometry import IDENTITY, Matrix
from renderer.scene.blend import BlendMode
from renderer.scene.effect import Effect
from renderer.scene.fill import Fill
from renderer.scene.shape import Geometry
from renderer.scene.stroke import Stroke
from renderer.scene.text import TextBlock


class MaskKind(Enum):
    ALPHA = "ALPHA"
    VECTOR = "VECTOR"
    LUMINANCE = "LUMINANCE"


class _Item(Struct, frozen=True, kw_only=True, gc=False):
    """What all have: an id and a name of the document, a box of ``width`` by ``height`` whose top left is the origin of
    the item's coordinates, and ``transform`` from those to its parent's. With opacity, effects or a blend mode of its
    own it is one compositing group."""

    id: str
    name: str
    width: float
    height: float
    transform: Matrix = IDENTITY
    opacity: float = 1.0
    blend: BlendMode = BlendMode.PASS_THROUGH
    effects: tuple[Effect, ...] = ()


class Group(_Item, frozen=True, kw_only=True, gc=False):
    """Holds others and paints nothing itself."""

    children: tuple[SceneItem, ...] = ()


class Shape(_Item, frozen=True, kw_only=True, gc=False):
    """Paints its fills, then its children (within its outline if ``clips``), then its stroke."""

    geometry: Geometry
    fills: tuple[Fill, ...] = ()
    stroke: Stroke | None = None
    children: tuple[SceneItem, ...] = ()
    clips: bool = False


class Text(_Item, frozen=True, kw_only=True, gc=False):
    """Paints glyphs with the fills of their runs. The stroke runs around each glyph."""

    block: TextBlock
    stroke: Stroke | None = None


class Masked(Struct, frozen=True, kw_only=True, gc=False):
    """``content``, seen through ``mask``, which is not painted itself. Both lie in the parent's coordinates."""

    kind: MaskKind
    mask: Group | Shape | Text
    content: tuple[SceneItem, ...]


Item = Group | Shape | Text
SceneItem = Group | Shape | Text | Masked


def children_of(item: SceneItem) -> tuple[SceneItem, ...]:
    """What lies directly in an item: a mask comes before what it masks."""
    match item:
        case Group(children=children) | Shape(children=children):
            return children
        case Masked(mask=mask, content=content):
            return (mask, *content)
        case Text():
            return ()


def texts_of(root: Item) -> Iterator[Text]:
    """The texts in an item, in the order they are painted, without recursion: documents can be deep."""
    pending: list[SceneItem] = [root]
    while pending:
        item = pending.pop()
        if isinstance(item, Text):
            yield item
        elif isinstance(item, Masked):
            pending += (*reversed(item.content), item.mask)
        elif item.children:
            pending += reversed(item.children)


def walk(root: SceneItem) -> Iterator[SceneItem]:
    """An item and all in it, parents first, without recursion."""
    pending: list[SceneItem] = [root]
    while pending:
        item = pending.pop()
        yield item
        pending.extend(reversed(children_of(item)))
