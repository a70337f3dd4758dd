"""Links: the boxes on a line that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderer.geometry import Rect
from renderer.text.lines import PlacedGlyphs
from renderer.text.model import LinkArea


def link_areas(parts: Sequence[PlacedGlyphs], left: float, top: float, height: float) -> Iterator[LinkArea]:
    """The links of a line whose parts start at ``left``; neighbours that lead to the same address are one."""
    start = end = 0.0
    url = ""
    for part in parts:
        at, link = left + part.left, part.item.piece.style.link
        if link != url:
            if url:
                yield LinkArea(Rect(start, top, end - start, height), url)
            start, url = at, link
        end = at + part.width
    if url:
        yield LinkArea(Rect(start, top, end - start, height), url)
