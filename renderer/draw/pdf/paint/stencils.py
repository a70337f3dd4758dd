"""What paint goes through: an area, a stroke or glyphs, each as operators that need only a colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from renderer.displaylist import GradientPaint, ImagePaint, Paint, SolidPaint
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream, Resource, add_group
from renderer.draw.pdf.file.states import graphics_state
from renderer.draw.pdf.paint.colours import components
from renderer.draw.pdf.paint.gradients import gradient_alpha, gradient_pattern
from renderer.draw.pdf.paint.imagepaint import tile_pattern, write_image
from renderer.geometry import Matrix, Rect


@dataclass(frozen=True, slots=True)
class Stencil:
    """``draw``: operators that paint with the current colour. ``clip``: operators that let through what they would
    paint. ``fills`` and ``strokes``: which of the two current colours ``draw`` paints with. ``matrix``: from the
    coordinates of the paints to the picture's; ``box``: what is painted at most, in the picture's. ``overlaps``: it
    paints some places twice, which shows where the paint is translucent. ``fonts``: those that ``draw`` names."""

    draw: str
    clip: str
    matrix: Matrix
    box: Rect
    fills: bool = True
    strokes: bool = False
    overlaps: bool = False
    fonts: tuple[int, ...] = ()


def paint_through(stencil: Stencil, paint: Paint, content: ContentStream, drawing: Drawing) -> None:
    match paint:
        case SolidPaint():
            _paint_colour(stencil, paint, content, drawing)
        case GradientPaint():
            _paint_gradient(stencil, paint, content, drawing)
        case ImagePaint(repeats=True):
            _paint_tiles(stencil, paint, content, drawing)
        case ImagePaint():
            write_image(stencil.clip, paint, stencil.matrix, content, drawing)


def _paint_colour(stencil: Stencil, paint: SolidPaint, content: ContentStream, drawing: Drawing) -> None:
    state = graphics_state(content, drawing.objects, alpha=paint.colour.a, blend=paint.blend)
    if paint.colour.a > 0:
        colour = components(paint.colour, grey=content.grey)
        _write(stencil, lambda _: (f"{colour} rg", f"{colour} RG"), state, content, drawing)


def _paint_gradient(stencil: Stencil, paint: GradientPaint, content: ContentStream, drawing: Drawing) -> None:
    space = stencil.matrix @ paint.matrix
    alpha, mask = gradient_alpha(paint, space, stencil.box, drawing)
    state = graphics_state(content, drawing.objects, alpha=alpha, blend=paint.blend, mask=mask)
    if alpha > 0:
        _write_pattern(
            stencil, partial(gradient_pattern, paint, space, stencil.box, drawing=drawing), state, content, drawing
        )


def _paint_tiles(stencil: Stencil, paint: ImagePaint, content: ContentStream, drawing: Drawing) -> None:
    state = graphics_state(content, drawing.objects, alpha=paint.opacity, blend=paint.blend)
    if paint.opacity > 0:
        _write_pattern(stencil, partial(tile_pattern, paint, stencil.matrix, drawing=drawing), state, content, drawing)


def _write_pattern(
    stencil: Stencil, name: Callable[[ContentStream], str], state: str, content: ContentStream, drawing: Drawing
) -> None:
    def colours(into: ContentStream) -> tuple[str, str]:
        pattern = name(into)
        return f"/Pattern cs {pattern} scn", f"/Pattern CS {pattern} SCN"

    _write(stencil, colours, state, content, drawing)


def _write(
    stencil: Stencil,
    colours: Callable[[ContentStream], tuple[str, str]],
    state: str,
    content: ContentStream,
    drawing: Drawing,
) -> None:
    """A state of its own holds for one paint only; where that paint is laid on twice, for the group of both."""
    grouped = bool(state) and stencil.overlaps
    into = ContentStream(grey=content.grey) if grouped else content
    if state:
        content.write("q", state)
    for font in stencil.fonts:
        into.use(Resource.FONT, font)
    filling, stroking = colours(into)
    into.write(*([filling] * stencil.fills), *([stroking] * stencil.strokes), stencil.draw)
    if grouped:
        content.write(content.paint(add_group(drawing.objects, into, stencil.box)))
    if state:
        content.write("Q")
