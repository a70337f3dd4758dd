"""From a span of characters to glyphs from left to right: one line, not yet placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from renderer.text.bidi import visual_order
from renderer.text.fill import LineEnd, LineSpan
from renderer.text.itemise import TextItem
from renderer.text.measure import LINE_ENDS, MeasuredParagraph, tab_width
from renderer.text.shape import shape

_CONTROLS = frozenset("\t\u2028\u2029\u0085\x0b\x0c\u200b\u2060\ufeff\xad")


@dataclass(slots=True)
class PlacedGlyphs:
    """The part of an item that is on a line: ``x`` offsets from the part's left edge, pixels, y down. ``characters``:
    what each glyph stands for; a cluster's are all said by its first glyph."""

    item: TextItem
    left: float
    width: float
    glyphs: list[int] = field(default_factory=list)
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    characters: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SetLine:
    """``parts`` in visual order; ``width`` without what hangs: the letter spacing after the last letter, and the space
    at the end, except before a newline, where it counts (measured: it moves centred text)."""

    span: LineSpan
    parts: list[PlacedGlyphs]
    width: float


def set_line(paragraph: MeasuredParagraph, span: LineSpan, *, stretch_to: float | None = None) -> SetLine:
    """The line of ``span``. ``stretch_to``: spread its word spaces so that it is this wide (justified text)."""
    end = _shown_end(paragraph, span)
    items = list(paragraph.items_of(span.start, end))
    order = visual_order([item.level for item in items])
    extra = _extra_per_space(paragraph, span.start, end, stretch_to)
    parts: list[PlacedGlyphs] = []
    x = 0.0
    for index in order:
        part = set_item(paragraph.text, items[index], span.start, end, x, extra)
        parts.append(part)
        x += part.width
    return SetLine(span, parts, x - _trailing_spacing(items, order))


def _shown_end(paragraph: MeasuredParagraph, span: LineSpan) -> int:
    if span.ended_by is not LineEnd.BREAK:
        return paragraph.visible_end(span.start, span.end)
    separated = span.end > span.start and paragraph.text[span.end - 1] in LINE_ENDS
    return span.end - 1 if separated else span.end


def set_item(text: str, item: TextItem, start: int, end: int, left: float, space_extra: float = 0.0) -> PlacedGlyphs:
    """The part of ``item`` within ``text[start:end]``, shaped as it stands there."""
    start, end = max(start, item.start), min(end, item.end)
    shaped = shape(text, item, start, end)
    x_scale, y_scale = item.x_scale, item.size / item.face.instance.upem
    spacing = item.piece.style.letter_spacing
    part = PlacedGlyphs(item, left, 0.0)
    said = _cluster_texts(text[start:end], shaped.clusters)
    x, last = 0.0, len(shaped.glyphs) - 1
    for at, (glyph, cluster, advance, (dx, dy)) in enumerate(
        zip(shaped.glyphs, shaped.clusters, shaped.advances, shaped.offsets, strict=True)
    ):
        character = text[start + cluster]
        if character not in _CONTROLS:
            part.glyphs.append(glyph)
            part.xs.append(x + dx * x_scale)
            part.ys.append(-dy * y_scale)
            part.characters.append(said.pop(cluster, ""))
        x += tab_width(item) if character == "\t" else advance * x_scale
        if at == last or shaped.clusters[at + 1] != cluster:
            x += _after(character, spacing, space_extra)
    part.width = x
    return part


def _cluster_texts(text: str, clusters: Sequence[int]) -> dict[int, str]:
    """The characters of each cluster, by its first character's place."""
    starts = sorted(set(clusters))
    return {start: text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)}


def _after(character: str, spacing: float, space_extra: float) -> float:
    if character == "\t":
        return 0.0
    return spacing + space_extra if character in " \u00a0" else spacing


def _extra_per_space(paragraph: MeasuredParagraph, start: int, end: int, stretch_to: float | None) -> float:
    if stretch_to is None:
        return 0.0
    spaces = sum(1 for character in paragraph.text[start:end] if character in " \u00a0")
    return max(stretch_to - paragraph.width(start, end), 0.0) / spaces if spaces else 0.0


def _trailing_spacing(items: Sequence[TextItem], order: Sequence[int]) -> float:
    """The letter spacing after the last glyph to the right, which alignment ignores."""
    return items[order[-1]].piece.style.letter_spacing if order else 0.0
