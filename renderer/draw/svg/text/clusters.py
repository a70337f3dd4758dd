"""Glyph runs as characters in places, in the order in which they are read.

A run has its glyphs from left to right. What reads from right to left is turned round: first the stretches of one
direction, then the characters within those that read from right to left (UAX #9 rule L2, undone for two levels).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final
from unicodedata import bidirectional, combining

from msgspec import Struct

from renderer.text import GlyphRun

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_LEFT_TO_RIGHT: Final = frozenset({"L", "EN", "AN"})
_VIRAMA: Final = 9  # a canonical combining class
_JOINERS: Final = "\u200c\u200d"


class Cluster(Struct, gc=False):
    """Characters that belong together, and where they begin: their left end, on the baseline. ``run``: a number for the
    glyph run. ``rightwards`` None: they read as what is around them does."""

    x: float
    y: float
    text: str
    run: int
    rightwards: bool | None


def clusters_of(run: GlyphRun, number: int) -> list[Cluster]:
    """Empty where the run does not say for all of its glyphs what they stand for."""
    if len(run.characters) != len(run.glyphs) or not run.characters[:1] or not run.characters[0]:
        return []
    found: list[Cluster] = []
    said: list[list[str]] = []
    binds = False
    for text, (x, y) in zip(run.characters, run.positions, strict=True):
        if text and not (binds and found[-1].y == y):
            found.append(Cluster(x, y, "", number, _direction(text)))
            said.append([])
            binds = False
        found[-1].x = min(found[-1].x, x)
        said[-1].append(text)
        binds = _binds(text, before=binds)
    # Put together once at the end: a cluster may be as long as the text.
    for cluster, parts in zip(found, said, strict=True):
        cluster.text = "".join(parts)
    return found


def is_leftwards(clusters: Sequence[Cluster]) -> bool:
    """Whether a text as a whole reads from right to left. It begins with what has a direction, at one end of its first
    line; where both ends would do, or neither, the direction of most of it counts."""
    top = min(cluster.y for cluster in clusters)
    first = sorted([cluster for cluster in clusters if cluster.y == top], key=_left_end)
    known = [cluster.rightwards for cluster in first if cluster.rightwards is not None]
    if known and known[0] == known[-1]:
        return not known[0]
    return sum((cluster.rightwards is False) - (cluster.rightwards is True) for cluster in clusters) > 0


def lines_of(clusters: Iterable[Cluster], *, leftwards: bool) -> Iterator[list[Cluster]]:
    """Line by line, each in reading order. ``leftwards``: of the whole text."""
    by_line = sorted(clusters, key=lambda cluster: (cluster.y, cluster.x))
    for _, line in groupby(by_line, key=lambda cluster: cluster.y):
        yield list(_read(_resolved(list(line), leftwards=leftwards), leftwards=leftwards))


def _left_end(cluster: Cluster) -> float:
    return cluster.x


def _binds(text: str, *, before: bool) -> bool:
    """Whether a cluster takes its form from what follows: it ends in a virama, with or without a joiner. ``text``: its
    last characters; ``before``: whether it did so without them."""
    last = text.rstrip(_JOINERS)[-1:]
    return combining(last) == _VIRAMA if last else before


def _direction(text: str) -> bool | None:
    for character in text:
        kind = bidirectional(character)
        if kind in _RIGHT_TO_LEFT:
            return False
        if kind in _LEFT_TO_RIGHT:
            return True
    return None


def _resolved(line: list[Cluster], *, leftwards: bool) -> list[Cluster]:
    """What has no direction takes that of its two neighbours, or the text's where they differ."""
    before = _last_known(line, not leftwards)
    after = _last_known(line[::-1], not leftwards)[::-1]
    for cluster, left, right in zip(line, before, after, strict=True):
        if cluster.rightwards is None:
            cluster.rightwards = left if left == right else not leftwards
    return line


def _last_known(line: Sequence[Cluster], start: bool) -> list[bool]:  # noqa: FBT001 - a direction, not a flag
    known: list[bool] = []
    for cluster in line:
        start = start if cluster.rightwards is None else cluster.rightwards
        known.append(start)
    return known


def _read(line: list[Cluster], *, leftwards: bool) -> Iterator[Cluster]:
    stretches = [(rightwards, list(part)) for rightwards, part in groupby(line, key=lambda cluster: cluster.rightwards)]
    for rightwards, part in reversed(stretches) if leftwards else stretches:
        yield from part if rightwards else reversed(part)
