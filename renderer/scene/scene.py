"""A whole scene."""

from __future__ import annotations

from msgspec import Struct

from renderer.geometry import Colour, Rect
from renderer.scene.item import Item


class Scene(Struct, frozen=True):
    """``root`` is placed by ``root.transform`` in page coordinates; ``bounds`` is the page rectangle to export (the
    node's render bounds); ``background`` is what lies under it, if the document says so (a page), else None."""

    root: Item
    bounds: Rect
    background: Colour | None = None
