"""Lists: how far a paragraph is moved in, and the bullet or number before it.

Figma documents no numbers for these. Levels are moved in by one and a half times the font size, markers stand right
before the text and take turns by level: a disc, a ring and a square; numbers, letters and roman numerals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderer.scene import ListType
from renderer.text.paragraphs import Paragraph

_INDENT_EMS = 1.5
# Between the marker's right edge and the text.
GAP_EMS = 0.5
_BULLETS = "\u2022\u25e6\u25aa"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_UNITS = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def indent_of(paragraph: Paragraph) -> float:
    """Pixels from the left edge of the box to the paragraph's text."""
    line = paragraph.line
    level = max(line.indentation, 1) if line.list_type is not ListType.NONE else max(line.indentation, 0)
    return level * _INDENT_EMS * paragraph.style.size


def markers(paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    """Each paragraph's marker; '' for one that is in no list. Numbers start again after a break in the list."""
    counts: dict[int, int] = {}
    for paragraph in paragraphs:
        level = max(paragraph.line.indentation, 1)
        counts = {known: count for known, count in counts.items() if known <= level}
        match paragraph.line.list_type:
            case ListType.NONE:
                counts = {}
                yield ""
            case ListType.UNORDERED:
                counts.pop(level, None)
                yield _BULLETS[(level - 1) % len(_BULLETS)]
            case ListType.ORDERED:
                counts[level] = counts.get(level, 0) + 1
                yield f"{_number(counts[level], level)}."


def _number(count: int, level: int) -> str:
    match (level - 1) % 3:
        case 0:
            return str(count)
        case 1:
            return _letters(count)
        case _:
            return _roman(count)


def _letters(count: int) -> str:
    letters = ""
    while count:
        count, digit = divmod(count - 1, 26)
        letters = chr(ord("a") + digit) + letters
    return letters


def _roman(count: int) -> str:
    numeral = ""
    for value, letters in (*_ROMAN, *_ROMAN_UNITS):
        times, count = divmod(count, value)
        numeral += letters * times
    return numeral
