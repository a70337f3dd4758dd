"""Glyph runs: as outlines, or as text."""

from __future__ import annotations

from collections.abc import Iterable

from renderer.displaylist import FillGlyphs
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.sheet import Sheet
from renderer.draw.svg.text.emoji import fill_emoji
from renderer.draw.svg.text.glyphs import fill_outlines
from renderer.draw.svg.text.livetext import joins, live_text


def fill_glyphs(command: FillGlyphs, sheet: Sheet) -> tuple[Iterable[Leaf], int]:
    """What is painted, and the index of the command that comes next."""
    if sheet.options.outline_text:
        fill = fill_emoji if command.run.colour_glyphs else fill_outlines
        return fill(command, sheet), sheet.index + 1
    runs = _one_text(command, sheet)
    return live_text(runs, sheet), sheet.index + len(runs)


def _one_text(first: FillGlyphs, sheet: Sheet) -> list[FillGlyphs]:
    """The command that is written now and those after it that belong to the same text."""
    runs = [first]
    if joins(first):
        for index in range(sheet.index + 1, sheet.node_end):
            command = sheet.display_list.commands[index]
            if not isinstance(command, FillGlyphs) or command.matrix != first.matrix or not joins(command):
                break
            runs.append(command)
    return runs
