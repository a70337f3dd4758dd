"""Fonts of pictures (Type 3, ISO 32000-1, 9.6.5): colour glyphs as images, and glyphs that paint nothing.

The latter stand where the outlines may not be embedded and are painted as areas: they are found and copied all the
same. A code has one byte and stands for one glyph that says one text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from renderer.draw.pdf.file.content import ContentStream
from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.file.syntax import array, dictionary, matrix_array, number, numbers, reference
from renderer.draw.pdf.text.outlinefonts import PER_EM
from renderer.draw.pdf.text.unicodemap import add_unicode_map
from renderer.fonts import FaceInstance
from renderer.geometry import Matrix

_CODES: Final = 256
_CODE_BYTES: Final = 1

Draw = Callable[[int, ContentStream], None]
"""Draws a glyph into its procedure, in thousandths of an em, y up."""


class PictureFont:
    """Up to 256 glyphs of one instance of a face. ``number``: of the object that it becomes in the end."""

    def __init__(self, instance: FaceInstance, objects: Objects, draw: Draw) -> None:
        self.number = objects.reserve()
        self._instance = instance
        self._objects = objects
        self._draw = draw
        self._codes: dict[tuple[int, str], int] = {}

    @property
    def is_full(self) -> bool:
        return len(self._codes) == _CODES

    def has(self, glyph: int, text: str) -> bool:
        return (glyph, text) in self._codes

    def width(self, glyph: int) -> float:
        advance = int(self._instance.font.get_glyph_h_advance(glyph))
        return float(round(advance * PER_EM / self._instance.upem))

    def code(self, glyph: int, text: str) -> str:
        """In hexadecimal digits; a new one where there is none yet."""
        return f"{self._codes.setdefault((glyph, text), len(self._codes)):02X}"

    def finish(self) -> None:
        resources = ContentStream()
        procedures = {f"g{code}": reference(self._procedure(glyph, resources)) for (glyph, _), code in self._all()}
        last = len(self._codes) - 1
        entries = {
            "Type": "/Font",
            "Subtype": "/Type3",
            "FontBBox": "[0 0 0 0]",  # none: readers would have to trust it
            "FontMatrix": matrix_array(Matrix.scaling(1 / PER_EM, 1 / PER_EM)),
            "CharProcs": dictionary(procedures),
            "Encoding": dictionary({"Differences": f"[0 {' '.join([f'/{called}' for called in procedures])}]"}),
            "FirstChar": "0",
            "LastChar": str(last),
            "Widths": array([number(self.width(glyph), 0) for (glyph, _), _ in self._all()]),
            "Resources": resources.resources(),
            "ToUnicode": reference(add_unicode_map(self._objects, self._texts(), _CODE_BYTES)),
        }
        self._objects.put(self.number, entries)

    def _all(self) -> list[tuple[tuple[int, str], int]]:
        return list(self._codes.items())

    def _texts(self) -> dict[int, str]:
        return {code: text for (_, text), code in self._codes.items() if text}

    def _procedure(self, glyph: int, resources: ContentStream) -> int:
        drawn = ContentStream()
        self._draw(glyph, drawn)
        resources.use_all(drawn)
        body = f"{numbers((self.width(glyph), 0), 0)} d0\n".encode("ascii") + drawn.body()
        return self._objects.add_stream({}, body)
