"""Which way text runs: the Unicode bidirectional algorithm (UAX #9), levels per character and the visual order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from renderer.text.bidiclass import REMOVED, bidi_classes
from renderer.text.embeddings import RunSequence, run_sequences
from renderer.text.implicit import implicit_levels

_LEFTWARD: Final = re.compile(rb"[RAar>j]")
_PARAGRAPH: Final = re.compile(rb"[^B]*B|[^B]+")
# At a tab, and where a line ends for certain; where one is wrapped, white space hangs: see renderer.text.lines.
_SEPARATOR: Final = re.compile(rb"[SBZ]|\Z")
_REMOVED: Final = re.compile(rb"[" + REMOVED + rb"]+")
_BLANK: Final = b"wijkq" + REMOVED


def needs_bidi(text: str) -> bool:
    """Whether anything in ``text`` runs right to left; most text does not and needs no levels."""
    return not text.isascii() and _LEFTWARD.search(bidi_classes("".join(set(text)))) is not None


def embedding_levels(text: str, base: int | None = None) -> bytes:
    """The level of each character: even runs to the right, odd to the left. ``base``: that of every paragraph; None:
    each has its own, from its first strong character (P2, P3)."""
    classes = bidi_classes(text)
    levels = bytearray()
    for paragraph in _PARAGRAPH.finditer(classes):
        levels += _paragraph_levels(text[paragraph.start() : paragraph.end()], paragraph[0], base)
    return bytes(levels)


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


def _paragraph_levels(text: str, classes: bytes, base: int | None) -> bytearray:
    level, sequences = run_sequences(classes, base)
    levels = bytearray([level]) * len(text)
    for run in sequences:
        _set_levels(text, run, levels)
    _fill_removed(classes, levels, level)
    _reset_blanks(classes, levels, level)
    return levels


def _set_levels(text: str, run: RunSequence, levels: bytearray) -> None:
    whole = len(run.places) == len(text)
    of_run = text if whole else "".join([text[at] for at in run.places])
    found = implicit_levels(of_run, run.classes, run.level, run.before, run.after)
    if whole:
        levels[:] = found
        return
    for at, level in zip(run.places, found, strict=True):
        levels[at] = level


def _fill_removed(classes: bytes, levels: bytearray, base: int) -> None:
    """Formatting characters take the level before them, so that they split no run."""
    for removed in _REMOVED.finditer(classes):
        start, end = removed.span()
        levels[start:end] = bytes([levels[start - 1] if start else base]) * (end - start)


def _reset_blanks(classes: bytes, levels: bytearray, base: int) -> None:
    """L1: separators, and the white space before them and at the end, run the paragraph's way."""
    start = 0
    for separator in _SEPARATOR.finditer(classes):
        blank = start + len(classes[start : separator.start()].rstrip(_BLANK))
        start = separator.end()
        levels[blank:start] = bytes([base]) * (start - blank)
