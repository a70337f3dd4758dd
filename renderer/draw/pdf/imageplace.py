"""Where an image is drawn: PDF has it on the unit square, its first row on top."""

from __future__ import annotations

from renderer.draw.pdf.content import Content, Resource
from renderer.draw.pdf.syntax import matrix_operands
from renderer.geometry import Matrix, Rect


def draw_image(number: int, box: Rect, matrix: Matrix, content: Content) -> str:
    """Operators that draw an image upright over a box of the coordinates that ``matrix`` maps to the stream's."""
    placed = matrix @ Matrix(box.width, 0.0, 0.0, -box.height, box.x, box.bottom)
    return f"q {matrix_operands(placed)} cm {content.use(Resource.FORM, number)} Do Q"
