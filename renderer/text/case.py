"""Letter case as a style, and the pieces of text that come of it.

Case changes the characters (a German sharp s in upper case is two letters), so it happens before anything is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from renderer.fonts import FontProvider
from renderer.scene import TextCase, TextRun, TextStyle

# Where a font has no small capitals: capitals at the x-height of most text faces.
_SMALL_CAPITAL_SIZE = 0.72
_SMALL = frozenset({TextCase.SMALL_CAPS, TextCase.SMALL_CAPS_FORCED})


@dataclass(frozen=True, slots=True)
class Piece:
    """``text`` to set in ``style``; ``scale``: of the glyphs against the style's size, which counts for the lines.
    ``stretch``: how much wider a stand-in for the style's own font is set; other faces are not stretched."""

    text: str
    style: TextStyle
    scale: float = 1.0
    stretch: float = 1.0


def apply_case(characters: str, runs: Sequence[TextRun], fonts: FontProvider) -> list[Piece]:
    """The runs' text as it is shown. Empty runs are gone; characters that no run covers are not shown."""
    pieces: list[Piece] = []
    for run in runs:
        text = characters[run.start : run.end]
        if not text:
            continue
        if run.style.case in _SMALL:
            pieces.extend(_small_capitals(text, run.style, fonts))
        else:
            pieces.append(Piece(_change(text, run.style.case, characters[: run.start]), run.style))
    return pieces


def _change(text: str, case: TextCase, before: str) -> str:
    match case:
        case TextCase.UPPER:
            return text.upper()
        case TextCase.LOWER:
            return text.lower()
        case TextCase.TITLE:
            return _title(text, in_word=bool(before) and _continues(before[-1]))
        case _:
            return text


def _continues(character: str) -> bool:
    return character.isalnum() or character in "'\u2019"


def _title(text: str, *, in_word: bool) -> str:
    """Only first letters change; ``str.title`` would also lower the others and capitalise after an apostrophe."""
    shown: list[str] = []
    for character in text:
        shown.append(character if in_word else character.title())
        in_word = _continues(character)
    return "".join(shown)


def _small_capitals(text: str, style: TextStyle, fonts: FontProvider) -> Iterator[Piece]:
    """The font's own small capitals where it has them, else capitals set smaller."""
    forced = style.case is TextCase.SMALL_CAPS_FORCED
    wanted = {"smcp", "c2sc"} if forced else {"smcp"}
    if wanted <= fonts.resolve(style).instance.face.substitutions:
        yield Piece(text, replace(style, features=(*style.features, *((tag, 1) for tag in sorted(wanted)))))
        return
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or _is_small(text[end], forced=forced) != _is_small(text[start], forced=forced):
            small = _is_small(text[start], forced=forced)
            yield Piece(text[start:end].upper(), style, _SMALL_CAPITAL_SIZE if small else 1.0)
            start = end


def _is_small(character: str, *, forced: bool) -> bool:
    return character.isalpha() if forced else character.islower()
