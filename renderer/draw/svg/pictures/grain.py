"""Noise, as a pattern of the very squares that the picture has."""

from __future__ import annotations

from typing import Final

from renderer.displaylist import DrawNoise
from renderer.draw.canvas.noise import LEAST_SIZE, SIDE, tile
from renderer.draw.svg.groups.tags import alpha_mask
from renderer.draw.svg.pictures.images import address
from renderer.draw.svg.pictures.picture import count_pixels
from renderer.draw.svg.sheet import Sheet
from renderer.draw.svg.syntax.markup import wrapped
from renderer.geometry import Rect

# The first is what engines of SVG 1.1 know.
_HARD_EDGES: Final = ' image-rendering="optimizeSpeed" style="image-rendering:pixelated"'


def grain(command: DrawNoise, content: str, sheet: Sheet) -> str:
    """``content``: the id of what it lies on."""
    place = sheet.place(command.matrix)
    mask = alpha_mask(f'<use xlink:href="#{content}"/>', sheet.on_view(command.bounds), sheet)
    box = Rect(command.box.x + place.dx, command.box.y + place.dy, command.box.width, command.box.height)
    drawn = f'<rect{sheet.box(box)} fill="url(#{_pattern(command, place.dx, place.dy, sheet)})"{place.transform}/>'
    return wrapped(drawn, f' mask="url(#{mask})"')


def _pattern(command: DrawNoise, dx: float, dy: float, sheet: Sheet) -> str:
    count_pixels(SIDE * SIDE, sheet)
    side = SIDE * max(command.noise.size, LEAST_SIZE)
    at = f"{sheet.box(Rect(dx, dy, side, side))}"
    square = sheet.box(Rect(0.0, 0.0, side, side))
    image = f'<image{square} preserveAspectRatio="none"{_HARD_EDGES} xlink:href="{address(tile(command.noise))}"/>'
    return sheet.define("pattern", f'{at} patternUnits="userSpaceOnUse"', image)
