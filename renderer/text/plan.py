"""Planning a text's lines: which characters each has and how high it is, before it is known where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from renderer.fonts import FontProvider
from renderer.limits import MAX_TEXT_LINES
from renderer.scene import AutoResize, ListType, TextBlock
from renderer.text.case import apply_case
from renderer.text.fill import LineSpan, fill_lines
from renderer.text.itemise import Warn
from renderer.text.lists import indent_of, markers
from renderer.text.measure import MeasuredParagraph
from renderer.text.metrics import LineMetrics, combine, style_metrics
from renderer.text.paragraphs import Paragraph, split_paragraphs


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """``space_before``: pixels above the line, after the one before it."""

    paragraph: MeasuredParagraph
    span: LineSpan
    metrics: LineMetrics
    indent: float
    space_before: float
    marker: str


@dataclass(frozen=True, slots=True)
class Setting:
    """How a text is set: ``stretch`` of the faces that stand in for others; ``wraps`` False: only hard breaks end a
    line, whatever the width."""

    stretch: float = 1.0
    wraps: bool = True


AS_IS = Setting()


def plan_lines(
    text: TextBlock, width: float, fonts: FontProvider, warn: Warn, setting: Setting = AS_IS
) -> list[PlannedLine]:
    """The lines of ``text`` in a box of ``width`` pixels, at most MAX_TEXT_LINES."""
    pieces = apply_case(text.characters, text.runs, fonts)
    if setting.stretch != 1.0:
        pieces = [replace(piece, stretch=setting.stretch) for piece in pieces]
    # Each has a line at least.
    paragraphs = list(islice(split_paragraphs(pieces, text.lines), MAX_TEXT_LINES))
    wrap_at = width if setting.wraps and text.auto_resize is not AutoResize.WIDTH_AND_HEIGHT else None
    planned: list[PlannedLine] = []
    previous: Paragraph | None = None
    for paragraph, marker in zip(paragraphs, markers(paragraphs), strict=True):
        measured = MeasuredParagraph(paragraph, fonts, warn)
        space = _space_between(text, previous, paragraph)
        planned.extend(_plan_paragraph(text, measured, wrap_at, space, marker, fonts))
        previous = paragraph
        if len(planned) >= MAX_TEXT_LINES:
            return planned[:MAX_TEXT_LINES]
    return planned


def _plan_paragraph(
    text: TextBlock, measured: MeasuredParagraph, wrap_at: float | None, space: float, marker: str, fonts: FontProvider
) -> Iterator[PlannedLine]:
    indent = indent_of(measured.paragraph)
    for number, span in enumerate(spans_of(text, measured, wrap_at)):
        first = number == 0
        metrics = _metrics(measured, span, fonts)
        extra = text.paragraph_indent if first else 0.0
        yield PlannedLine(measured, span, metrics, indent + extra, space if first else 0.0, marker if first else "")


def spans_of(text: TextBlock, measured: MeasuredParagraph, wrap_at: float | None) -> Sequence[LineSpan]:
    """The lines of one paragraph of ``text`` in ``wrap_at`` pixels; None: only hard breaks end a line."""
    room = None if wrap_at is None else max(wrap_at - indent_of(measured.paragraph), 0.0)
    return fill_lines(measured, room, text.paragraph_indent, MAX_TEXT_LINES)


def _space_between(text: TextBlock, previous: Paragraph | None, paragraph: Paragraph) -> float:
    if previous is None:
        return 0.0
    lists = ListType.NONE not in (previous.line.list_type, paragraph.line.list_type)
    return text.list_spacing if lists else text.paragraph_spacing


def _metrics(measured: MeasuredParagraph, span: LineSpan, fonts: FontProvider) -> LineMetrics:
    styles = dict.fromkeys(item.piece.style for item in measured.items_of(span.start, span.end))
    return combine(style_metrics(style, fonts) for style in styles or [measured.paragraph.style])
