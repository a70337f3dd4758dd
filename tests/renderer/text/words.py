"""Short ways to say a text."""

from __future__ import annotations

from typing import Any

from renderer.geometry import Colour
from renderer.scene import SolidFill, TextBlock, TextRun, TextStyle
from renderer.text import TextLayout, layout_text
from tests.renderer.fonts.committed import provider

BLACK = (SolidFill(Colour(0, 0, 0)),)


def style(family: str = "Inter", **changes: Any) -> TextStyle:
    look: dict[str, Any] = {"size": 20.0, "fills": BLACK} | changes
    return TextStyle(family, **look)


def text(characters: str, look: TextStyle | None = None, **changes: Any) -> TextBlock:
    return TextBlock(characters, (TextRun(0, len(characters), look or style()),), **changes)


def runs(*parts: tuple[str, TextStyle], **changes: Any) -> TextBlock:
    """A text of parts in styles of their own."""
    made: list[TextRun] = []
    for part, look in parts:
        start = made[-1].end if made else 0
        made.append(TextRun(start, start + len(part), look))
    return TextBlock("".join(part for part, _ in parts), tuple(made), **changes)


def lay(content: TextBlock | str, width: float = 1000.0, height: float = 1000.0) -> TextLayout:
    return layout_text(text(content) if isinstance(content, str) else content, width, height, provider())


def shown(content: TextBlock, width: float = 1000.0, height: float = 1000.0) -> list[str]:
    """The lines' characters."""
    return [content.characters[line.start : line.end] for line in lay(content, width, height).lines]


def advance(characters: str, look: TextStyle | None = None) -> float:
    """The width of a line, by the font's own tables: no kerning, no features."""
    look = look or style()
    instance = provider().resolve(look).instance
    glyphs = [instance.font.get_nominal_glyph(ord(character)) for character in characters]
    units = sum(instance.font.get_glyph_h_advance(glyph) for glyph in glyphs if glyph is not None)
    return float(units) * look.size / instance.upem
