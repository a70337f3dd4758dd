"""Levels of one isolating run sequence (UAX #9, rules W1-W7, N0-N2, I1-I2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from renderer.text.bidiclass import ISOLATES, POP
from renderer.text.brackets import resolve_brackets
from renderer.text.embeddings import MAX_DEPTH

_Match = re.Match[bytes]

_AFTER_ARABIC: Final = re.compile(rb"(?<=A)[^LRA]+")
_SEPARATOR_IN_NUMBER: Final = re.compile(rb"(?<=e)[+,](?=e)")
_SEPARATOR_IN_ARABIC_NUMBER: Final = re.compile(rb"(?<=a),(?=a)")
_NUMBER_AND_TERMINATORS: Final = re.compile(rb"%*e[e%]*")
_AFTER_LEFT: Final = re.compile(rb"L[^R]+")
_BETWEEN_LEFT: Final = re.compile(rb"(?<=L)N+(?=L)")
_BETWEEN_RIGHT: Final = re.compile(rb"(?<=[Rea])N+(?=[Rea])")
_MARKS: Final = re.compile(rb"([^m])m+")
_NO_BASE: Final = (*ISOLATES, POP)
_ARABIC_TO_RIGHT: Final = bytes.maketrans(b"A", b"R")
_TO_NEUTRAL: Final = bytes.maketrans(b"+,%BSwoijkqZ", b"NNNNNNNNNNNN")
_STEPS: Final = ((0, 1, 2, 2), (1, 0, 1, 1))
_TO_LEVEL: Final = tuple(
    bytes.maketrans(b"LRea", bytes(level + step for step in _STEPS[level % 2])) for level in range(MAX_DEPTH + 1)
)


def implicit_levels(text: str, classes: bytes, level: int, before: bytes, after: bytes) -> bytes:
    """The level of each character of ``text``, which has these classes and this embedding level. ``before``, ``after``:
    the directions at its ends (sos, eos), ``b"L"`` or ``b"R"``."""
    around = before + classes + after
    types = bytearray(_weak(around).translate(_TO_NEUTRAL))
    resolve_brackets(text, around, types, level)
    return _neutrals(bytes(types), level)[1:-1].translate(_TO_LEVEL[level])


def _weak(types: bytes) -> bytes:
    if b"m" in types:
        types = _MARKS.sub(_like_their_base, types)  # W1
    if b"e" in types:
        types = _AFTER_ARABIC.sub(_renamed(b"e", b"a"), types)  # W2
    types = types.translate(_ARABIC_TO_RIGHT)  # W3
    return _numbers(types) if b"e" in types or b"a" in types else types


def _numbers(types: bytes) -> bytes:
    types = _SEPARATOR_IN_NUMBER.sub(b"e", types)  # W4
    types = _SEPARATOR_IN_ARABIC_NUMBER.sub(b"a", types)  # W4
    types = _NUMBER_AND_TERMINATORS.sub(_filled(b"e"), types)  # W5; what W6 is about is made neutral with the rest
    return _AFTER_LEFT.sub(_renamed(b"e", b"L"), types)  # W7


def _neutrals(types: bytes, level: int) -> bytes:
    types = _BETWEEN_LEFT.sub(_filled(b"L"), types)  # N1
    types = _BETWEEN_RIGHT.sub(_filled(b"R"), types)  # N1
    return types.replace(b"N", b"R" if level % 2 else b"L")  # N2


def _like_their_base(found: _Match) -> bytes:
    base = found[1]
    return base + (b"o" if base[0] in _NO_BASE else base) * (len(found[0]) - 1)


def _filled(with_: bytes) -> Callable[[_Match], bytes]:
    return lambda found: with_ * len(found[0])


def _renamed(old: bytes, new: bytes) -> Callable[[_Match], bytes]:
    return lambda found: found[0].replace(old, new)
