"""Areas: filled, or stroked with the pen that drew them."""

from __future__ import annotations

from typing import Final

from renderer.displaylist import FillArea, ImagePaint, Pen, StrokeCap, StrokeJoin, bounds_of
from renderer.draw.pdf.clips import write_cut
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream
from renderer.draw.pdf.file.syntax import matrix_operands, number, numbers
from renderer.draw.pdf.paint.stencils import Stencil, paint_through
from renderer.draw.pdf.paths import is_on_pixels, outline, path_operators, rule
from renderer.geometry import IDENTITY, Matrix, PathData
from renderer.geometry.outline import path_of

_JOINS: Final = {StrokeJoin.MITER: 0, StrokeJoin.ROUND: 1, StrokeJoin.BEVEL: 2}
_CAPS: Final = {StrokeCap.ROUND: 1, StrokeCap.SQUARE: 2}
_LEAST_MITER: Final = 1.0
_LENGTH_DIGITS: Final = 4


def fill_area(command: FillArea, content: ContentStream, drawing: Drawing) -> None:
    stencil = _stencil(command, drawing)

    def paint(into: ContentStream) -> None:
        for each in command.paints:
            paint_through(stencil, each, into, drawing)

    if not stencil.draw:
        return
    if command.cut is None:
        paint(content)
    else:
        write_cut(command.cut, command.matrix, stencil.box, paint, content, drawing)


def _stencil(command: FillArea, drawing: Drawing) -> Stencil:
    matrix, box = drawing.placed(command.matrix), drawing.box(command.bounds)
    pen = command.pen if command.cut is None else None
    images = any(isinstance(paint, ImagePaint) for paint in command.paints)
    if pen is not None and not images and not _would_move(pen, matrix, drawing.scale):
        return Stencil(_stroke(pen, matrix, drawing.tolerance(command.matrix)), "", matrix, box, False, True)
    path = outline(command.area, matrix, drawing.tolerance(command.matrix), scale=drawing.scale)
    star = rule(command.area)
    return Stencil(f"{path}\nf{star}" if path else "", f"{path}\nW{star} n", matrix, box)


def _would_move(pen: Pen, matrix: Matrix, scale: float) -> bool:
    """Whether readers would move the straight parts of a stroke to whole pixels, each edge as it likes."""
    if isinstance(pen.path, PathData) or not matrix.keeps_axes:
        return False
    half = pen.weight / 2
    middle = bounds_of(pen.path)
    return not all(is_on_pixels(matrix.box(middle.outset(by)), scale) for by in (-half, half))


def _stroke(pen: Pen, matrix: Matrix, tolerance: float) -> str:
    """In the pen's own coordinates where the map would make it an ellipse, or only turn it."""
    if matrix.is_translation:
        return "\n".join(("q", _pen_state(pen), path_operators(path_of(pen.path), matrix, tolerance), "S", "Q"))
    path = path_operators(path_of(pen.path), IDENTITY, tolerance)
    return "\n".join(("q", f"{matrix_operands(matrix)} cm", _pen_state(pen), path, "S", "Q"))


def _pen_state(pen: Pen) -> str:
    state = f"{number(pen.weight, _LENGTH_DIGITS)} w {_CAPS.get(pen.cap, 0)} J {_JOINS[pen.join]} j"
    if pen.join is StrokeJoin.MITER:
        state += f" {number(max(_LEAST_MITER, pen.miter_limit), _LENGTH_DIGITS)} M"
    return f"{state} [{numbers(pen.dashes, _LENGTH_DIGITS)}] 0 d" if pen.dashes else state
