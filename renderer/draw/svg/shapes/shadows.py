"""Shadows of plain areas: the area itself, moved, grown and blurred."""

from __future__ import annotations

import math
from typing import Final

from renderer.displaylist import BlendMode, CastInnerShadow, CastShadow, bounds_of
from renderer.draw.svg.groups.filters import LEAST_SIGMA, SIGMAS, blur_only
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.shapes.areas import clip, head, outside, without
from renderer.draw.svg.sheet import Sheet, UserSpace
from renderer.draw.svg.syntax.numbers import rgb, share
from renderer.geometry import Matrix, PathData, Rect
from renderer.geometry.corners import grown

_Shadow = CastShadow | CastInnerShadow
_WHITE: Final = ' fill="#fff"'
_BLACK: Final = ' fill="#000"'


def cast_shadow(command: CastShadow, sheet: Sheet) -> Leaf | None:
    """Under what casts it, of which it shows nothing that would be covered or seen through."""
    area, place = command.area, _place(command, sheet)
    if isinstance(area, PathData):
        element = _grown_path(area, command, place, sheet)
    else:
        cast = grown(area, command.spread)
        element = (
            ""
            if cast is None
            else _element(head(cast, place, sheet), _paint(command), bounds_of(cast), command, place, sheet)
        )
    if not element:
        return None
    cut = "" if command.opaque or command.behind else outside(area, command.matrix, command.bounds, sheet)
    return Leaf(element, cut, 1.0, _blend(command, sheet))


def cast_inner_shadow(command: CastInnerShadow, sheet: Sheet) -> Leaf:
    area, place = command.area, _place(command, sheet)
    around = _around(command)
    if isinstance(area, PathData):
        element = _holed(around, area, command, place, sheet)
    else:
        hole = grown(area, -command.spread)
        frame = head(around if hole is None else without(around, hole), place, sheet)
        element = _element(frame, _paint(command), around, command, place, sheet)
    within = f' clip-path="url(#{clip(area, command.matrix, sheet)})"'
    return Leaf(element, within, 1.0, _blend(command, sheet))


def _place(command: _Shadow, sheet: Sheet) -> UserSpace:
    """Offsets are along the axes of the page, however the node is turned."""
    return sheet.place(Matrix.translation(command.offset.x, command.offset.y) @ command.matrix)


def _element(start: str, paint: str, bounds: Rect, command: _Shadow, place: UserSpace, sheet: Sheet) -> str:
    """``bounds``: of what is blurred, in the command's coordinates."""
    return f"{start}{paint}{_blur(bounds, command, place, sheet)}{place.transform}/>" if start else ""


def _paint(command: _Shadow) -> str:
    opacity = share(command.colour.a)
    return f' fill="{rgb(command.colour)}"' + ("" if opacity == "1" else f' fill-opacity="{opacity}"')


def _blur(bounds: Rect, command: _Shadow, place: UserSpace, sheet: Sheet) -> str:
    if command.sigma <= LEAST_SIGMA:
        return ""
    region = bounds.outset(SIGMAS * command.sigma + 1)
    moved = Rect(region.x + place.dx, region.y + place.dy, region.width, region.height)
    return f' filter="url(#{blur_only(command.sigma, moved, sheet)})"'


def _blend(command: _Shadow, sheet: Sheet) -> BlendMode:
    if command.blend is not BlendMode.LINEAR_BURN:
        return command.blend
    detail = "a shadow with LINEAR_BURN is drawn with COLOR_BURN"
    sheet.warnings.add("blend-mode-approximated", detail, sheet.node)
    return BlendMode.COLOR_BURN


def _around(command: CastInnerShadow) -> Rect:
    """A rectangle so large that its own blurred edge stays out of the area."""
    reach = 2 * SIGMAS * command.sigma + abs(command.spread) + 2
    back = command.matrix.inverse()
    if back is not None:
        moved = back.vector(command.offset)
        reach += math.hypot(moved.x, moved.y)
    return bounds_of(command.area).outset(reach)


# --- paths, which nobody can grow: a pen along the edge adds to them or takes away ------------------------------------


def _grown_path(area: PathData, command: CastShadow, place: UserSpace, sheet: Sheet) -> str:
    start, bounds = head(area, place, sheet), area.bounds
    if not start or not command.spread:
        return _element(start, _paint(command), bounds, command, place, sheet)
    if command.spread > 0:
        colour = rgb(command.colour)
        paint = f' fill="{colour}"{_edge(command.spread, colour, sheet)}{_opacity(command)}'
        return _element(start, paint, bounds.outset(4 * command.spread), command, place, sheet)
    mask = f"{start}{_WHITE}{_edge(command.spread, '#000', sheet)}/>"
    return _masked(start, bounds, mask, command, place, sheet)


def _holed(around: Rect, area: PathData, command: CastInnerShadow, place: UserSpace, sheet: Sheet) -> str:
    whole, hole = head(around, place, sheet), head(area, place, sheet)
    edge = _edge(command.spread, "#fff" if command.spread > 0 else "#000", sheet) if command.spread else ""
    mask = f"{whole}{_WHITE}/>" + (f"{hole}{_BLACK}{edge}/>" if hole else "")
    return _masked(whole, around, mask, command, place, sheet)


def _edge(spread: float, colour: str, sheet: Sheet) -> str:
    return f' stroke="{colour}" stroke-width="{sheet.numbers.length(2 * abs(spread))}"'


def _opacity(command: _Shadow) -> str:
    opacity = share(command.colour.a)
    return "" if opacity == "1" else f' opacity="{opacity}"'


def _masked(start: str, bounds: Rect, mask: str, command: _Shadow, place: UserSpace, sheet: Sheet) -> str:
    """What a mask leaves of an element, then blurred. ``bounds``: in the command's coordinates."""
    region = Rect(bounds.x + place.dx, bounds.y + place.dy, bounds.width, bounds.height).outset(1.0)
    made = sheet.mask(region, mask)
    inner = f'{start} fill="{rgb(command.colour)}" mask="url(#{made})"/>'
    return f"<g{_blur(bounds, command, place, sheet)}{_opacity(command)}{place.transform}>{inner}</g>"
