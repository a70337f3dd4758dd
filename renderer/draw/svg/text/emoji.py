"""Glyphs with colours of their own, as pictures: each once, at one of a few sizes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from renderer.displaylist import FillGlyphs, Paint, SolidPaint
from renderer.draw.raster import rasterise
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.pictures.burns import burns, burnt_box
from renderer.draw.svg.pictures.images import address
from renderer.draw.svg.pictures.picture import count_pixels
from renderer.draw.svg.sheet import Sheet
from renderer.draw.svg.syntax.numbers import coefficient, transformation
from renderer.geometry import IDENTITY, Colour, Matrix, Rect
from renderer.text import GlyphRun
from renderer.text.outlines import font_of

_ENLARGEMENT: Final = 4.0
_LEAST_PX, _MOST_PX = 32, 256  # to the em; the bitmaps of fonts have some 128
_OPAQUE: Final = SolidPaint(Colour(0.0, 0.0, 0.0))


def fill_emoji(command: FillGlyphs, sheet: Sheet) -> Iterator[Leaf]:
    if burns(command.paints[:1]):
        yield from burnt_box(command.bounds, sheet)
        return
    run, size = command.run, _size(command, sheet)
    placed = [
        _placed(glyph, Matrix.translation(x, y), command, size, sheet)
        for glyph, (x, y) in zip(run.glyphs, run.positions, strict=True)
    ]
    paint = command.paints[0]
    yield Leaf("".join(placed), "", opacity_of(paint), paint.blend)


def opacity_of(paint: Paint) -> float:
    return paint.colour.a if isinstance(paint, SolidPaint) else paint.opacity


def _size(command: FillGlyphs, sheet: Sheet) -> int:
    """Pixels to the em: a power of two, so that a glyph has few pictures."""
    wanted = command.run.size * command.matrix.stretch * sheet.scale * _ENLARGEMENT
    return 1 << math.ceil(math.log2(min(max(wanted, _LEAST_PX), _MOST_PX)))


def _placed(glyph: int, place: Matrix, command: FillGlyphs, size: int, sheet: Sheet) -> str:
    picture = _picture(glyph, command.run, size, sheet)
    if not picture:
        return ""
    matrix = sheet.moved(command.matrix @ place @ Matrix.scaling(command.run.size / size, command.run.size / size))
    return f'<use xlink:href="#{picture}" transform="{transformation(matrix)}"/>'


def _picture(glyph: int, run: GlyphRun, size: int, sheet: Sheet) -> str:
    """The id of an image in pixels, its origin on the baseline; '' where the glyph shows nothing."""
    key = (id(run.face), run.skew, run.stretch, glyph, size)
    known = sheet.images.get(key)
    if known is None:
        alone = replace(run, size=float(size), glyphs=(glyph,), positions=((0.0, 0.0),), characters=("",))
        known = sheet.images[key] = _drawn(alone, sheet)
    return known


def _drawn(run: GlyphRun, sheet: Sheet) -> str:
    _, (box,) = font_of(run).getWidthsBounds(list(run.glyphs))
    left, top = math.floor(box.left()) - 1, math.floor(box.top()) - 1
    area = Rect(left, top, math.ceil(box.right()) + 1 - left, math.ceil(box.bottom()) + 1 - top)
    count_pixels(int(area.width * area.height), sheet)
    command = FillGlyphs(run, IDENTITY, (_OPAQUE,), area)
    pixels = rasterise(sheet.display_list, [command], area, 1.0, warnings=sheet.warnings)
    if not pixels[..., 3].any():
        return ""
    at = f' x="{coefficient(area.x)}" y="{coefficient(area.y)}" width="{coefficient(area.width)}"'
    source = f' preserveAspectRatio="none" xlink:href="{address(pixels)}"'
    return sheet.define("image", f'{at} height="{coefficient(area.height)}"{source}', "")
