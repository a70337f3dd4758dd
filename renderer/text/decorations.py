"""Underlines and strikes: where the font says, as thick as the font says, over the whole run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderer.geometry import Rect
from renderer.scene import TextDecoration
from renderer.text.itemise import TextItem
from renderer.text.lines import PlacedGlyphs
from renderer.text.model import Decoration

# For fonts that say nothing.
_DEFAULT_SIZE = 0.05
_DEFAULT_UNDERLINE = -0.1


def decorate(parts: Sequence[PlacedGlyphs], left: float, right: float, baseline: float) -> Iterator[Decoration]:
    """The decorations of a line whose parts start at ``left``; none goes beyond ``right``."""
    open_item: TextItem | None = None
    start = end = 0.0
    for part in parts:
        at = left + part.left
        if open_item is not None and not _same(open_item, part.item):
            yield from _draw(open_item, start, end, baseline)
            open_item = None
        if part.item.piece.style.decoration is not TextDecoration.NONE:
            start = start if open_item is not None else at
            open_item = open_item or part.item
            end = min(at + part.width, right)
    if open_item is not None:
        yield from _draw(open_item, start, end, baseline)


def _same(one: TextItem, other: TextItem) -> bool:
    return one.piece.style == other.piece.style


def _draw(item: TextItem, start: float, end: float, baseline: float) -> Iterator[Decoration]:
    style, metrics = item.piece.style, item.face.instance.metrics
    if style.decoration is TextDecoration.UNDERLINE:
        offset = metrics.underline_offset or _DEFAULT_UNDERLINE
        thickness = (metrics.underline_size or _DEFAULT_SIZE) * style.size
    else:
        offset, thickness = metrics.strike_offset, (metrics.strike_size or _DEFAULT_SIZE) * style.size
    if end > start:
        yield Decoration(Rect(start, baseline - offset * style.size, end - start, thickness), style.fills)
