"""Pairs of brackets in text that runs both ways (UAX #9, BD14-BD16 and rule N0)."""

from __future__ import annotations

import re
from typing import Final

from renderer.text.bidiclass import LEFT, MARK, NEUTRAL, RIGHT
from renderer.text.unicode import BRACKET_PAIRS

# The angle brackets at U+2329 and U+3008 are canonical equivalents.
_SAME: Final = {"\u232a": "\u3009"}
_CLOSER_OF: Final = {opener: _SAME.get(closer, closer) for opener, closer in BRACKET_PAIRS.items()}
_BRACKET: Final = re.compile("[" + re.escape("".join((*BRACKET_PAIRS, *BRACKET_PAIRS.values()))) + "]")
_MAX_OPEN: Final = 63
# A number counts as rightward: N0, note on EN and AN.
_DIRECTED: Final = {LEFT: re.compile(b"L"), RIGHT: re.compile(b"[Rea]")}


def resolve_brackets(text: str, classes: bytes, types: bytearray, level: int) -> None:
    """N0: give the brackets in ``text`` a direction, in ``types``. ``classes`` are those before rule W1; both have one
    more at either end, for what is around the text."""
    embedding, opposite = (RIGHT, LEFT) if level % 2 else (LEFT, RIGHT)
    for opener, closer in _pairs(text, types):
        if _DIRECTED[embedding].search(types, opener + 1, closer):
            direction = embedding
        elif _DIRECTED[opposite].search(types, opener + 1, closer):
            direction = _direction_before(types, opener)
        else:
            continue
        for bracket in (opener, closer):
            _turn(classes, types, bracket, direction)


def _pairs(text: str, types: bytearray) -> list[tuple[int, int]]:
    """BD16: where pairs open and close in ``types``, in the order of their openers."""
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for found in _BRACKET.finditer(text):
        at = found.start() + 1
        if types[at] != NEUTRAL:
            continue
        closer = _CLOSER_OF.get(found[0])
        if closer is None:
            _close(_SAME.get(found[0], found[0]), at, opened, pairs)
        elif len(opened) == _MAX_OPEN:
            break
        else:
            opened.append((closer, at))
    return sorted(pairs)


def _close(closer: str, at: int, opened: list[tuple[str, int]], pairs: list[tuple[int, int]]) -> None:
    for depth in range(len(opened) - 1, -1, -1):
        if opened[depth][0] == closer:
            pairs.append((opened[depth][1], at))
            del opened[depth:]
            return


def _direction_before(types: bytearray, at: int) -> int:
    # The text before a pair that was turned ends in it, so all these walks together are no longer than the text.
    while types[at] == NEUTRAL:
        at -= 1
    return LEFT if types[at] == LEFT else RIGHT


def _turn(classes: bytes, types: bytearray, bracket: int, direction: int) -> None:
    """Marks on a bracket go with it."""
    types[bracket] = direction
    at = bracket + 1
    while classes[at] == MARK:
        types[at] = direction
        at += 1
