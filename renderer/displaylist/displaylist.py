"""A whole display list."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from renderer.displaylist.commands import Command
from renderer.geometry import Colour, Rect


class Span(Struct, frozen=True, gc=False):
    """``commands[start:end]`` paint one node of the document and all in it. Spans nest; they are in the order of
    ``start``, outer ones first. A node that paints nothing in the picture has none."""

    node: str
    name: str
    start: int
    end: int


class Link(Struct, frozen=True, gc=False):
    """A part of the page that leads to an address."""

    bounds: Rect
    url: str


class DisplayList(Struct, frozen=True):
    """``bounds``: the part of the page that the picture shows. ``scale``: device pixels per document pixel that it was
    lowered for; it decides how finely curves are flattened and which blurs nobody would see. ``title``: the name of
    what it shows."""

    bounds: Rect
    scale: float
    background: Colour | None
    commands: tuple[Command, ...]
    spans: tuple[Span, ...] = ()
    links: tuple[Link, ...] = ()
    title: str = ""

    def over(self, background: Colour | None) -> DisplayList:
        """The same list on another ground; None: on its own."""
        return self if background is None else replace(self, background=background)
