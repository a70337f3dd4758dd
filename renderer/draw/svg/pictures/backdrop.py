"""What was painted below the command that is written now, as far as it can be seen in one place."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from renderer.displaylist import (
    BlurBackdrop,
    Command,
    FillArea,
    MaskSource,
    Pop,
    PushClip,
    PushGroup,
    PushMasked,
    SolidPaint,
)
from renderer.draw.svg.pictures.picture import FINER, count_pixels
from renderer.draw.svg.sheet import Sheet, Whole
from renderer.draw.svg.structure import OUTSIDE
from renderer.exceptions import LimitError
from renderer.geometry import IDENTITY, Rect
from renderer.limits import MAX_REPLAYED_COMMANDS

_LOOKS: Final = 64  # at things that cost what it costs to draw one of them again
_LAYERS: Final = (BlurBackdrop, PushGroup, PushMasked)
_PIXEL_SHARE: Final = 0.25  # what drawing a pixel of a layer again costs, of what a pixel of a picture does


def backdrop(bounds: Rect, sheet: Sheet) -> list[Command]:
    """All that was painted into the layer so far and meets ``bounds`` (page coordinates), with the clips that are open.
    Raises :class:`LimitError` where that is too much, all backdrops taken together."""
    commands = sheet.display_list.commands
    sections = _open_sections(sheet)
    found = _ground(sheet) if sections[0] == OUTSIDE else []
    looks, pixels = 0, 0.0
    for section, end in zip(sections, [*sections[1:], sheet.index], strict=True):
        items = _items(section, sheet)
        before = bisect_left(items, end, key=_start)
        looks += before
        for item in _meeting(items[:before], bounds):
            found += commands[item[4] : item[5]]
            if isinstance(commands[item[4]], _LAYERS):
                pixels += _overlap(item, bounds)
        if end != sheet.index:
            found.append(commands[end])
    _count(len(found) + looks // _LOOKS, sheet)
    count_pixels(round(pixels * (FINER * sheet.scale) ** 2 * _PIXEL_SHARE), sheet)
    return found


def _open_sections(sheet: Sheet) -> list[int]:
    """What the layer that is painted into is opened by, and the clips that are open in it: a clip is no layer."""
    commands, sections = sheet.display_list.commands, sheet.structure.sections
    found = [sections[sheet.index]]
    while found[-1] != OUTSIDE and isinstance(commands[found[-1]], PushClip):
        found.append(sections[found[-1]])
    return found[::-1]


def _ground(sheet: Sheet) -> list[Command]:
    """The background, which is no command."""
    colour, shown = sheet.display_list.background, sheet.display_list.bounds
    if colour is None:
        return []
    everywhere = shown.outset(max(sheet.view.width, sheet.view.height))
    return [FillArea(everywhere, IDENTITY, (SolidPaint(colour),), everywhere)]


def _items(section: int, sheet: Sheet) -> list[Whole]:
    """The commands and the whole groups right in a section, looked up once."""
    known = sheet.items.get(section)
    if known is None:
        known = sheet.items[section] = _looked_up(section, sheet)
    return known


def _looked_up(section: int, sheet: Sheet) -> list[Whole]:
    commands, ends = sheet.display_list.commands, sheet.structure.ends
    found: list[Whole] = []
    at = section + 1
    while at < len(commands):
        command = commands[at]
        if isinstance(command, Pop | MaskSource):
            break
        end = max(ends[at], at) + 1
        bounds = command.bounds
        found.append((bounds.x, bounds.y, bounds.right, bounds.bottom, at, end))
        at = end
    return found


def _start(item: Whole) -> int:
    return item[4]


def _meeting(items: list[Whole], bounds: Rect) -> list[Whole]:
    left, top, right, bottom = bounds.x, bounds.y, bounds.right, bounds.bottom
    return [item for item in items if item[0] <= right and item[2] >= left and item[1] <= bottom and item[3] >= top]


def _overlap(item: Whole, bounds: Rect) -> float:
    left, top, right, bottom, *_ = item
    across = min(right, bounds.right) - max(left, bounds.x)
    return across * (min(bottom, bounds.bottom) - max(top, bounds.y))


def _count(replayed: int, sheet: Sheet) -> None:
    sheet.replayed_commands += replayed
    if sheet.replayed_commands > MAX_REPLAYED_COMMANDS:
        raise LimitError(
            f"Blurred backdrops and linear burns lie over more than {MAX_REPLAYED_COMMANDS} things, which is the limit "
            "for SVG. Ask for a part of the document with `node`, or for a PNG.",
            code="limit-rasterised",
        )
