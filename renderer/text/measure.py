"""A paragraph shaped once as a whole: how wide each of its characters is, for finding where its lines end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from functools import cached_property
from itertools import accumulate

from renderer.fonts import FontProvider
from renderer.text.itemise import TextItem, Warn, itemise
from renderer.text.linebreak import Break, break_opportunities
from renderer.text.paragraphs import Paragraph
from renderer.text.shape import shape

# A tab is as wide as this many spaces.
TAB_SPACES = 4
_BLANK = " \t\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000\u200b"
LINE_ENDS = "\u2028\u0085\x0b\x0c"
HANGING = _BLANK + LINE_ENDS
_RIGID = "\t" + LINE_ENDS


class MeasuredParagraph:
    """``edges[i]`` is the sum of the advances before character ``i``, pixels, in logical order. ``is_cluster[i]``:
    a glyph starts there; elsewhere the text can only be cut by tearing a cluster. ``elastic``: like ``edges``, of the
    advances of stand-ins alone, which a stretch changes; the box drawn for a missing glyph tells nothing."""

    def __init__(self, paragraph: Paragraph, fonts: FontProvider, warn: Warn) -> None:
        self.paragraph = paragraph
        self.text = paragraph.text
        self.items: Sequence[TextItem] = itemise(paragraph.text, paragraph.pieces, fonts, warn)
        self._starts = [item.start for item in self.items]
        widths = [0.0] * len(self.text)
        elastic = [0.0] * len(self.text)
        self.is_cluster = bytearray(len(self.text) + 1)
        self.is_cluster[len(self.text)] = 1
        for item in self.items:
            self._measure(item, widths, elastic)
        self.edges = [0.0, *accumulate(widths)]
        self.elastic = [0.0, *accumulate(elastic)]
        self._visible_ends = _visible_ends(self.text)

    def _measure(self, item: TextItem, widths: list[float], elastic: list[float]) -> None:
        shaped = shape(self.text, item, item.start, item.end)
        scale = item.x_scale
        for glyph, cluster, advance in zip(shaped.glyphs, shaped.clusters, shaped.advances, strict=True):
            at = item.start + cluster
            widths[at] += advance * scale
            elastic[at] += advance * scale if item.stands_in and glyph else 0.0
            self.is_cluster[at] = 1
        self._space(item, set(shaped.clusters), widths, elastic)

    def _space(self, item: TextItem, clusters: Iterable[int], widths: list[float], elastic: list[float]) -> None:
        spacing = item.piece.style.letter_spacing
        for cluster in clusters:
            at = item.start + cluster
            character = self.text[at]
            widths[at] = 0.0 if character in LINE_ENDS else widths[at] + spacing
            if character == "\t":
                widths[at] = tab_width(item)
            if character in _RIGID:
                elastic[at] = 0.0

    @cached_property
    def breaks(self) -> Sequence[Break]:
        """For each character whether a line may end before it."""
        return break_opportunities(self.text)

    def stretched(self, stretch: float) -> MeasuredParagraph:
        """As if its stand-ins, measured at their own width, were set so much wider; for finding lines only."""
        other = copy(self)
        other.edges = [edge + (stretch - 1.0) * part for edge, part in zip(self.edges, self.elastic, strict=True)]
        return other

    def visible_end(self, start: int, end: int) -> int:
        """``end`` without the white space before it, which hangs over the edge of a line."""
        return max(start, self._visible_ends[end])

    def width(self, start: int, end: int) -> float:
        """Of the visible part of ``text[start:end]``; the spacing after its last letter does not count."""
        end = self.visible_end(start, end)
        return self.edges[end] - self.edges[start] - self.spacing_before(end) if end > start else 0.0

    def spacing_before(self, end: int) -> float:
        """The letter spacing of the character before ``end``."""
        return self.items[self._index_at(end - 1)].piece.style.letter_spacing

    def _index_at(self, character: int) -> int:
        return max(bisect_right(self._starts, character) - 1, 0)

    def items_of(self, start: int, end: int) -> Iterator[TextItem]:
        """The items that overlap ``text[start:end]``."""
        index = self._index_at(start) if end > start else len(self.items)
        while index < len(self.items) and self.items[index].start < end:
            yield self.items[index]
            index += 1


def _visible_ends(text: str) -> list[int]:
    """For each end, the end without the white space before it: one pass, because a text can be all white space."""
    ends = [0]
    for at, character in enumerate(text):
        ends.append(ends[-1] if character in HANGING else at + 1)
    return ends


def tab_width(item: TextItem) -> float:
    instance = item.face.instance
    space = instance.font.get_nominal_glyph(0x20)
    advance = instance.font.get_glyph_h_advance(space) if space is not None else instance.upem / 4
    return TAB_SPACES * advance * item.size / instance.upem
