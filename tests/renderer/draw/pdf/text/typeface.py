"""Small fonts of our own: one that may not be embedded, and one whose outlines are PostScript's."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from renderer.fonts import FontProvider
from tests.renderer.fonts.committed import FONTS

_LETTERS = "abcdef "
_WIDTH = 600


def _square(pen: Any, size: int) -> None:
    pen.moveTo((50, 0))
    for corner in ((50 + size, 0), (50 + size, size), (50, size)):
        pen.lineTo(corner)
    pen.closePath()


def _built(family: str, *, true_type: bool, name: str, licence_bits: int) -> bytes:
    order = [".notdef", *[f"letter{ord(letter)}" for letter in _LETTERS]]
    builder = FontBuilder(1000, isTTF=true_type)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({ord(letter): f"letter{ord(letter)}" for letter in _LETTERS})
    glyphs: dict[str, Any] = {}
    for number, glyph in enumerate(order):
        pen = TTGlyphPen(None) if true_type else T2CharStringPen(_WIDTH, None)
        if glyph != "letter32":
            _square(pen, 100 + 50 * number)
        glyphs[glyph] = pen.glyph() if true_type else pen.getCharString()
    if true_type:
        builder.setupGlyf(glyphs)
    else:
        builder.setupCFF(name, {"FullName": family}, glyphs, {})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (_WIDTH, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": name})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, fsType=licence_bits)
    builder.setupPost()
    buffer = BytesIO()
    builder.save(buffer)
    return buffer.getvalue()


def with_font(family: str, *, true_type: bool = True, name: str = "Own-Regular", licence_bits: int = 0) -> FontProvider:
    """The committed fonts, and one more from a folder of its own."""
    with TemporaryDirectory() as folder:
        font = _built(family, true_type=true_type, name=name, licence_bits=licence_bits)
        Path(folder, "own.ttf" if true_type else "own.otf").write_bytes(font)
        return FontProvider.load(FONTS, Path(folder))
