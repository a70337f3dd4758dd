"""Collecting set lines into runs: one for neighbours of one face, size and paint, each glyph with its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from renderer.fonts import FaceInstance, FontProvider
from renderer.geometry import Rect
from renderer.scene import Fill
from renderer.text.case import Piece
from renderer.text.decorations import decorate
from renderer.text.itemise import TextItem, Warn, itemise
from renderer.text.lines import PlacedGlyphs, SetLine, set_item
from renderer.text.links import link_areas
from renderer.text.lists import GAP_EMS
from renderer.text.metrics import LineMetrics, on_pixel
from renderer.text.model import Decoration, GlyphRun, Line, LinkArea, TextLayout
from renderer.text.paragraphs import Paragraph

# Face, size, stretch, emboldening, skew and fills.
_Looks = tuple[FaceInstance, float, float, float, float, tuple[Fill, ...]]


@dataclass(slots=True)
class _Batch:
    """Neighbours in the order of reading that look alike, so that what is written from them reads right, too."""

    item: TextItem
    looks: _Looks
    glyphs: list[int] = field(default_factory=list)
    positions: list[tuple[float, float]] = field(default_factory=list)
    characters: list[str] = field(default_factory=list)


class Placer:
    """Gathers the lines of one text."""

    def __init__(self, fonts: FontProvider, warn: Warn) -> None:
        self._fonts = fonts
        self._warn = warn
        self._batches: list[_Batch] = []
        self._decorations: list[Decoration] = []
        self._lines: list[Line] = []
        self._links: list[LinkArea] = []

    def place(self, line: SetLine, offset: int, left: float, top: float, metrics: LineMetrics) -> None:
        """``line`` with its left edge at ``left`` and its top at ``top``; ``offset``: of its paragraph in the text."""
        baseline = on_pixel(top + metrics.above)
        for part in line.parts:
            self._add(part, left, baseline)
        self._decorations.extend(decorate(line.parts, left, left + line.width, baseline))
        self._links.extend(link_areas(line.parts, left, top, metrics.height))
        start, end = offset + line.span.start, offset + line.span.end
        self._lines.append(Line(start, end, top, metrics.height, baseline, left, line.width))

    def place_marker(self, marker: str, paragraph: Paragraph, left: float, top: float, metrics: LineMetrics) -> None:
        """A list's bullet or number, before ``left``."""
        items = itemise(marker, [Piece(marker, paragraph.style)], self._fonts, self._warn)
        parts: list[PlacedGlyphs] = []
        x = 0.0
        for item in items:
            parts.append(set_item(marker, item, 0, len(marker), x))
            x += parts[-1].width
        for part in parts:
            self._add(part, left - GAP_EMS * paragraph.style.size - x, on_pixel(top + metrics.above))

    def layout(self, bounds: Rect, warnings: tuple[tuple[str, str], ...], *, truncated: bool) -> TextLayout:
        runs = tuple(_run(batch) for batch in self._batches if batch.glyphs)
        lines, links = tuple(self._lines), tuple(self._links)
        return TextLayout(runs, tuple(self._decorations), lines, links, bounds, warnings, truncated)

    def _add(self, part: PlacedGlyphs, left: float, baseline: float) -> None:
        face, style = part.item.face, part.item.piece.style
        looks = (face.instance, part.item.size, part.item.stretch, face.embolden, face.skew, style.fills)
        if not self._batches or self._batches[-1].looks != looks:
            self._batches.append(_Batch(part.item, looks))
        batch = self._batches[-1]
        x = left + part.left
        batch.glyphs += part.glyphs
        batch.characters += part.characters
        batch.positions += [(x + dx, baseline + dy) for dx, dy in zip(part.xs, part.ys, strict=True)]


def _run(batch: _Batch) -> GlyphRun:
    face = batch.item.face
    return GlyphRun(
        face=face.instance,
        size=batch.item.size,
        glyphs=tuple(batch.glyphs),
        positions=tuple(batch.positions),
        characters=tuple(batch.characters),
        fills=batch.item.piece.style.fills,
        embolden=face.embolden,
        skew=face.skew,
        stretch=batch.item.stretch,
        colour_glyphs=face.instance.face.is_emoji,
    )
