"""Paragraphs: the pieces between newlines, each with what a list makes of it.

A line separator (U+2028, what Shift-Enter types) and the other hard breaks of UAX #14 end a line inside a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from renderer.scene import TextLine, TextStyle
from renderer.text.case import Piece

_PLAIN = TextLine()
_PARAGRAPH_END = re.compile("\r\n|[\n\r\u2029]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``text`` without its newline; ``pieces`` cover it; ``style`` is that of its first character, or of its newline
    where it is empty. ``start`` is its place in the whole text."""

    start: int
    text: str
    pieces: tuple[Piece, ...]
    style: TextStyle
    line: TextLine = _PLAIN
    ends_in_newline: bool = False


def split_paragraphs(pieces: Sequence[Piece], lines: Sequence[TextLine]) -> Iterator[Paragraph]:
    """The paragraphs of a text. One that ends in a newline has an empty last paragraph, as on the canvas."""
    if not pieces:
        return
    text = "".join(piece.text for piece in pieces)
    cursor = _Cursor(pieces)
    start = number = 0
    for end in _PARAGRAPH_END.finditer(text):
        taken = cursor.take(end.start() - start)
        newline = cursor.take(end.end() - end.start())
        paragraph = _paragraph(start, text[start : end.start()], taken, newline[0].style, lines, number)
        yield replace(paragraph, ends_in_newline=True)
        start, number = end.end(), number + 1
    yield _paragraph(start, text[start:], cursor.take(len(text) - start), pieces[-1].style, lines, number)


def _paragraph(
    start: int, text: str, pieces: Sequence[Piece], end_style: TextStyle, lines: Sequence[TextLine], number: int
) -> Paragraph:
    style = pieces[0].style if pieces else end_style
    return Paragraph(start, text, tuple(pieces), style, lines[number] if number < len(lines) else TextLine())


class _Cursor:
    """Hands out pieces by length, cutting them where it must."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._index = 0
        self._offset = 0

    def take(self, length: int) -> list[Piece]:
        taken: list[Piece] = []
        while length:
            piece = self._pieces[self._index]
            part = piece.text[self._offset : self._offset + length]
            taken.append(piece if len(part) == len(piece.text) else replace(piece, text=part))
            length -= len(part)
            self._offset += len(part)
            if self._offset == len(piece.text):
                self._index, self._offset = self._index + 1, 0
        return taken
