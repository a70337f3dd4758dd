"""Filling lines: where each line of a paragraph starts and ends."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum

from renderer.text.linebreak import Break
from renderer.text.measure import LINE_ENDS, MeasuredParagraph

# Widths that a document states are rounded; a text must not wrap because of that.
_TOLERANCE_PX = 0.05


class LineEnd(Enum):
    """What ended a line: its width, a newline or line separator, or the end of the whole text."""

    WRAP = "wrap"
    BREAK = "break"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class LineSpan:
    """Characters ``start`` to ``end`` of a paragraph, and what ended them."""

    start: int
    end: int
    ended_by: LineEnd


def fill_lines(
    paragraph: MeasuredParagraph, width: float | None, first_indent: float = 0.0, max_lines: int = 1_000_000
) -> list[LineSpan]:
    """The lines of a paragraph at ``width`` pixels, at least one and at most ``max_lines``; None: only hard breaks
    end a line.

    A word wider than the line is cut between clusters, and a cluster wider than it overflows.
    """
    breaks = paragraph.breaks
    length = len(paragraph.text)
    hard_ends = dict.fromkeys(at for at, kind in enumerate(breaks) if kind is Break.MANDATORY)
    if length and paragraph.text[-1] in LINE_ENDS:
        hard_ends[length] = None
    stops = [at for at, kind in enumerate(breaks) if kind is not Break.PROHIBITED]
    spans: list[LineSpan] = []
    start = 0
    for end in [*hard_ends, length]:
        breaks_line = end in hard_ends or paragraph.paragraph.ends_in_newline
        whole = LineSpan(start, end, LineEnd.BREAK if breaks_line else LineEnd.TEXT)
        room = None if width is None else _Room(width - (0.0 if start else first_indent), width)
        spans.extend([whole] if room is None else _wrap(paragraph, whole, room, stops, max_lines - len(spans)))
        start = end
        if len(spans) >= max_lines:
            break
    return spans


@dataclass(frozen=True, slots=True)
class _Room:
    """Pixels for the first line and for the others."""

    first: float
    others: float


def _wrap(
    paragraph: MeasuredParagraph, whole: LineSpan, room: _Room, stops: list[int], max_lines: int
) -> list[LineSpan]:
    spans: list[LineSpan] = []
    start, width = whole.start, room.first
    while len(spans) < max_lines and paragraph.width(start, whole.end) > width + _TOLERANCE_PX:
        stop = _last_fitting(paragraph, start, whole.end, width, stops)
        if stop >= whole.end:
            break
        spans.append(LineSpan(start, stop, LineEnd.WRAP))
        start, width = stop, room.others
    spans.append(LineSpan(start, whole.end, whole.ended_by))
    return spans


def _last_fitting(paragraph: MeasuredParagraph, start: int, end: int, room: float, stops: list[int]) -> int:
    """The last place at which the line may end so that it fits; always after ``start``."""
    # Nothing beyond this index can start inside the line, however much of what is before it hangs.
    reach = bisect_right(paragraph.edges, paragraph.edges[start] + room + _TOLERANCE_PX, start + 1) - 1
    while reach < end and paragraph.visible_end(start, reach + 1) <= reach:
        reach += 1
    low, high = bisect_right(stops, start), bisect_right(stops, min(reach + 1, end))
    for stop in reversed(stops[low:high]):
        if paragraph.width(start, stop) <= room + _TOLERANCE_PX:
            return stop
    return _last_cluster(paragraph, start, end, room, reach)


def _last_cluster(paragraph: MeasuredParagraph, start: int, end: int, room: float, reach: int) -> int:
    at = min(max(reach + 1, start + 1), end)
    while at > start + 1:
        if paragraph.is_cluster[at] and paragraph.width(start, at) <= room + _TOLERANCE_PX:
            return at
        at -= 1
    at = start + 1
    while at < end and not paragraph.is_cluster[at]:
        at += 1
    return at
