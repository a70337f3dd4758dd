"""Laying a text out: paragraphs to lines, lines to places in the node's box."""

from __future__ import annotations

from collections.abc import Sequence

from renderer.fonts import FontProvider
from renderer.geometry import Rect
from renderer.limits import MAX_TEXT_LINES
from renderer.scene import AutoResize, TextAlign, TextBlock, VerticalAlign
from renderer.text.fill import LineEnd
from renderer.text.fit import fit_stand_ins
from renderer.text.ink import PlacedLine, shift_to_ink
from renderer.text.itemise import Warn
from renderer.text.lines import SetLine, set_line
from renderer.text.model import TextLayout
from renderer.text.place import Placer
from renderer.text.plan import AS_IS, PlannedLine, plan_lines
from renderer.text.trim import trim_of
from renderer.text.truncate import ELLIPSIS, set_truncated

# A line that ends this far below the box still counts as inside when a text is cut to its box.
_HEIGHT_TOLERANCE_PX = 0.5


class _LayoutWarnings:
    """Each warning once, in the order of their first appearance."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], None] = {}

    def __call__(self, code: str, detail: str) -> None:
        self._seen.setdefault((code, detail))

    def all(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._seen)


def layout_text(text: TextBlock, width: float, height: float, fonts: FontProvider) -> TextLayout:
    """Glyphs of ``text`` in a box of ``width`` by ``height`` pixels.

    Never raises for what a document says: what cannot be set as asked is in the warnings (``font-substituted``,
    ``glyph-missing``, ``text-cut``). Text may overflow its box, as Figma's does.
    """
    warnings = _LayoutWarnings()
    planned = plan_lines(text, width, fonts, warnings)
    setting = fit_stand_ins(text, planned, width, height)
    if setting != AS_IS:
        planned = plan_lines(text, width, fonts, warnings, setting)
    shown, cut = _cut(text, planned, height)
    if len(planned) >= MAX_TEXT_LINES:
        warnings("text-cut", f"only the first {MAX_TEXT_LINES} lines of the text are drawn")
    total = sum(line.space_before + line.metrics.height for line in shown)
    above, below = trim_of(text, shown, total, height, fonts)
    first_top = _first_top(text, height, total - above - below) - above
    lines = _place_lines(text, shown, first_top, width, fonts, warnings, cut=cut)
    dx, dy = shift_to_ink(text, lines)
    placer = Placer(fonts, warnings)
    for line in lines:
        start = line.plan.paragraph.paragraph
        placer.place(line.set, start.start, line.left + dx, line.top + dy, line.plan.metrics)
        if line.plan.marker:
            placer.place_marker(line.plan.marker, start, line.left + dx, line.top + dy, line.plan.metrics)
    return placer.layout(Rect(0.0, first_top, width, total), warnings.all(), truncated=cut)


def _place_lines(
    text: TextBlock,
    shown: Sequence[PlannedLine],
    top: float,
    width: float,
    fonts: FontProvider,
    warn: Warn,
    *,
    cut: bool,
) -> list[PlacedLine]:
    placed: list[PlacedLine] = []
    for number, line in enumerate(shown):
        top += line.space_before
        set_ = _set(text, line, width, fonts, warn, truncated=cut and number == len(shown) - 1)
        left = line.indent + _offset(text.align, width - line.indent, set_.width)
        placed.append(PlacedLine(line, set_, left, top))
        top += line.metrics.height
    return placed


def _cut(text: TextBlock, planned: list[PlannedLine], height: float) -> tuple[list[PlannedLine], bool]:
    """The lines that are shown, and whether the last of them stands for more."""
    limit = len(planned)
    truncates = text.ellipsis or text.auto_resize is AutoResize.TRUNCATE
    if not truncates:
        return planned, False
    if text.max_lines is not None:
        limit = max(text.max_lines, 1)
    elif text.auto_resize in (AutoResize.TRUNCATE, AutoResize.NONE):
        limit = _lines_in(planned, height)
    return planned[:limit], limit < len(planned)


def _lines_in(planned: Sequence[PlannedLine], height: float) -> int:
    bottom = 0.0
    for number, line in enumerate(planned):
        bottom += line.space_before + line.metrics.height
        if bottom > height + _HEIGHT_TOLERANCE_PX:
            return max(number, 1)
    return len(planned)


def _set(
    text: TextBlock, line: PlannedLine, width: float, fonts: FontProvider, warn: Warn, *, truncated: bool
) -> SetLine:
    room = width - line.indent
    if truncated:
        return set_truncated(line.paragraph, line.span, room, fonts, warn)
    stretch = text.align is TextAlign.JUSTIFIED and line.span.ended_by is LineEnd.WRAP
    return set_line(line.paragraph, line.span, stretch_to=room if stretch else None)


def _offset(align: TextAlign, room: float, width: float) -> float:
    match align:
        case TextAlign.RIGHT:
            return room - width
        case TextAlign.CENTER:
            return (room - width) / 2
        case _:
            return 0.0


def _first_top(text: TextBlock, height: float, total: float) -> float:
    match text.vertical_align:
        case VerticalAlign.BOTTOM:
            return height - total
        case VerticalAlign.CENTER:
            return (height - total) / 2
        case _:
            return 0.0


__all__ = ["ELLIPSIS", "layout_text"]
