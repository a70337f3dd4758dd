"""Bidirectional classes (UAX #9, table 4), a byte each, so that the rules can be patterns on the classes of a text."""

from __future__ import annotations

from typing import Final

from renderer.text.unicode import BIDI_CLASS

LEFT, RIGHT, NEUTRAL, MARK = b"LRNm"
"""A resolved direction, a neutral of any kind, a nonspacing mark."""
ISOLATES: Final = b"ijk"
"""LRI, RLI, FSI: what opens an isolate. ``POP`` closes one."""
POP: Final = ord("q")
EMBEDDINGS: Final = b"lr<>"
"""LRE, RLE, LRO, RLO: what opens an embedding. ``POP_EMBEDDING`` closes one."""
POP_EMBEDDING: Final = ord("p")
REMOVED: Final = EMBEDDINGS + b"pb"
"""What rule X9 takes out of the text: embeddings and the characters that are no part of it (BN)."""

# A line separator and a form feed are white space to all rules but L1, to which they end a line.
_LINE_SEPARATOR: Final = ord("Z")
_BYTES: Final = {
    "L": "L",
    "R": "R",
    "AL": "A",
    "EN": "e",
    "ES": "+",
    "ET": "%",
    "AN": "a",
    "CS": ",",
    "NSM": "m",
    "BN": "b",
    "B": "B",
    "S": "S",
    "WS": "w",
    "ON": "o",
    "LRE": "l",
    "RLE": "r",
    "LRO": "<",
    "RLO": ">",
    "PDF": "p",
    "LRI": "i",
    "RLI": "j",
    "FSI": "k",
    "PDI": "q",
}


class _Known(dict[str, int]):
    """Each character's class, found when it is first asked for."""

    def __missing__(self, character: str) -> int:
        found = self[character] = ord(_BYTES[BIDI_CLASS.of(character)])
        return found


_KNOWN: Final = _Known({"\u2028": _LINE_SEPARATOR, "\x0c": _LINE_SEPARATOR})


def bidi_classes(text: str) -> bytes:
    """The class of each character of ``text``."""
    return bytes(map(_KNOWN.__getitem__, text))
