"""Pictures that are laid over what they were made of: blurred backdrops, linear burns.

SVG's filters cannot see what lies below, and CSS has no linear burn. So all that was painted up to here is drawn again,
within that area alone, with what comes now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from renderer.displaylist import (
    Area,
    BlurBackdrop,
    Command,
    DrawNoise,
    FillArea,
    MaskSource,
    Paint,
    Pop,
    PushClip,
    SolidPaint,
)
from renderer.draw.svg.areas import clip_of, head
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.markup import wrapped
from renderer.draw.svg.pictures import picture, rasterised
from renderer.draw.svg.sheet import Place, Sheet
from renderer.draw.svg.structure import OUTSIDE
from renderer.exceptions import LimitError
from renderer.geometry import IDENTITY, Matrix, Rect
from renderer.limits import MAX_REPLAYED_COMMANDS
from renderer.scene import BlendMode

_LOOKS = 32  # at commands that cost what it costs to draw one of them again


def burns(paints: Sequence[Paint]) -> bool:
    return any(paint.blend is BlendMode.LINEAR_BURN for paint in paints)


def burnt(bounds: Rect, within: Within, sheet: Sheet) -> Iterator[Leaf]:
    """What the command that is written now, with all in it, makes of what lies below. ``bounds``: page coordinates."""
    rasterised("LINEAR_BURN", sheet)
    yield from _replayed(bounds, within, sheet)


def burnt_box(bounds: Rect, sheet: Sheet) -> Iterator[Leaf]:
    """The same, of all of the bounds."""
    yield from burnt(bounds, _box(bounds, sheet), sheet)


def blur_backdrop(command: BlurBackdrop, sheet: Sheet) -> Iterator[Leaf]:
    rasterised("background blur", sheet)
    yield from _replayed(command.bounds, within_area(command.area, command.matrix, sheet), sheet)


def grained(command: DrawNoise, sheet: Sheet) -> Iterator[Leaf]:
    """Noise on what holds noise already."""
    rasterised("noise upon noise", sheet)
    yield from _replayed(command.bounds, _box(command.bounds, sheet), sheet)


class Within(Struct, frozen=True, gc=False):
    """Where a picture shows. ``heads``: beginnings of tags, in that place; ``clips``: the same for a ``clipPath``."""

    heads: Sequence[str]
    clips: Sequence[str]
    place: Place


def within_area(area: Area, matrix: Matrix, sheet: Sheet) -> Within:
    place = sheet.place(matrix)
    return Within([head(area, place, sheet)], [head(area, place, sheet, clips=True)], place)


def _box(bounds: Rect, sheet: Sheet) -> Within:
    box = [f"<rect{sheet.box(sheet.on_view(bounds))}"]
    return Within(box, box, Place(0.0, 0.0, ""))


def _replayed(bounds: Rect, within: Within, sheet: Sheet) -> Iterator[Leaf]:
    commands, end = sheet.display_list.commands, max(sheet.structure.ends[sheet.index], sheet.index) + 1
    seen = picture([*_ground(sheet), *_backdrop(bounds, sheet), *commands[sheet.index : end]], bounds, sheet)
    if seen is None:
        return
    if seen.opaque:
        yield Leaf(wrapped(seen.element, f' clip-path="url(#{clip_of(within.clips, within.place, sheet)})"'))
        return
    mask = sheet.mask(sheet.view, _filled(within, "#fff", f' stroke="#fff" stroke-width="{_overlap(sheet)}"'))
    yield Leaf(wrapped(seen.element, f' mask="url(#{mask})"'), erases=_filled(within, "#000"))


def _filled(within: Within, colour: str, more: str = "") -> str:
    return "".join([f'{each} fill="{colour}"{more}{within.place.transform}/>' for each in within.heads if each])


def _overlap(sheet: Sheet) -> str:
    """A pixel around what was taken away, whose smoothed edge would otherwise be seen: the picture shows there too what
    was there before."""
    return sheet.numbers.length(2.0 / sheet.scale)


def _ground(sheet: Sheet) -> list[Command]:
    """The background, which is no command, where it is seen."""
    colour, shown = sheet.display_list.background, sheet.display_list.bounds
    if colour is None or _layer(sheet) != OUTSIDE:
        return []
    everywhere = shown.outset(max(sheet.view.width, sheet.view.height))
    return [FillArea(everywhere, IDENTITY, (SolidPaint(colour),), everywhere)]


def _backdrop(bounds: Rect, sheet: Sheet) -> list[Command]:
    """All that was painted into the layer so far and meets ``bounds``, with the clips that are open."""
    commands, ends = sheet.display_list.commands, sheet.structure.ends
    found: list[Command] = []
    at, looks = _layer(sheet) + 1, 0
    while at < sheet.index:
        looks += 1
        command, end = commands[at], ends[at]
        if end >= sheet.index:  # a clip that is still open
            end = at
        elif isinstance(command, Pop | MaskSource) or not command.bounds.meets(bounds):
            at = max(end, at) + 1
            continue
        end = max(end, at) + 1
        found += commands[at:end]
        at = end
    _count(len(found) + looks // _LOOKS, sheet)
    return found


def _layer(sheet: Sheet) -> int:
    """The index of what opened the layer that is painted into now: a clip is none."""
    commands, sections = sheet.display_list.commands, sheet.structure.sections
    section = sections[sheet.index]
    while section != OUTSIDE and isinstance(commands[section], PushClip):
        section = sections[section]
    return section


def _count(replayed: int, sheet: Sheet) -> None:
    sheet.replayed_commands += replayed
    if sheet.replayed_commands > MAX_REPLAYED_COMMANDS:
        raise LimitError(
            f"Blurred backdrops and linear burns lie over more than {MAX_REPLAYED_COMMANDS} things, which is the limit "
            "for SVG. Ask for a part of the document with `node`, or for a PNG.",
            code="limit-rasterised",
        )
