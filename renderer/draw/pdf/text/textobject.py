"""A run of glyphs as one text object (ISO 32000-1, 9.4): exact places, and what each glyph says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from renderer.draw.pdf.file.content import ContentStream, Resource
from renderer.draw.pdf.file.syntax import matrix_operands, number, text_string
from renderer.draw.pdf.text.outlinefonts import PER_EM
from renderer.geometry import Matrix
from renderer.text.model import GlyphRun

Coded = tuple[int, str, float, bool]
"""Of a glyph: its font, its code, its advance in thousandths of an em, and whether the code says all that it stands
for; where it does not, the text says so beside it."""

FILLED: Final = ""
BLANK: Final = "3 Tr"
_WITHIN_PX: Final = 0.02  # how far a glyph may be from its place
_LEAST_PX: Final = 1e-6  # to the em; a document may ask for none


def text_object(run: GlyphRun, coded: Sequence[Coded], matrix: Matrix, mode: str, content: ContentStream) -> str:
    """Operators. ``matrix``: from the run's coordinates to the picture's; ``mode``: operators that set how text is
    painted."""
    written = _TextObject(run, matrix if matrix.is_translation else Matrix(), content)
    written.add(mode)
    for (font, code, width, said), text, (x, y) in zip(coded, run.characters, run.positions, strict=True):
        written.begin_cluster(text, said=said)
        written.set_font(font)
        written.move(x, y)
        written.show(code, width)
    body = written.end()
    return body if matrix.is_translation else f"q {matrix_operands(matrix)} cm\n{body}\nQ"


def unsaid(body: str) -> str:
    """A text object that is painted and says nothing: it was said before."""
    return f"/Span<</ActualText()>>BDC\n{body}\nEMC"


class _TextObject:
    def __init__(self, run: GlyphRun, shift: Matrix, content: ContentStream) -> None:
        self._run = run
        self._shift = shift
        self._content = content
        self._operators = ["BT"]
        self._font = 0
        self._row: float | None = None
        self._start = 0.0
        self._pen = 0.0
        self._shown: list[str] = []
        self._codes: list[str] = []
        self._in_span = False
        self._per_px = PER_EM / max(_LEAST_PX, run.size * run.stretch)
        self._slack = _WITHIN_PX * self._per_px
        self._digits = 1 if run.size <= 100 else 2

    def add(self, operators: str) -> None:
        if operators:
            self._operators.append(operators)

    def begin_cluster(self, text: str, *, said: bool) -> None:
        """``text`` is '' for a glyph that goes on with what the one before it says."""
        if not text and self._row is not None:
            return
        self._end_span()
        if not said:
            self._flush()
            self._operators.append(f"/Span<</ActualText{text_string(text)}>>BDC")
            self._in_span = True

    def set_font(self, font: int) -> None:
        if font != self._font:
            self._flush()
            self._operators.append(f"{self._content.use(Resource.FONT, font)} {number(self._run.size, 4)} Tf")
            self._font = font

    def move(self, x: float, y: float) -> None:
        if y != self._row:
            self._flush()
            self._row, self._start, self._pen = y, x, 0.0
            self._operators.append(self._matrix(x, y))
            return
        back = self._pen - (x - self._start) * self._per_px
        if abs(back) > self._slack:
            self._close_string()
            spelled = number(back, self._digits)
            self._shown.append(spelled)
            self._pen -= float(spelled)

    def show(self, code: str, width: float) -> None:
        self._codes.append(code)
        self._pen += width

    def end(self) -> str:
        self._end_span()
        self._flush()
        return "\n".join([*self._operators, "ET"])

    def _matrix(self, x: float, y: float) -> str:
        """From text space, y up, to the run's coordinates."""
        run, shift = self._run, self._shift
        return f"{matrix_operands(Matrix(run.stretch, 0.0, -run.skew, -1.0, x + shift.e, y + shift.f))} Tm"

    def _end_span(self) -> None:
        if self._in_span:
            self._flush()
            self._operators.append("EMC")
            self._in_span = False

    def _close_string(self) -> None:
        if self._codes:
            self._shown.append(f"<{''.join(self._codes)}>")
            self._codes.clear()

    def _flush(self) -> None:
        self._close_string()
        if len(self._shown) == 1:
            self._operators.append(f"{self._shown[0]} Tj")
        elif self._shown:
            self._operators.append(f"[{''.join(self._shown)}] TJ")
        self._shown.clear()
