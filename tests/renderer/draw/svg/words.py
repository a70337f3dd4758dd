"""Texts as display lists."""

from __future__ import annotations

from functools import cache
from typing import Any

from renderer.displaylist import DisplayList, FillGlyphs
from renderer.fonts import FontProvider
from renderer.scene import Fill, SolidFill, TextBlock, TextRun, TextStyle
from tests.renderer.lower.drawing import BLACK, load_fonts, lowered, words


@cache
def fonts() -> FontProvider:
    return load_fonts()


def style(*fills: Fill, family: str = "Inter", size: float = 16, **more: Any) -> TextStyle:
    return TextStyle(family, size=size, fills=fills or (SolidFill(BLACK),), **more)


def text(characters: str, *fills: Fill, runs: tuple[TextRun, ...] = (), width: float = 90, **more: Any) -> DisplayList:
    """A text in a box at (5, 5) of a page of 100 x 100. ``runs``: of several styles; else ``more`` is of the style."""
    block = TextBlock(characters, runs or (TextRun(0, len(characters), style(*fills, **more)),))
    return lowered(words(block, width=width), fonts=fonts())


def runs(listed: DisplayList) -> list[FillGlyphs]:
    return [command for command in listed.commands if isinstance(command, FillGlyphs)]
