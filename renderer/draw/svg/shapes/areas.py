"""Areas as elements: the beginning of a tag, without what it is painted with and without its end."""

from __future__ import annotations

from collections.abc import Sequence

from renderer.displaylist import Area, Band, bounds_of
from renderer.draw.svg.sheet import Sheet, UserSpace
from renderer.draw.svg.syntax.pathdata import path_data
from renderer.geometry import Matrix, PathData, Rect, RoundRect
from renderer.geometry.outline import append_outline, path_of
from renderer.geometry.path import PathBuilder


def head(area: Area, place: UserSpace, sheet: Sheet, *, clips: bool = False) -> str:
    """'' for an area that holds nothing. ``clips``: it is for a ``clipPath``, where the winding rule has another name.
    The transform of the place is not in it."""
    match area:
        case Rect():
            return _rect(area, place, sheet)
        case RoundRect():
            return _round_rect(area, place, sheet)
        case Band():
            return _path(between(area), place, sheet, clips=clips)
        case PathData():
            return _path(area, place, sheet, clips=clips)


def between(band: Band) -> PathData:
    """A band as one path."""
    built = PathBuilder()
    append_outline(built, band.outer)
    if band.inner is not None:
        append_outline(built, band.inner)
    return built.build(even_odd=True)


def without(whole: Rect, hole: Rect | RoundRect | PathData) -> PathData:
    """A box with a hole. Exact where no part of the hole lies over another."""
    built = PathBuilder()
    append_outline(built, whole)
    around, outline = built.build(), path_of(hole)
    return PathData(
        around.verbs + outline.verbs, around.points + outline.points, around.weights + outline.weights, even_odd=True
    )


def clip(area: Area, matrix: Matrix, sheet: Sheet) -> str:
    """The id of a ``clipPath`` of the area, in the coordinates of the picture."""
    place = sheet.place(matrix)
    return clip_of([head(area, place, sheet, clips=True)], place, sheet)


def clip_of(heads: Sequence[str], place: UserSpace, sheet: Sheet, *, within: str = "") -> str:
    """The id of a ``clipPath`` of several elements. ``within``: the id of another one, of which it is a part."""
    attributes = f' clip-path="url(#{within})"' if within else ""
    return sheet.define("clipPath", attributes, "".join([f"{each}{place.transform}/>" for each in heads if each]))


def outside(area: Rect | RoundRect | PathData, matrix: Matrix, bounds: Rect, sheet: Sheet) -> str:
    """An attribute that lets through what lies within ``bounds`` (page coordinates) and outside of the area."""
    region = sheet.on_view(bounds.outset(1.0))
    if isinstance(area, PathData) or not matrix.is_translation:
        return f' mask="url(#{_cut_out(area, matrix, region, sheet)})"'
    place = sheet.place(matrix)
    local = Rect(region.x - place.dx, region.y - place.dy, region.width, region.height)
    around = local.union(bounds_of(area).outset(1.0))
    return f' clip-path="url(#{clip_of([head(without(around, area), place, sheet, clips=True)], place, sheet)})"'


def _cut_out(area: Rect | RoundRect | PathData, matrix: Matrix, region: Rect, sheet: Sheet) -> str:
    """A path may lie over itself, so that a mask says it best: white, and the path in black over it."""
    place = sheet.place(matrix)
    hole = head(area, place, sheet)
    black = f'{hole} fill="#000"{place.transform}/>' if hole else ""
    return sheet.mask(region, f'<rect{sheet.box(region)} fill="#fff"/>{black}')


def _rect(rect: Rect, place: UserSpace, sheet: Sheet) -> str:
    if rect.is_empty:
        return ""
    return f"<rect{sheet.box(Rect(rect.x + place.dx, rect.y + place.dy, rect.width, rect.height))}"


def _round_rect(area: RoundRect, place: UserSpace, sheet: Sheet) -> str:
    across, down = area.radii[0], area.radii[1]
    if any(area.radii[corner] != across or area.radii[corner + 1] != down for corner in range(2, 8, 2)):
        return _path(path_of(area), place, sheet, clips=False)
    if area.is_ellipse:
        return _ellipse(area.rect, place, sheet)
    ry = "" if across == down else f' ry="{sheet.numbers.length(down)}"'
    return f'{_rect(area.rect, place, sheet)} rx="{sheet.numbers.length(across)}"{ry}'


def _ellipse(rect: Rect, place: UserSpace, sheet: Sheet) -> str:
    length = sheet.numbers.length
    across, down = length(rect.width / 2), length(rect.height / 2)
    centre = f'cx="{length(rect.x + place.dx + rect.width / 2)}" cy="{length(rect.y + place.dy + rect.height / 2)}"'
    if across == down:
        return f'<circle {centre} r="{across}"'
    return f'<ellipse {centre} rx="{across}" ry="{down}"'


def _path(path: PathData, place: UserSpace, sheet: Sheet, *, clips: bool) -> str:
    data = path_data(path, place.dx, place.dy, sheet.numbers)
    if not data:
        return ""
    rule = f' {"clip" if clips else "fill"}-rule="evenodd"' if path.even_odd else ""
    return f'<path{rule} d="{data}"'
