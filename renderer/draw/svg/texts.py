"""Glyph runs: as outlines, or as text."""

from __future__ import annotations

from collections.abc import Iterable

from renderer.displaylist import FillGlyphs
from renderer.draw.svg.emoji import fill_emoji
from renderer.draw.svg.glyphs import fill_outlines
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.sheet import Sheet


def fill_glyphs(command: FillGlyphs, sheet: Sheet) -> tuple[Iterable[Leaf], int]:
    """What is painted, and the index of the command that comes next."""
    return (fill_emoji if command.run.colour_glyphs else fill_outlines)(command, sheet), sheet.index + 1
