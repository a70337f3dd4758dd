"""Pictures that are laid over what they were made of: blurred backdrops, linear burns.

SVG's filters cannot see what lies below, and CSS has no linear burn. So all that was painted up to here is drawn again,
within that area alone, with what comes now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from renderer.displaylist import (
    Area,
    BlendMode,
    BlurBackdrop,
    DrawNoise,
    Paint,
)
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.pictures.backdrop import backdrop
from renderer.draw.svg.pictures.picture import picture, rasterised
from renderer.draw.svg.shapes.areas import clip_of, head
from renderer.draw.svg.sheet import Sheet, UserSpace
from renderer.draw.svg.syntax.markup import wrapped
from renderer.geometry import Matrix, Rect

_MARGIN_PX: Final = 1.0


def burns(paints: Sequence[Paint]) -> bool:
    return any(paint.blend is BlendMode.LINEAR_BURN for paint in paints)


def burnt(bounds: Rect, within: Within, sheet: Sheet) -> Iterator[Leaf]:
    """What the command that is written now, with all in it, makes of what lies below. ``bounds``: page coordinates."""
    rasterised("a linear burn", sheet)
    yield from _replayed(bounds, within, sheet)


def burnt_box(bounds: Rect, sheet: Sheet) -> Iterator[Leaf]:
    """The same, of all of the bounds."""
    yield from burnt(bounds, _box(bounds, sheet), sheet)


def blur_backdrop(command: BlurBackdrop, sheet: Sheet) -> Iterator[Leaf]:
    rasterised("a background blur", sheet)
    yield from _replayed(command.bounds, within_area(command.area, command.matrix, sheet), sheet)


def grained(command: DrawNoise, sheet: Sheet) -> Iterator[Leaf]:
    """Noise on what holds noise already."""
    rasterised("noise upon noise", sheet)
    yield from _replayed(command.bounds, _box(command.bounds, sheet), sheet)


class Within(Struct, frozen=True, gc=False):
    """Where a picture shows. ``heads``: beginnings of tags, in that place; ``clips``: the same for a ``clipPath``."""

    heads: Sequence[str]
    clips: Sequence[str]
    place: UserSpace


def within_area(area: Area, matrix: Matrix, sheet: Sheet) -> Within:
    place = sheet.place(matrix)
    return Within([head(area, place, sheet)], [head(area, place, sheet, clips=True)], place)


def _box(bounds: Rect, sheet: Sheet) -> Within:
    box = [f"<rect{sheet.box(sheet.on_view(bounds))}"]
    return Within(box, box, UserSpace(0.0, 0.0, ""))


def _replayed(bounds: Rect, within: Within, sheet: Sheet) -> Iterator[Leaf]:
    commands, end = sheet.display_list.commands, max(sheet.structure.ends[sheet.index], sheet.index) + 1
    margin = _MARGIN_PX / sheet.scale
    below = backdrop(bounds.outset(margin), sheet)
    seen = picture([*below, *commands[sheet.index : end]], bounds, sheet, margin=margin)
    if seen is None:
        return
    if seen.opaque:
        yield Leaf(wrapped(seen.element, f' clip-path="url(#{clip_of(within.clips, within.place, sheet)})"'))
        return
    mask = sheet.mask(sheet.view, _filled(within, "#fff", sheet))
    yield Leaf(wrapped(seen.element, f' mask="url(#{mask})"'), erases=_filled(within, "#000", sheet))


def _filled(within: Within, colour: str, sheet: Sheet) -> str:
    """With hard edges: two smoothed ones would let the ground through between them. A pixel further out nobody sees
    them: there the picture shows what was there before."""
    width = sheet.numbers.length(2 * _MARGIN_PX / sheet.scale)
    edge = f' stroke="{colour}" stroke-width="{width}" shape-rendering="crispEdges"'
    return "".join([f'{each} fill="{colour}"{edge}{within.place.transform}/>' for each in within.heads if each])
