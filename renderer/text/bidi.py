"""Which way text runs: the Unicode bidirectional algorithm (UAX #9), levels per character and the visual order.

Bracket pairs (rule N0) are the ASCII and CJK ones that designs use, not all of Unicode's. White space at the end of a
line needs no rule L1: it hangs, see :mod:`renderer.text.lines`.
"""

from __future__ import annotations

from collections.abc import Sequence

from renderer.text.embeddings import ISOLATES, REMOVED, STRONG, ExplicitLevels, first_strong, matching_isolates
from renderer.text.unicode import BIDI_CLASS

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_NEUTRAL = frozenset({"B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"})
_BRACKETS = dict(zip("([{⟨〈《「『【", ")]}⟩〉》」』】", strict=True))
_CLOSERS = {closer: opener for opener, closer in _BRACKETS.items()}
_MAX_BRACKETS = 63


def needs_bidi(text: str) -> bool:
    """Whether anything in ``text`` runs right to left; most text does not and needs no levels."""
    return not text.isascii() and any(BIDI_CLASS.of(character) in _RIGHT_TO_LEFT for character in set(text))


def embedding_levels(text: str) -> list[int]:
    """The level of each character of one paragraph: even runs to the right, odd to the left. The paragraph's own
    level is found from its first strong character (P2, P3); see :func:`paragraph_level`."""
    classes = [BIDI_CLASS.of(character) for character in text]
    base = first_strong(classes, 0, len(classes))
    levels = ExplicitLevels(classes, base).levels
    kept = [at for at, name in enumerate(classes) if name not in REMOVED]
    for sequence in _isolating_runs(classes, levels, kept):
        _resolve_sequence(text, classes, levels, sequence, base)
    return _fill_removed(classes, levels, base)


def paragraph_level(text: str) -> int:
    """1 if the first strong character runs to the left, else 0."""
    classes = [BIDI_CLASS.of(character) for character in text]
    return first_strong(classes, 0, len(classes))


def visual_order(levels: Sequence[int]) -> list[int]:
    """Rule L2: the indices of ``levels`` (of runs or of characters) from left to right."""
    order = list(range(len(levels)))
    lowest_odd = min((level for level in levels if level % 2), default=0)
    for level in range(max(levels, default=0), max(lowest_odd - 1, 0), -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return order


def _isolating_runs(classes: Sequence[str], levels: Sequence[int], kept: Sequence[int]) -> list[list[int]]:
    """X10: runs of one level, joined across the isolates inside them."""
    runs: list[list[int]] = []
    for at in kept:
        if runs and levels[runs[-1][-1]] == levels[at]:
            runs[-1].append(at)
        else:
            runs.append([at])
    by_start = {run[0]: run for run in runs}
    matches = matching_isolates(classes, kept)
    continuing = set(matches.values())
    sequences: list[list[int]] = []
    for run in runs:
        if run[0] in continuing and classes[run[0]] == "PDI":
            continue
        sequence = list(run)
        while sequence[-1] in matches and matches[sequence[-1]] in by_start:
            sequence += by_start[matches[sequence[-1]]]
        sequences.append(sequence)
    return sequences


def _resolve_sequence(text: str, classes: Sequence[str], levels: list[int], sequence: Sequence[int], base: int) -> None:
    level = levels[sequence[0]]
    start = _edge(classes, levels, sequence[0], -1, base, level)
    open_isolate = classes[sequence[-1]] in ISOLATES
    end = "LR"[max(level, base) % 2] if open_isolate else _edge(classes, levels, sequence[-1], 1, base, level)
    types = [classes[at] for at in sequence]
    _weak(types, start)
    _bracket_pairs(text, classes, sequence, types, level, start)
    _neutrals(types, level, start, end)
    for at, name in zip(sequence, types, strict=True):
        levels[at] = level + _IMPLICIT[level % 2][name]


_IMPLICIT = ({"L": 0, "R": 1, "AN": 2, "EN": 2}, {"L": 1, "R": 0, "AN": 1, "EN": 1})


def _edge(classes: Sequence[str], levels: Sequence[int], at: int, step: int, base: int, level: int) -> str:
    """The direction at the edge of a sequence: of the higher of the two levels that meet there."""
    at += step
    while 0 <= at < len(classes) and classes[at] in REMOVED:
        at += step
    outside = levels[at] if 0 <= at < len(classes) else base
    return "LR"[max(level, outside) % 2]


def _weak(types: list[str], start: str) -> None:
    """W1-W7."""
    previous, strong = start, start
    for at, name in enumerate(types):
        if name == "NSM":
            types[at] = "ON" if previous in ISOLATES or previous == "PDI" else previous
        strong = name if name in STRONG else strong
        if types[at] == "EN" and strong == "AL":
            types[at] = "AN"
        previous = types[at]
    types[:] = ["R" if name == "AL" else name for name in types]
    for at in range(1, len(types) - 1):
        around = types[at - 1], types[at + 1]
        if types[at] == "ES" and around == ("EN", "EN"):
            types[at] = "EN"
        elif types[at] == "CS" and around in {("EN", "EN"), ("AN", "AN")}:
            types[at] = around[0]
    _terminators(types)
    strong = start
    for at, name in enumerate(types):
        strong = name if name in {"L", "R"} else strong
        if name == "EN" and strong == "L":
            types[at] = "L"


def _terminators(types: list[str]) -> None:
    """W5, W6."""
    at = 0
    while at < len(types):
        end = at
        while end < len(types) and types[end] == "ET":
            end += 1
        if end > at:
            number = (at and types[at - 1] == "EN") or (end < len(types) and types[end] == "EN")
            types[at:end] = ["EN" if number else "ON"] * (end - at)
        elif types[at] in {"ES", "CS"}:
            types[at] = "ON"
        at = max(end, at + 1)


def _strength(name: str) -> str | None:
    return "R" if name in {"R", "EN", "AN"} else name if name == "L" else None


def _bracket_pairs(
    text: str, classes: Sequence[str], sequence: Sequence[int], types: list[str], level: int, start: str
) -> None:
    """N0."""
    embedding = "LR"[level % 2]
    for opener, closer in _find_pairs(text, sequence, types):
        inside = {_strength(types[at]) for at in range(opener + 1, closer)} - {None}
        if embedding in inside:
            direction: str | None = embedding
        elif inside:
            before = (_strength(types[at]) for at in range(opener - 1, -1, -1))
            context = next((found for found in before if found), start)
            direction = context if context != embedding else embedding
        else:
            continue
        for bracket in (opener, closer):
            types[bracket] = direction or embedding
            _carry_to_marks(classes, sequence, types, bracket)


def _carry_to_marks(classes: Sequence[str], sequence: Sequence[int], types: list[str], bracket: int) -> None:
    """Marks on a bracket go with it."""
    at = bracket + 1
    while at < len(types) and classes[sequence[at]] == "NSM":
        types[at] = types[bracket]
        at += 1


def _find_pairs(text: str, sequence: Sequence[int], types: Sequence[str]) -> list[tuple[int, int]]:
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for at, place in enumerate(sequence):
        character = text[place]
        if types[at] != "ON":
            continue
        if character in _BRACKETS:
            if len(opened) == _MAX_BRACKETS:
                break
            opened.append((character, at))
        elif character in _CLOSERS:
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == _CLOSERS[character]:
                    pairs.append((opened[depth][1], at))
                    del opened[depth:]
                    break
    return sorted(pairs)


def _neutrals(types: list[str], level: int, start: str, end: str) -> None:
    """N1, N2."""
    at = 0
    while at < len(types):
        stop = at
        while stop < len(types) and types[stop] in _NEUTRAL:
            stop += 1
        if stop > at:
            before = _strength(types[at - 1]) if at else start
            after = _strength(types[stop]) if stop < len(types) else end
            types[at:stop] = [before if before == after and before else "LR"[level % 2]] * (stop - at)
        at = max(stop, at + 1)


def _fill_removed(classes: Sequence[str], levels: list[int], base: int) -> list[int]:
    """Formatting characters take the level before them, so that they split no run."""
    previous = base
    for at, name in enumerate(classes):
        if name in REMOVED:
            levels[at] = previous
        previous = levels[at]
    return levels
