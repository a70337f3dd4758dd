"""Where an image is drawn: PDF has it on the unit square, its first row on top."""

from __future__ import annotations

from typing import Final

from renderer.draw.pdf.file.content import ContentStream, Resource
from renderer.draw.pdf.file.syntax import matrix_operands
from renderer.geometry import IDENTITY, Matrix, Rect

# Readers draw an image on whole pixels, outwards, and stretch it to them: one that ends where a pixel does must not
# reach into the next one.
_INSET_PX: Final = 0.01


def draw_image(number: int, box: Rect, content: ContentStream, matrix: Matrix = IDENTITY) -> str:
    """Operators that draw an image upright over a box of the coordinates that ``matrix`` maps to the picture's."""
    box = box.outset(-_INSET_PX / max(_INSET_PX, matrix.stretch))
    return draw_exactly(number, box, content, matrix)


def draw_exactly(number: int, box: Rect, content: ContentStream, matrix: Matrix = IDENTITY) -> str:
    placed = matrix @ Matrix(box.width, 0.0, 0.0, -box.height, box.x, box.bottom)
    return f"q {matrix_operands(placed)} cm {content.use(Resource.OBJECT, number)} Do Q"
