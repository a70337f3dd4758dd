"""Fitting a stand-in to the measure of the font that it stands in for.

A stand-in is wider or narrower than the font a text was made with, so a label that was one line would become two. But
the document tells how the text was: by the ink of its glyphs, by the width of a box that grew with it or, at least,
by how many lines its box has room for. The stand-in is set so much wider or narrower, within bounds, that this comes
out again. A text in its own fonts is never fitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from renderer.geometry import Rect
from renderer.scene import AutoResize, TextAlign, TextBlock
from renderer.text.fill import LineEnd
from renderer.text.ink import glyph_ink, ink_of
from renderer.text.lines import SetLine, set_line
from renderer.text.lists import indent_of
from renderer.text.measure import MeasuredParagraph
from renderer.text.plan import AS_IS, PlannedLine, Setting, spans_of

# Beyond these, letters look wrong, and the reason is more likely another one.
NARROWEST, WIDEST = 0.8, 1.15
# A line one word too long can be as wide as the right one when it is condensed: how much of a miss in width a change
# of the letters' width is worth.
_RELUCTANCE = 0.5
_STEPS = 28
_STRETCHES = tuple(NARROWEST + (WIDEST - NARROWEST) * step / _STEPS for step in range(_STEPS + 1))
# A box that grows with its text is as wide as the text, rounded up to a whole pixel.
_ROUNDED_UP_PX = 1.0
# The part of a line's height that a fixed box may lack and still hold the line: boxes are often drawn too low.
_LACKING = 0.35
# How high the ink of one line is, of its size: a capital, or somewhat more.
_INK_EMS = 0.75
# A space at the end of a line and the air around letters: what a box that grew with its text has more than the ink.
_MOST_BEARINGS_EMS = 0.6
# No label or paragraph is longer, and finding out would take long.
_MAX_CHARS, _MAX_LINES = 1_000, 100


@dataclass(frozen=True, slots=True)
class _Facts:
    """``planned``: the lines with stand-ins as wide as they are. ``hard``: how many lines there would be if only hard
    breaks ended one. ``wanted``: how many Figma had, None if that is not known. ``width``: of the box. ``ink``: where
    Figma's glyphs were, as far as that can be believed."""

    text: TextBlock
    planned: Sequence[PlannedLine]
    paragraphs: Sequence[MeasuredParagraph]
    hard: int
    wanted: int | None
    width: float
    ink: Rect | None


def fit_stand_ins(text: TextBlock, planned: Sequence[PlannedLine], width: float, height: float) -> Setting:
    """How to set ``text`` in its box, if ``planned`` are its lines with stand-ins as wide as they are."""
    paragraphs = list({id(line.paragraph): line.paragraph for line in planned}.values())
    if not any(item.stands_in for paragraph in paragraphs for item in paragraph.items):
        return AS_IS
    truncates = text.ellipsis or text.max_lines is not None or text.auto_resize is AutoResize.TRUNCATE
    if truncates or len(text.characters) > _MAX_CHARS or len(planned) > _MAX_LINES:
        return AS_IS  # Of a text that is cut, it is not known how much Figma showed.
    hard = sum(len(spans_of(text, paragraph, None)) for paragraph in paragraphs)
    ink = _believed_ink(text, width)
    wanted = _lines_in_figma(text, planned, hard, height, ink)
    facts = _Facts(text, planned, paragraphs, hard, wanted, width, ink)
    grows = text.auto_resize is AutoResize.WIDTH_AND_HEIGHT
    return _fit_unwrapped(facts) if grows or (wanted is not None and wanted <= hard) else _fit_wrapped(facts)


# --- how many lines there were ----------------------------------------------------------------------------------------


def _believed_ink(text: TextBlock, width: float) -> Rect | None:
    """Frames cut what they clip off the ink too: in a box that grew with its text, such ink is told by its width."""
    ink = glyph_ink(text)
    if ink is None or text.auto_resize is not AutoResize.WIDTH_AND_HEIGHT:
        return ink
    size = max(run.style.size for run in text.runs)
    return ink if width - ink.width < _MOST_BEARINGS_EMS * size else None


def _lines_in_figma(
    text: TextBlock, planned: Sequence[PlannedLine], hard: int, height: float, ink: Rect | None
) -> int | None:
    """By the ink or the box; None if it cannot be told, as where lines differ in height."""
    line_height = planned[0].metrics.height
    if line_height <= 0 or any(line.metrics.height != line_height for line in planned):
        return None
    spaces = sum(line.space_before for line in planned)
    if ink is not None:
        size = max(run.style.size for run in text.runs)
        between = ink.height - _INK_EMS * size - spaces
        return max(round(between / line_height) + 1, 1) + _blank_at_ends(planned)
    if text.auto_resize is AutoResize.HEIGHT:
        return max(round((height - spaces) / line_height), 1)
    # A box of fixed size only tells of a text that it cannot hold.
    room = max(int((height - spaces) / line_height + _LACKING), hard)
    return room if len(planned) > room else None


def _blank_at_ends(planned: Sequence[PlannedLine]) -> int:
    """Empty lines above and below the ink."""
    inked = [number for number, line in enumerate(planned) if _width(line) > 0]
    return len(planned) - 1 - inked[-1] + inked[0] if inked else 0


def _width(line: PlannedLine) -> float:
    return line.paragraph.width(line.span.start, line.span.end)


# --- texts in which only hard breaks ended lines ----------------------------------------------------------------------


def _fit_unwrapped(facts: _Facts) -> Setting:
    if facts.ink is not None:
        stretch = min(_by_ink(facts, facts.ink), default=1.0)
        if NARROWEST <= stretch <= WIDEST:
            return Setting(stretch, wraps=False)
    stretch = min(_by_box(facts), default=1.0)
    if facts.text.auto_resize is AutoResize.WIDTH_AND_HEIGHT:
        return Setting(min(max(stretch, NARROWEST), WIDEST), wraps=False)
    # The box says how wide the text was at most: that can narrow it, not widen it, and if it cannot be made to fit, it
    # did not fit for Figma either.
    return Setting(stretch, wraps=False) if NARROWEST <= stretch < 1.0 else AS_IS


def _hard_lines(facts: _Facts) -> Iterator[tuple[SetLine, float, float]]:
    """Each line with the part of its width that a stretch changes, and its indentation."""
    for paragraph in facts.paragraphs:
        indent = indent_of(paragraph.paragraph)
        for span in spans_of(facts.text, paragraph, None):
            line = set_line(paragraph, span)
            end = span.end if span.ended_by is LineEnd.BREAK else paragraph.visible_end(span.start, span.end)
            elastic = paragraph.elastic[end] - paragraph.elastic[span.start]
            if elastic > 0:
                yield line, elastic, indent + (0.0 if span.start else facts.text.paragraph_indent)


def _by_ink(facts: _Facts, theirs: Rect) -> Iterator[float]:
    """For each line the stretch that makes its ink as wide as all ink was: the widest line's is the smallest."""
    for line, elastic, _ in _hard_lines(facts):
        ink = ink_of(line)
        inner = elastic - (line.width - ink.width) if ink is not None else 0.0
        if ink is not None and inner > 0:
            yield 1.0 + (theirs.width - ink.width) / inner


def _by_box(facts: _Facts) -> Iterator[float]:
    """For each line the stretch that makes it as wide as the box."""
    grows = facts.text.auto_resize is AutoResize.WIDTH_AND_HEIGHT
    for line, elastic, indent in _hard_lines(facts):
        lack = facts.width - indent - line.width
        if grows:
            lack = 0.0 if 0 <= lack < _ROUNDED_UP_PX else lack - _ROUNDED_UP_PX / 2
        yield 1.0 + lack / elastic


# --- texts that Figma wrapped -----------------------------------------------------------------------------------------


def _fit_wrapped(facts: _Facts) -> Setting:
    """The stretch with as many lines as there were and, if that is known, the widest as wide as it was; else the
    smallest change."""
    if facts.wanted is None:
        return AS_IS
    target = _widest_in_figma(facts)
    if target is None and len(facts.planned) == facts.wanted:
        return AS_IS
    outcomes = [(stretch, *_outcome(facts, stretch)) for stretch in _STRETCHES]
    fitting = [outcome for outcome in outcomes if len(outcome[1]) == facts.wanted]
    if not fitting:
        return AS_IS
    if target is None:
        return Setting(min(fitting, key=lambda found: abs(found[0] - 1.0))[0])
    _, ends, _ = min(fitting, key=lambda found: abs(found[2] / target - 1.0) + _RELUCTANCE * abs(found[0] - 1.0))
    alike = [outcome for outcome in fitting if outcome[1] == ends]
    return Setting(min(alike, key=lambda found: abs(found[2] - target))[0])


def _widest_in_figma(facts: _Facts) -> float | None:
    """The width of the widest line, pixels. A justified text's is the box's, which tells nothing."""
    if facts.ink is None or facts.text.align is TextAlign.JUSTIFIED:
        return None
    widest = max(facts.planned, key=_width)
    ink = ink_of(set_line(widest.paragraph, widest.span))
    return max(facts.ink.width + _width(widest) - ink.width, 1.0) if ink is not None else None


def _outcome(facts: _Facts, stretch: float) -> tuple[list[int], float]:
    """Where the lines end at ``stretch``, each in its paragraph, and how wide the widest is."""
    ends: list[int] = []
    widest = 0.0
    for paragraph in facts.paragraphs:
        stretched = paragraph.stretched(stretch)
        for span in spans_of(facts.text, stretched, facts.width):
            ends.append(span.end)
            widest = max(widest, stretched.width(span.start, span.end))
    return ends, widest
