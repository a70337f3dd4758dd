"""Explicit directions in text (UAX #9, P2-P3 and X1-X10): embeddings, overrides and isolates, to runs of one level."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from renderer.text.bidiclass import EMBEDDINGS, ISOLATES, POP, POP_EMBEDDING, REMOVED

MAX_DEPTH: Final = 125
_STRONG: Final = re.compile(rb"[LRA]")
_EXPLICIT: Final = re.compile(rb"[lr<>pijkqb]")
_LEVEL_OF_STRONG: Final = {ord("L"): 0, ord("R"): 1, ord("A"): 1}
_OVERRIDE: Final = {ord("<"): ord("L"), ord(">"): ord("R")}
_RIGHTWARD: Final = b"r>j"
_FIRST_STRONG_ISOLATE: Final = ord("k")
# What is no part of the text, and the paragraph's end, which is at its level.
_UNMOVED: Final = b"bB"


@dataclass(frozen=True, slots=True)
class RunSequence:
    """An isolating run sequence (BD13): the ``places`` of its characters in the paragraph, their ``classes`` with
    overrides applied, their embedding level, and the directions before and after it (sos, eos)."""

    places: Sequence[int]
    classes: bytes
    level: int
    before: bytes
    after: bytes


def run_sequences(classes: bytes, base: int | None) -> tuple[int, Iterable[RunSequence]]:
    """The level of one paragraph, found from its first strong character where ``base`` is None (P2, P3), and its
    isolating run sequences: together all characters that rule X9 leaves."""
    if _EXPLICIT.search(classes) is None:
        level = _first_level(classes) if base is None else base
        edge = _direction(level)
        return level, (RunSequence(range(len(classes)), classes, level, edge, edge),)
    matches = _matching_isolates(classes)
    strongs = _first_strongs(classes, matches)
    level = strongs[-1] if base is None else base
    levels, types = _Explicit(classes, level, strongs).resolved()
    return level, _sequences(classes, types, levels, matches, level)


def _first_level(classes: bytes) -> int:
    strong = _STRONG.search(classes)
    return _LEVEL_OF_STRONG[classes[strong.start()]] if strong else 0


def _direction(level: int) -> bytes:
    return b"R" if level % 2 else b"L"


def _matching_isolates(classes: bytes) -> dict[int, int]:
    """Each isolate's start to its end, where it has one (BD9)."""
    opened: list[int] = []
    matches: dict[int, int] = {}
    for at, name in enumerate(classes):
        if name in ISOLATES:
            opened.append(at)
        elif name == POP and opened:
            matches[opened.pop()] = at
    return matches


def _first_strongs(classes: bytes, matches: Mapping[int, int]) -> dict[int, int]:
    """For the start of each isolate the level that its first strong character asks for, at -1 for the paragraph: 1 if
    it runs to the left, else 0. What is inside a further isolate does not count. One walk, from the end."""
    ends = set(matches.values())
    found, outside = 0, list[int]()
    levels: dict[int, int] = {}
    for at in range(len(classes) - 1, -1, -1):
        name = classes[at]
        if name in _LEVEL_OF_STRONG:
            found = _LEVEL_OF_STRONG[name]
        elif at in ends:
            outside.append(found)
            found = 0
        elif name in ISOLATES:
            levels[at] = found
            found = outside.pop() if at in matches else 0
    levels[-1] = found
    return levels


@dataclass(frozen=True, slots=True)
class _Status:
    """An entry of the directional status stack (BD17); ``override``: a class, or 0 for none."""

    level: int
    override: int = 0
    isolate: bool = False


class _Explicit:
    """Rules X1-X8."""

    def __init__(self, classes: bytes, base: int, strongs: Mapping[int, int]) -> None:
        self._classes = classes
        self._strongs = strongs
        self._stack = [_Status(base)]
        self._levels = bytearray([base]) * len(classes)
        self._types = bytearray(classes)
        self._overflowing_isolates = self._overflowing_embeddings = self._open_isolates = 0

    def resolved(self) -> tuple[bytes, bytes]:
        """The level and the class, after overrides, of each character."""
        for at, name in enumerate(self._classes):
            if name in EMBEDDINGS:
                self._open(at, name)
            elif name == POP_EMBEDDING:
                self._close_embedding()
            elif name not in _UNMOVED:
                self._take(at, name)
        return bytes(self._levels), bytes(self._types)

    def _take(self, at: int, name: int) -> None:
        if name == POP:
            self._close_isolate()
        status = self._stack[-1]
        self._levels[at] = status.level
        if status.override:
            self._types[at] = status.override
        if name in ISOLATES:
            self._open(at, name)

    def _open(self, at: int, name: int) -> None:
        level = self._next_level(at, name)
        isolate = name in ISOLATES
        if level <= MAX_DEPTH and not self._overflowing_isolates and not self._overflowing_embeddings:
            self._open_isolates += isolate
            self._stack.append(_Status(level, _OVERRIDE.get(name, 0), isolate))
        elif isolate:
            self._overflowing_isolates += 1
        elif not self._overflowing_isolates:
            self._overflowing_embeddings += 1

    def _next_level(self, at: int, name: int) -> int:
        level = self._stack[-1].level
        leftward = self._strongs[at] if name == _FIRST_STRONG_ISOLATE else name in _RIGHTWARD
        return (level + 1) | 1 if leftward else (level + 2) & ~1

    def _close_isolate(self) -> None:
        if self._overflowing_isolates:
            self._overflowing_isolates -= 1
        elif self._open_isolates:
            self._overflowing_embeddings = 0
            self._open_isolates -= 1
            while not self._stack.pop().isolate:
                pass

    def _close_embedding(self) -> None:
        if self._overflowing_isolates:
            return
        if self._overflowing_embeddings:
            self._overflowing_embeddings -= 1
        elif len(self._stack) > 1 and not self._stack[-1].isolate:
            self._stack.pop()


def _sequences(
    classes: bytes, types: bytes, levels: bytes, matches: Mapping[int, int], base: int
) -> Iterator[RunSequence]:
    """X10."""
    kept = [at for at, name in enumerate(classes) if name not in REMOVED]
    runs = [list(run) for _, run in groupby(kept, levels.__getitem__)]
    around = [base, *(levels[run[0]] for run in runs), base]
    for first, last, places in _joined(runs, matches):
        level = around[first + 1]
        # What an isolate without end is followed by is the paragraph's.
        following = base if classes[places[-1]] in ISOLATES else around[last + 2]
        before, after = _direction(max(level, around[first])), _direction(max(level, following))
        yield RunSequence(places, bytes([types[at] for at in places]), level, before, after)


def _joined(runs: Sequence[list[int]], matches: Mapping[int, int]) -> Iterator[tuple[int, int, list[int]]]:
    """Runs of one level, those around an isolate as one: the numbers of the first and the last, and their places."""
    by_start = {run[0]: number for number, run in enumerate(runs)}
    continuing = set(matches.values())
    for first, run in enumerate(runs):
        if run[0] in continuing:
            continue
        last, places = first, list(run)
        while (end := matches.get(places[-1])) in by_start:
            last = by_start[end]
            places += runs[last]
        yield first, last, places
