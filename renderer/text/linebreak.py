"""Where a line may or must end: the Unicode line breaking algorithm (UAX #14), with dictionaries, untailored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from renderer.text.icu import line_ends


class Break(IntEnum):
    """Before a character: a line must not, may, or must end there."""

    PROHIBITED = 0
    ALLOWED = 1
    MANDATORY = 2


# The classes BK, CR, LF and NL (LB4, LB5).
_HARD: Final = frozenset("\n\x0b\x0c\r\x85\u2028\u2029")
# Most labels, not worth an ICU object: their lines may end after spaces (LB18), nowhere else (LB7, LB23, LB25, LB28).
_PLAIN: Final = re.compile("[A-Za-z0-9 ]*")
_AFTER_SPACE: Final = re.compile("(?<= )[^ ]")


def break_opportunities(text: str) -> list[Break]:
    """For each index of ``text`` whether a line may end before it; the first entry is always PROHIBITED."""
    breaks = [Break.PROHIBITED] * len(text)
    for end in _ends(text):
        breaks[end] = Break.MANDATORY if text[end - 1] in _HARD else Break.ALLOWED
    return breaks


def _ends(text: str) -> Sequence[int]:
    if _PLAIN.fullmatch(text):
        return [found.start() for found in _AFTER_SPACE.finditer(text)]
    return line_ends(text)[:-1]
