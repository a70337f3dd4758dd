"""Shadows of plain areas. A sharp one is an area. Of a blurred one the blur is a picture, and a coarse one will do: what
is cut by an edge is cut by an outline."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from renderer.displaylist import CastInnerShadow, CastShadow, Cut
from renderer.draw.pdf.areas import clip_operators, cut_operators
from renderer.draw.pdf.colours import components
from renderer.draw.pdf.content import Content
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.imageplace import draw_image
from renderer.draw.pdf.paths import outline, rule
from renderer.draw.pdf.pictures import covered, on_grid
from renderer.draw.pdf.samples import Samples
from renderer.draw.pdf.states import graphics_state
from renderer.geometry import IDENTITY, Colour, Matrix, PathData, Rect, RoundRect
from renderer.geometry.roundrect import grown
from renderer.scene import BlendMode

_SHARP_PX: Final = 0.03  # a blur that nobody sees
_BLACK: Final = Colour(0.0, 0.0, 0.0)
Simple = Rect | RoundRect | PathData


def cast_shadow(command: CastShadow, content: Content, drawing: Drawing) -> None:
    content.write("q")
    if not command.opaque and not command.behind:
        cut = Cut(command.area, inside=False)
        content.write(*cut_operators(cut, command.matrix, drawing.box(command.bounds), content, drawing))
    if _is_area(command.area, command.spread, command.sigma, command.matrix, drawing):
        cast = _grown(command.area, command.spread)
        if cast is not None:
            _fill(cast, command, content, drawing)
    else:
        drawing.warn_rasterised("a blurred shadow")
        _lay(command, *_blur(command, drawing.seen(command.bounds), drawing), content, drawing)
    content.write("Q")


def cast_inner_shadow(command: CastInnerShadow, content: Content, drawing: Drawing) -> None:
    """The shadow is wherever the hole's own shadow is not."""
    hole = _hole(command)
    content.write("q", clip_operators(command.area, command.matrix, drawing))
    if _is_area(hole.area, hole.spread, hole.sigma, hole.matrix, drawing):
        _fill_around(hole, command, content, drawing)
    else:
        drawing.warn_rasterised("a blurred shadow")
        blurred, area = _blur(hole, drawing.seen(command.bounds), drawing)
        _lay(command, 255 - blurred, area, content, drawing)
    content.write("Q")


def _hole(command: CastInnerShadow) -> CastShadow:
    return CastShadow(
        command.area,
        command.matrix,
        command.offset,
        -command.spread,
        command.sigma,
        _BLACK,
        BlendMode.NORMAL,
        opaque=False,
        behind=True,
        bounds=command.bounds,
    )


def _is_area(area: Simple, spread: float, sigma: float, matrix: Matrix, drawing: Drawing) -> bool:
    """Whether it is sharp, and of an area whose grown outline is known."""
    return sigma * matrix.stretch * drawing.scale <= _SHARP_PX and (not spread or not isinstance(area, PathData))


def _grown(area: Simple, spread: float) -> Simple | None:
    return area if not spread or isinstance(area, PathData) else grown(area, spread)


def _moved(command: CastShadow, drawing: Drawing) -> Matrix:
    """From the area to where its shadow falls, in the picture's coordinates."""
    return drawing.placed(Matrix.translation(command.offset.x, command.offset.y) @ command.matrix)


def _fill(cast: Simple, command: CastShadow, content: Content, drawing: Drawing) -> None:
    path = outline(cast, _moved(command, drawing), drawing.tolerance(command.matrix))
    if path:
        _set_colour(command, content, drawing)
        content.write(f"{path}\nf{rule(cast)}")


def _fill_around(hole: CastShadow, command: CastInnerShadow, content: Content, drawing: Drawing) -> None:
    cast = _grown(hole.area, hole.spread)
    box = drawing.box(command.bounds)
    if cast is not None:
        moved = Matrix.translation(hole.offset.x, hole.offset.y) @ hole.matrix
        content.write(*cut_operators(Cut(cast, inside=False), moved, box, content, drawing))
    _set_colour(command, content, drawing)
    content.write(f"{outline(box, IDENTITY, 0.0)}\nf")


def _set_colour(command: CastShadow | CastInnerShadow, content: Content, drawing: Drawing) -> None:
    state = graphics_state(content, drawing.objects, alpha=command.colour.a, blend=command.blend)
    content.write(*([state] if state else []), f"{components(command.colour, grey=content.grey)} rg")


def _blur(command: CastShadow, area: Rect, drawing: Drawing) -> tuple[Samples, Rect]:
    """How much of each place the whole shadow covers, and where."""
    sigma = command.sigma * command.matrix.stretch
    resolution = drawing.pictures.resolution(area, sigma)
    area = on_grid(area, resolution, drawing.display_list.bounds)
    alone = replace(command, opaque=False, behind=True, colour=_BLACK, blend=BlendMode.NORMAL)
    pixels = drawing.pictures.pixels((alone,), area, resolution)
    return pixels[..., 3], covered(area, resolution, pixels)


def _lay(
    command: CastShadow | CastInnerShadow, coverage: Samples, area: Rect, content: Content, drawing: Drawing
) -> None:
    state = graphics_state(content, drawing.objects, alpha=command.colour.a, blend=command.blend)
    image = drawing.images.tint(command.colour, coverage, grey=content.grey)
    content.write(*([state] if state else []), draw_image(image, drawing.moved(area), IDENTITY, content))
