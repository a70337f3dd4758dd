"""Shaping: an item's characters to glyphs with advances, by HarfBuzz.

The result is kept in font units per (face, text, features), so a string that comes again in any size or colour is
shaped once.
"""

from __future__ import annotations

from dataclasses import dataclass

import uharfbuzz as hb

from renderer.fonts import FaceInstance
from renderer.text.itemise import TextItem

_CURSIVE = frozenset({"Arab", "Syrc", "Mong", "Nkoo", "Mand", "Phag", "Adlm", "Rohg", "Sogd", "Mani"})
_LIGATURES = ("liga", "clig")
# Joining looks past marks to the next letter; nothing in a real text is further away.
_CONTEXT_CHARS = 16
_MAX_CACHED_CHARS = 256
_MAX_CACHED = 16_384


@dataclass(frozen=True, slots=True)
class Shaped:
    """Glyphs in visual order, in font units. ``clusters``: the character each comes from, from the part's start."""

    glyphs: tuple[int, ...]
    clusters: tuple[int, ...]
    advances: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]


_Key = tuple[FaceInstance, str, str, int, tuple[tuple[str, int], ...]]
_cache: dict[_Key, Shaped] = {}


def shape(text: str, item: TextItem, start: int, end: int) -> Shaped:
    """``text[start:end]``, a part of ``item``. Only cursive scripts look at what stands around it."""
    if item.script in _CURSIVE:
        first = max(start - _CONTEXT_CHARS, 0)
        return _shape(item, text[first : end + _CONTEXT_CHARS], start - first, end - first)
    if end - start > _MAX_CACHED_CHARS:
        return _shape(item, text[start:end], 0, end - start)
    key = (item.face.instance, text[start:end], item.script, item.level % 2, features(item))
    if key not in _cache:
        if len(_cache) >= _MAX_CACHED:
            _cache.clear()
        _cache[key] = _shape(item, key[1], 0, end - start)
    return _cache[key]


def features(item: TextItem) -> tuple[tuple[str, int], ...]:
    """OpenType features: the style's, over Figma's defaults. Letter spacing turns ligatures off: they would not
    spread."""
    style = item.piece.style
    off = tuple((tag, 0) for tag in _LIGATURES) if style.letter_spacing else ()
    return (*off, *style.features)


def _shape(item: TextItem, text: str, start: int, end: int) -> Shaped:
    buffer = hb.Buffer()
    buffer.add_str(text, start, end - start)
    buffer.direction = "rtl" if item.level % 2 else "ltr"
    buffer.script = item.script
    # Never the process's locale: the same document must give the same picture everywhere.
    buffer.language = "en"
    hb.shape(item.face.instance.font, buffer, dict(features(item)))
    # An empty buffer has no positions at all.
    infos, places = buffer.glyph_infos, buffer.glyph_positions or ()
    return Shaped(
        glyphs=tuple(info.codepoint for info in infos),
        clusters=tuple(info.cluster - start for info in infos),
        advances=tuple(place.x_advance for place in places),
        offsets=tuple((place.x_offset, place.y_offset) for place in places),
    )
