"""Shadows of plain areas. A sharp one is an area. Of a blurred one the blur is a picture, and a coarse one will do:
what is cut by an edge is cut by an outline."""

from __future__ import annotations

from functools import partial
from typing import Final

from msgspec.structs import replace

from renderer.displaylist import BlendMode, CastInnerShadow, CastShadow, Cut
from renderer.draw.pdf.clips import write_cut
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream
from renderer.draw.pdf.file.states import graphics_state
from renderer.draw.pdf.paint.colours import components
from renderer.draw.pdf.paint.imageplace import draw_image
from renderer.draw.pdf.paint.samples import Samples
from renderer.draw.pdf.paths import outline, rule
from renderer.draw.pdf.raster.pictures import covered, on_grid
from renderer.geometry import IDENTITY, Colour, Matrix, PathData, Rect, RoundRect
from renderer.geometry.corners import grown

_SHARP_PX: Final = 0.03  # a blur that nobody sees
_BLACK: Final = Colour(0.0, 0.0, 0.0)
Shadow = CastShadow | CastInnerShadow


def cast_shadow(command: CastShadow, content: ContentStream, drawing: Drawing) -> None:
    if drawing.seen(command.bounds).is_empty:
        return

    def paint(into: ContentStream) -> None:
        if _is_area(command, drawing):
            _fill(command, into, drawing)
        else:
            drawing.warn_rasterised("a blurred shadow")
            _lay(command, *_blur(command, drawing.seen(command.bounds), drawing), into, drawing)

    if command.opaque or command.behind:
        paint(content)
    else:
        cut = Cut(command.area, inside=False)
        write_cut(cut, command.matrix, drawing.box(command.bounds), paint, content, drawing)


def cast_inner_shadow(command: CastInnerShadow, content: ContentStream, drawing: Drawing) -> None:
    """The shadow is wherever the hole's own shadow is not."""
    if drawing.seen(command.bounds).is_empty:
        return
    hole = _hole(command)

    def paint(into: ContentStream) -> None:
        if _is_area(hole, drawing):
            _fill_around(hole, command, into, drawing)
        else:
            drawing.warn_rasterised("a blurred shadow")
            blurred, area = _blur(hole, drawing.seen(command.bounds), drawing)
            _lay(command, 255 - blurred, area, into, drawing)

    cut = Cut(command.area, inside=True)
    write_cut(cut, command.matrix, drawing.box(command.bounds), paint, content, drawing)


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


def _is_area(command: CastShadow, drawing: Drawing) -> bool:
    """Whether it is sharp, and of an area whose grown outline is known."""
    sharp = command.sigma * command.matrix.stretch * drawing.scale <= _SHARP_PX
    return sharp and (not command.spread or not isinstance(command.area, PathData))


def _grown(command: CastShadow) -> Rect | RoundRect | PathData | None:
    area = command.area
    return area if not command.spread or isinstance(area, PathData) else grown(area, command.spread)


def _moved(command: CastShadow) -> Matrix:
    """From the area to where its shadow falls, in page coordinates."""
    return Matrix.translation(command.offset.x, command.offset.y) @ command.matrix


def _fill(command: CastShadow, content: ContentStream, drawing: Drawing) -> None:
    cast = _grown(command)
    if cast is None:
        return
    path = outline(cast, drawing.placed(_moved(command)), drawing.tolerance(command.matrix), scale=drawing.scale)
    if path:
        _paint(command, f"{path}\nf{rule(cast)}", content, drawing)


def _fill_around(hole: CastShadow, command: CastInnerShadow, content: ContentStream, drawing: Drawing) -> None:
    cast, box = _grown(hole), drawing.box(command.bounds)
    body = f"{outline(box.outset(1.0), IDENTITY, 0.0)}\nf"
    if cast is None:
        _paint(command, body, content, drawing)
    else:
        paint = partial(_paint, command, body, drawing=drawing)
        write_cut(Cut(cast, inside=False), _moved(hole), box, paint, content, drawing)


def _paint(command: Shadow, body: str, content: ContentStream, drawing: Drawing) -> None:
    state = graphics_state(content, drawing.objects, alpha=command.colour.a, blend=command.blend)
    colour = f"{components(command.colour, grey=content.grey)} rg"
    content.write(*(["q", state, colour, body, "Q"] if state else [colour, body]))


def _blur(command: CastShadow, area: Rect, drawing: Drawing) -> tuple[Samples, Rect]:
    """How much of each place the whole shadow covers, and where."""
    sigma = command.sigma * command.matrix.stretch
    resolution = drawing.pictures.resolution(area, sigma)
    area = on_grid(area, resolution, drawing.display_list.bounds)
    alone = replace(command, opaque=False, behind=True, colour=_BLACK, blend=BlendMode.NORMAL)
    pixels = drawing.pictures.pixels((alone,), area, resolution)
    return pixels[..., 3], covered(area, resolution, pixels)


def _lay(command: Shadow, coverage: Samples, area: Rect, content: ContentStream, drawing: Drawing) -> None:
    image = drawing.images.tint(command.colour, coverage, grey=content.grey)
    _paint(command, draw_image(image, drawing.moved(area), content), content, drawing)
