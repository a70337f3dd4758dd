"""What a decoder hands to the builder."""

from __future__ import annotations

from msgspec import Struct

from renderer.figma.node import FigmaNode


class Decoded(Struct, frozen=True):
    """``node``: the one asked for, with all below it that can be seen; a child that cannot keeps its place in the list
    (its ``visible`` is False and it says nothing else). ``ancestors``: outermost first, without their children.
    ``path``: where in the document the node is, for errors (``document.children[3]``, or '' for the whole)."""

    node: FigmaNode
    path: str = ""
    ancestors: tuple[FigmaNode, ...] = ()
