"""Glyphs as outlines: one path for each line of a run. A glyph is traced once and then only moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from renderer.displaylist import FillGlyphs
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.pictures.burns import Within, burns, burnt
from renderer.draw.svg.shapes.paints import Elements, painted
from renderer.draw.svg.sheet import Sheet, UserSpace
from renderer.draw.svg.syntax.pathdata import Traced, started, traced
from renderer.geometry.skiapath import from_skia
from renderer.text import GlyphRun
from renderer.text.outlines import emboldened, font_of

_NOTHING: Final = (0, 0, "")


def fill_outlines(command: FillGlyphs, sheet: Sheet) -> Iterator[Leaf]:
    place = sheet.place(command.matrix)
    heads = [f'<path d="{line}"' for line in _lines(command.run, place, sheet)]
    if burns(command.paints):
        yield from burnt(command.bounds, Within(heads, heads, place), sheet)
    elif heads:
        outline = Elements(heads, heads, place, command.matrix, command.bounds)
        yield from painted(outline, command.paints, "", sheet)


def _lines(run: GlyphRun, place: UserSpace, sheet: Sheet) -> Iterator[str]:
    """The path data of each line."""
    font, numbers = font_of(run), sheet.numbers
    line: list[str] = []
    baseline: float | None = None
    for glyph, (x, y) in zip(run.glyphs, run.positions, strict=True):
        if y != baseline and line:
            yield "".join(line)
            line = []
        baseline = y
        outline = _traced(glyph, run, font, sheet)
        if outline[2]:
            line.append(started(outline, x + place.dx, y + place.dy, numbers))
    if line:
        yield "".join(line)


def _traced(glyph: int, run: GlyphRun, font: Any, sheet: Sheet) -> Traced:
    key = (id(run.face), run.size, run.skew, run.stretch, run.embolden, glyph)
    known = sheet.glyphs.get(key)
    if known is None:
        path = font.getPath(glyph)
        outline = _NOTHING if path is None else traced(from_skia(emboldened(path, run)), sheet.numbers)
        known = sheet.glyphs[key] = outline
    return known
