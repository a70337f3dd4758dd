"""Unicode's conformance files, case by case; the formats are described in the files."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent
# The bits of a case of BidiTest.txt: the paragraph's level is found from the text (None), or given.
_PARAGRAPH_LEVELS: tuple[tuple[int, int | None], ...] = ((1, None), (2, 0), (4, 1))


@dataclass(frozen=True, slots=True)
class BidiCase:
    """A paragraph and what comes of it. ``source``: characters as hexadecimal numbers, or classes. ``base``: the
    paragraph's level, None where it is found from the text. ``levels``: None where rule X9 removes the character."""

    source: tuple[str, ...]
    base: int | None
    levels: tuple[int | None, ...]
    order: tuple[int, ...]


def bidi_class_cases(base: int | None) -> Iterator[BidiCase]:
    """Of BidiTest.txt, those with paragraphs of level ``base``; their sources are classes."""
    (bit,) = [bit for bit, level in _PARAGRAPH_LEVELS if level == base]
    levels: tuple[int | None, ...] = ()
    order: tuple[int, ...] = ()
    for line in _lines("BidiTest"):
        if line.startswith("@Levels:"):
            levels = _levels(line.removeprefix("@Levels:"))
        elif line.startswith("@Reorder:"):
            order = tuple(map(int, line.removeprefix("@Reorder:").split()))
        else:
            classes, _, bits = line.partition(";")
            if int(bits, 16) & bit:
                yield BidiCase(tuple(classes.split()), base, levels, order)


def bidi_character_cases() -> Iterator[BidiCase]:
    """Of BidiCharacterTest.txt; their sources are characters."""
    for line in _lines("BidiCharacterTest"):
        characters, direction, _, levels, order = line.split(";")
        base = {"0": 0, "1": 1, "2": None}[direction]
        yield BidiCase(tuple(characters.split()), base, _levels(levels), tuple(map(int, order.split())))


def break_cases(name: str) -> Iterator[tuple[str, list[int]]]:
    """Of a file about boundaries: each text, and the places in it where there is one."""
    for line in _lines(name):
        text = ""
        breaks: list[int] = []
        for sign in line.split():
            if sign == "\u00f7":
                breaks.append(len(text))
            elif sign != "\u00d7":
                text += chr(int(sign, 16))
        yield text, breaks


def _levels(text: str) -> tuple[int | None, ...]:
    return tuple(None if level == "x" else int(level) for level in text.split())


def _lines(name: str) -> Iterator[str]:
    with lzma.open(_FOLDER / f"{name}.txt.xz", "rt", encoding="utf-8-sig") as file:
        for line in file:
            content = line.partition("#")[0].strip()
            if content:
                yield content
