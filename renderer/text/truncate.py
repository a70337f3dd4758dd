"""A line that stands for more: as much of it as fits, then an ellipsis."""

from __future__ import annotations

from renderer.fonts import FontProvider
from renderer.text.case import Piece
from renderer.text.fill import LineEnd, LineSpan
from renderer.text.itemise import TextItem, Warn, itemise
from renderer.text.lines import SetLine, set_item, set_line
from renderer.text.measure import MeasuredParagraph

ELLIPSIS = "\u2026"


def set_truncated(
    paragraph: MeasuredParagraph, span: LineSpan, room: float, fonts: FontProvider, warn: Warn
) -> SetLine:
    """``span`` with an ellipsis in the style of its last visible character, at most ``room`` pixels wide."""
    items = list(paragraph.items_of(span.start, span.end))
    last = items[-1].piece if items else Piece("", paragraph.paragraph.style)
    piece = Piece(ELLIPSIS, last.style, stretch=last.stretch)
    mark: TextItem = itemise(ELLIPSIS, [piece], fonts, warn)[0]
    dots = set_item(ELLIPSIS, mark, 0, 1, 0.0)
    spacing = piece.style.letter_spacing
    end = _last_fitting(paragraph, span, room - dots.width + spacing)
    line = set_line(paragraph, LineSpan(span.start, end, LineEnd.TEXT))
    dots.left = line.width + (spacing if line.parts else 0.0)
    line.parts.append(dots)
    line.width = dots.left + dots.width - spacing
    return line


def _last_fitting(paragraph: MeasuredParagraph, span: LineSpan, room: float) -> int:
    end = paragraph.visible_end(span.start, span.end)
    while end > span.start and (not paragraph.is_cluster[end] or paragraph.width(span.start, end) > room):
        end -= 1
    return paragraph.visible_end(span.start, end)
