"""Fonts of outlines: of each face the glyphs that are used, embedded as a composite font (ISO 32000-1, 9.7).

A code is the number of a glyph, two bytes long. A code says the characters that its glyph first stood for; where it
stands for others, or several glyphs stand for some together, the text says so beside it.
"""

from __future__ import annotations

import hashlib
from typing import Final

from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.file.syntax import array, name, number, numbers, reference
from renderer.draw.pdf.text.unicodemap import add_unicode_map
from renderer.fonts import FaceInstance
from renderer.fonts.embedding import FontSubset, OutlineKind, bounding_box, subset

PER_EM: Final = 1000.0
"""PDF measures glyphs in thousandths of an em."""

_MOST_SAID: Final = 32  # characters of one glyph; more is no ligature but an attack
_CODE_BYTES: Final = 2
_SYMBOLIC: Final = 4
_ITALIC: Final = 64
_SLANT_DEGREES: Final = -12
_STEM: Final = 80
_TAG_LETTERS: Final = 6
_ALPHABET: Final = 26
_SYSTEM: Final = "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"


class OutlineFont:
    """One instance of a face. ``number``: of the object that it becomes when the file is finished."""

    def __init__(self, instance: FaceInstance, objects: Objects) -> None:
        self.number = objects.reserve()
        self._instance = instance
        self._objects = objects
        self._texts: dict[int, str] = {}
        self._widths: dict[int, float] = {}

    def width(self, glyph: int) -> float:
        """The advance that readers reckon with, in thousandths of an em: whole ones, as some of them keep no others."""
        known = self._widths.get(glyph)
        if known is None:
            advance = self._instance.font.get_glyph_h_advance(glyph)
            known = self._widths[glyph] = float(round(advance * PER_EM / self._instance.upem))
        return known

    def code(self, glyph: int) -> str:
        """In hexadecimal digits."""
        return f"{glyph:04X}"

    def says(self, glyph: int, text: str) -> bool:
        """Whether the glyph's code alone says ``text``. The first text that a glyph stands for becomes its own."""
        return 0 < len(text) <= _MOST_SAID and self._texts.setdefault(glyph, text) == text

    def finish(self, made: FontSubset) -> None:
        """Write it down. ``made``: all glyphs whose widths were asked for."""
        called = self._name(made)
        entries = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": f"/{called}",
            "Encoding": "/Identity-H",
            "DescendantFonts": array([reference(self._descendant(called, made))]),
            "ToUnicode": reference(add_unicode_map(self._objects, self._texts, _CODE_BYTES)),
        }
        self._objects.put(self.number, entries)

    def subset(self) -> FontSubset | None:
        return subset(self._instance, self._widths)

    def _descendant(self, called: str, made: FontSubset) -> int:
        true_type = made.kind is OutlineKind.TRUETYPE
        entries = {
            "Type": "/Font",
            "Subtype": "/CIDFontType2" if true_type else "/CIDFontType0",
            "BaseFont": f"/{called}",
            "CIDSystemInfo": _SYSTEM,
            "FontDescriptor": reference(self._descriptor(called, made)),
            "W": _widths(self._widths),
        }
        return self._objects.add({**entries, "CIDToGIDMap": "/Identity"} if true_type else entries)

    def _descriptor(self, called: str, made: FontSubset) -> int:
        metrics, italic = self._instance.metrics, self._instance.face.italic
        entries = {
            "Type": "/FontDescriptor",
            "FontName": f"/{called}",
            "Flags": str(_SYMBOLIC | (_ITALIC if italic else 0)),
            "FontBBox": f"[{numbers((value * PER_EM for value in bounding_box(self._instance)), 0)}]",
            "ItalicAngle": str(_SLANT_DEGREES if italic else 0),
            "Ascent": number(metrics.ascent * PER_EM, 0),
            "Descent": number(-metrics.descent * PER_EM, 0),
            "CapHeight": number(metrics.cap_height * PER_EM, 0),
            "StemV": str(_STEM),
        }
        return self._objects.add({**entries, **self._program(made)})

    def _program(self, made: FontSubset) -> dict[str, str]:
        if made.kind is OutlineKind.TRUETYPE:
            length = {"Length1": str(len(made.program))}
            return {"FontFile2": reference(self._objects.add_stream(length, made.program))}
        kind = {"Subtype": "/CIDFontType0C"}
        return {"FontFile3": reference(self._objects.add_stream(kind, made.program))}

    def _name(self, made: FontSubset) -> str:
        """Six letters that tell this subset from others, and the face's name."""
        face = self._instance.face
        digest = int.from_bytes(hashlib.sha256(made.program).digest()[:8], "big")
        letters = "".join([chr(65 + digest // _ALPHABET**place % _ALPHABET) for place in range(_TAG_LETTERS)])
        return f"{letters}+{name(face.postscript_name or face.family)}"


def _widths(widths: dict[int, float]) -> str:
    """Neighbours share an array."""
    runs: list[tuple[int, list[str]]] = []
    for glyph, width in sorted(widths.items()):
        if runs and glyph == runs[-1][0] + len(runs[-1][1]):
            runs[-1][1].append(number(width, 0))
        else:
            runs.append((glyph, [number(width, 0)]))
    return array([f"{first}{array(values)}" for first, values in runs])
