"""Explicit directions in text (UAX #9, P2-P3 and X1-X8): embeddings, overrides and isolates, to a level each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STRONG = {"L": 0, "R": 1, "AL": 1}
ISOLATES = frozenset({"LRI", "RLI", "FSI"})
_EMBEDDINGS = frozenset({"LRE", "RLE", "LRO", "RLO"})
REMOVED = _EMBEDDINGS | {"PDF", "BN"}
_MAX_DEPTH = 125


def first_strong(classes: Sequence[str], start: int, end: int) -> int:
    """1 if the first strong character outside any isolate runs to the left, else 0."""
    depth = 0
    for name in classes[start:end]:
        if name in ISOLATES:
            depth += 1
        elif name == "PDI":
            depth = max(depth - 1, 0)
        elif depth == 0 and name in STRONG:
            return STRONG[name]
    return 0


def matching_isolates(classes: Sequence[str], places: Sequence[int]) -> dict[int, int]:
    """Each isolate's start to its end, where it has one; only ``places`` are looked at."""
    opened: list[int] = []
    matches: dict[int, int] = {}
    for at in places:
        if classes[at] in ISOLATES:
            opened.append(at)
        elif classes[at] == "PDI" and opened:
            matches[opened.pop()] = at
    return matches


@dataclass(frozen=True, slots=True)
class _Status:
    level: int
    override: str = ""
    isolate: bool = False


class ExplicitLevels:
    """``levels`` of the characters with ``classes``, before the implicit rules; overrides change ``classes``."""

    def __init__(self, classes: list[str], base: int) -> None:
        self.levels = [base] * len(classes)
        self._classes = classes
        self._stack = [_Status(base)]
        self._base = base
        self._overflowing_isolates = 0
        self._overflowing_embeddings = 0
        special = ISOLATES | REMOVED | {"PDI"}
        if special.isdisjoint(classes):
            return
        self._matches = matching_isolates(classes, range(len(classes)))
        for at, name in enumerate(list(classes)):
            self._take(at, name)

    def _take(self, at: int, name: str) -> None:
        status = self._stack[-1]
        self.levels[at] = status.level
        if name in ISOLATES:
            self._override(at)
            self._open(at, name)
        elif name in _EMBEDDINGS:
            self._open(at, name)
        elif name == "PDI":
            self._close_isolate()
            self.levels[at] = self._stack[-1].level
            self._override(at)
        elif name == "PDF":
            self._close_embedding()
        elif name == "B":
            self.levels[at] = self._base
        elif name != "BN":
            self._override(at)

    def _override(self, at: int) -> None:
        self._classes[at] = self._stack[-1].override or self._classes[at]

    def _open(self, at: int, name: str) -> None:
        # Asked in this order because the level of a first-strong isolate costs a look at all it holds.
        room = not self._overflowing_isolates and not self._overflowing_embeddings
        level = self._next_level(at, name) if room else _MAX_DEPTH + 1
        isolate = name in ISOLATES
        if level <= _MAX_DEPTH:
            self._stack.append(_Status(level, name[0] if name in {"LRO", "RLO"} else "", isolate))
        elif isolate:
            self._overflowing_isolates += 1
        elif not self._overflowing_isolates:
            self._overflowing_embeddings += 1

    def _next_level(self, at: int, name: str) -> int:
        level = self._stack[-1].level
        return (level + 1) | 1 if self._is_leftward(at, name) else (level + 2) & ~1

    def _is_leftward(self, at: int, name: str) -> bool:
        if name == "FSI":
            return bool(first_strong(self._classes, at + 1, self._matches.get(at, len(self._classes))))
        return name.startswith("R")

    def _close_isolate(self) -> None:
        if self._overflowing_isolates:
            self._overflowing_isolates -= 1
        elif any(status.isolate for status in self._stack):
            self._overflowing_embeddings = 0
            while not self._stack.pop().isolate:
                pass

    def _close_embedding(self) -> None:
        if self._overflowing_isolates:
            return
        if self._overflowing_embeddings:
            self._overflowing_embeddings -= 1
        elif not self._stack[-1].isolate and len(self._stack) > 1:
            self._stack.pop()
