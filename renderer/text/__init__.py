"""Text: from characters in styles to glyphs in places. It draws nothing."""

from __future__ import annotations

from renderer.text.layout import layout_text
from renderer.text.model import Decoration, GlyphRun, TextLayout
from renderer.text.versions import match_versions

__all__ = ["Decoration", "GlyphRun", "TextLayout", "layout_text", "match_versions"]
