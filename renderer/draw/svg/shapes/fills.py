"""Filled areas, and strokes, which are areas too unless a pen can draw them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from renderer.displaylist import FillArea, Pen, StrokeCap, StrokeJoin, bounds_of
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.pictures.burns import burns, burnt, within_area
from renderer.draw.svg.shapes.areas import clip, head, outside
from renderer.draw.svg.shapes.paints import Elements, has_server, painted
from renderer.draw.svg.sheet import Sheet, UserSpace
from renderer.draw.svg.syntax.numbers import coefficient
from renderer.geometry.outline import path_of

_JOINS: Final = {StrokeJoin.BEVEL: "bevel", StrokeJoin.ROUND: "round"}
_CAPS: Final = {StrokeCap.ROUND: "round", StrokeCap.SQUARE: "square"}
_MITER_LIMIT: Final = 4.0  # what SVG takes where nothing is said


def fill_area(command: FillArea, sheet: Sheet) -> Iterator[Leaf]:
    if burns(command.paints):
        yield from burnt(command.bounds, within_area(command.area, command.matrix, sheet), sheet)
        return
    outline = _outline(command, sheet)
    if outline.heads:
        yield from painted(outline, command.paints, _cut(command, sheet), sheet)


def _outline(command: FillArea, sheet: Sheet) -> Elements:
    place = sheet.place(command.matrix)
    pen = command.pen if sheet.options.simplify_stroke and all(map(has_server, command.paints)) else None
    if pen is not None:
        drawn = _pen(pen, place, sheet)
        return Elements([drawn] if drawn else [], (), place, command.matrix, command.bounds, stroke=True)
    filled = "" if bounds_of(command.area).is_empty else head(command.area, place, sheet)
    clips = [head(command.area, place, sheet, clips=True)]
    return Elements([filled] if filled else [], clips, place, command.matrix, command.bounds)


def _pen(pen: Pen, place: UserSpace, sheet: Sheet) -> str:
    # An engine begins an ellipse elsewhere than its path does, and the dashes with it.
    along = head(path_of(pen.path) if pen.dashes else pen.path, place, sheet)
    return f"{along}{_pen_attributes(pen, sheet)}" if along else ""


def _pen_attributes(pen: Pen, sheet: Sheet) -> str:
    length = sheet.numbers.length
    said = "" if pen.weight == 1 else f' stroke-width="{length(pen.weight)}"'
    if pen.join in _JOINS:
        said += f' stroke-linejoin="{_JOINS[pen.join]}"'
    elif pen.miter_limit != _MITER_LIMIT:
        said += f' stroke-miterlimit="{coefficient(max(1.0, pen.miter_limit))}"'
    if pen.cap in _CAPS:
        said += f' stroke-linecap="{_CAPS[pen.cap]}"'
    if pen.dashes:
        said += f' stroke-dasharray="{" ".join([length(dash) for dash in pen.dashes])}"'
    return said


def _cut(command: FillArea, sheet: Sheet) -> str:
    cut = command.cut
    if cut is None:
        return ""
    if cut.inside:
        return f' clip-path="url(#{clip(cut.area, command.matrix, sheet)})"'
    return outside(cut.area, command.matrix, command.bounds, sheet)
