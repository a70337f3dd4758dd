"""What a reader takes for one character: extended grapheme clusters (UAX #29), and which of them are emoji."""

from __future__ import annotations

from renderer.text.unicode import CONJUNCT_BREAK, EMOJI, GRAPHEME_BREAK

_CONTROLS = frozenset({"Control", "CR", "LF"})
_AFTER_ANYTHING = frozenset({"Extend", "ZWJ", "SpacingMark"})
_HANGUL = {
    "L": frozenset({"L", "V", "LV", "LVT"}),
    "LV": frozenset({"V", "T"}),
    "V": frozenset({"V", "T"}),
    "LVT": frozenset({"T"}),
    "T": frozenset({"T"}),
}
_TEXT_STYLE, _EMOJI_STYLE, _KEYCAP = "\ufe0e", "\ufe0f", "\u20e3"


def grapheme_starts(text: str) -> list[int]:
    """The indices at which a cluster starts, in order; the first is 0 unless ``text`` is empty."""
    if text.isascii():
        return [at for at in range(len(text)) if not (at and text[at] == "\n" and text[at - 1] == "\r")]
    state = _State(text[0])
    return [0, *(at for at in range(1, len(text)) if state.breaks_before(text[at]))]


class _State:
    """What the rules remember of the characters so far."""

    __slots__ = ("conjunct", "flags", "last", "pictograph")

    def __init__(self, first: str) -> None:
        self.last = GRAPHEME_BREAK.of(first)
        self.flags = 1 if self.last == "Regional_Indicator" else 0
        self.pictograph = "" if "Pictographic" not in EMOJI.of(first) else "base"
        self.conjunct = "base" if CONJUNCT_BREAK.of(first) == "Consonant" else ""

    def breaks_before(self, character: str) -> bool:
        """Whether a cluster starts here; takes the character in."""
        current = GRAPHEME_BREAK.of(character)
        joined = self._joins(character, current)
        self._advance(character, current)
        return not joined

    def _joins(self, character: str, current: str) -> bool:
        if self.last in _CONTROLS or current in _CONTROLS:  # GB3-5
            return self.last == "CR" and current == "LF"
        return (
            current in _AFTER_ANYTHING  # GB9, 9a
            or self.last == "Prepend"  # GB9b
            or current in _HANGUL.get(self.last, ())  # GB6-8
            or (self.conjunct == "linked" and CONJUNCT_BREAK.of(character) == "Consonant")  # GB9c
            or (self.pictograph == "joiner" and "Pictographic" in EMOJI.of(character))  # GB11
            or (self.flags % 2 == 1 and current == "Regional_Indicator")  # GB12, 13
        )

    def _advance(self, character: str, current: str) -> None:
        self.flags = self.flags + 1 if current == "Regional_Indicator" else 0
        if "Pictographic" in EMOJI.of(character):
            self.pictograph = "base"
        elif not (self.pictograph == "base" and current == "Extend"):
            self.pictograph = "joiner" if self.pictograph == "base" and current == "ZWJ" else ""
        conjunct = CONJUNCT_BREAK.of(character)
        if conjunct == "Consonant":
            self.conjunct = "base"
        elif self.conjunct and conjunct == "Linker":
            self.conjunct = "linked"
        elif conjunct != "Extend":
            self.conjunct = ""
        self.last = current


def is_emoji(cluster: str) -> bool:
    """Whether a cluster asks to be shown as a colour picture: by default, by selector, as a flag or as a keycap."""
    if cluster.isascii() or _TEXT_STYLE in cluster:
        return False
    if _EMOJI_STYLE in cluster or _KEYCAP in cluster:
        return EMOJI.of(cluster[0]) != "None"
    return "Presentation" in EMOJI.of(cluster[0]) or (len(cluster) > 1 and "Presentation" in EMOJI.of(cluster[1]))
