"""Areas: filled, stroked with the pen that drew them, and cut."""

from __future__ import annotations

from typing import Final

from renderer.displaylist import Cut, FillArea, ImagePaint, Pen
from renderer.draw.pdf.content import Content, add_group
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.paths import outline, path_operators, rule
from renderer.draw.pdf.states import graphics_state, luminosity
from renderer.draw.pdf.stencils import Stencil, paint_through
from renderer.draw.pdf.syntax import matrix_operands, number, numbers
from renderer.geometry import IDENTITY, Matrix, PathData, Rect, RoundRect
from renderer.geometry.outline import path_of
from renderer.scene import StrokeCap, StrokeJoin

_JOINS: Final = {StrokeJoin.MITER: 0, StrokeJoin.ROUND: 1, StrokeJoin.BEVEL: 2}
_CAPS: Final = {StrokeCap.ROUND: 1, StrokeCap.SQUARE: 2}
_LEAST_MITER: Final = 1.0
_LENGTH_DIGITS: Final = 4
_MARGIN: Final = 1.0


def fill_area(command: FillArea, content: Content, drawing: Drawing) -> None:
    stencil = _stencil(command, drawing)
    if not stencil.draw:
        return
    if command.cut is not None:
        content.write("q", *cut_operators(command.cut, command.matrix, stencil.box, content, drawing))
    for paint in command.paints:
        paint_through(stencil, paint, content, drawing)
    if command.cut is not None:
        content.write("Q")


def clip_operators(area: Rect | RoundRect | PathData, matrix: Matrix, drawing: Drawing) -> str:
    """Until the next Q, paint only within the area. ``matrix``: to the page's coordinates."""
    path = outline(area, drawing.placed(matrix), drawing.tolerance(matrix))
    return f"{path}\nW{rule(area)} n" if path else "0 0 0 0 re W n"


def cut_operators(cut: Cut, matrix: Matrix, box: Rect, content: Content, drawing: Drawing) -> tuple[str, ...]:
    """Until the next Q, paint only within the area of a cut, or only outside of it."""
    if cut.inside:
        return (clip_operators(cut.area, matrix, drawing),)
    path = outline(cut.area, drawing.placed(matrix), drawing.tolerance(matrix))
    if not path:
        return ()
    around = outline(box.outset(_MARGIN), IDENTITY, 0.0)
    if not isinstance(cut.area, PathData) or cut.area.even_odd:
        return (f"{around}\n{path}\nW* n",)
    # Where a path that winds crosses itself, the even-odd rule would let through what it covers twice.
    mask = Content()
    mask.write("1 g", around, "f", "0 g", path, "f")
    group = add_group(drawing.objects, mask, box.outset(_MARGIN), space="/DeviceGray")
    return (graphics_state(content, drawing.objects, mask=luminosity(group)),)


def _stencil(command: FillArea, drawing: Drawing) -> Stencil:
    matrix, box = drawing.placed(command.matrix), drawing.box(command.bounds)
    pen = command.pen if command.cut is None else None
    if pen is not None and not any(isinstance(paint, ImagePaint) for paint in command.paints):
        return Stencil(_stroke(pen, matrix, drawing.tolerance(command.matrix)), "", matrix, box, False, True)
    path = outline(command.area, matrix, drawing.tolerance(command.matrix))
    star = rule(command.area)
    return Stencil(f"{path}\nf{star}" if path else "", f"{path}\nW{star} n", matrix, box)


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
