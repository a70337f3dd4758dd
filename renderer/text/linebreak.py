"""Where a line may or must end: the Unicode line breaking algorithm (UAX #14, revision of Unicode 17), untailored.

Known gap: the scripts that write no spaces between words (Thai, Lao, Khmer, Myanmar) need a dictionary, which is not
here; their words are kept whole until they are wider than the line.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import lru_cache

from renderer.text.unicode import EMOJI, LINE_BREAK


class Break(IntEnum):
    """Before a character: a line must not, may, or must end there."""

    PROHIBITED = 0
    ALLOWED = 1
    MANDATORY = 2


_HARD = frozenset({"BK", "CR", "LF", "NL"})
_NO_BASE = _HARD | {"SP", "ZW"}
_MARKS = frozenset({"CM", "ZWJ"})
_ALPHABETIC = frozenset({"AL", "HL"})
_WORDLIKE = frozenset({"AL", "HL", "NU"})
_IN_WORD = _WORDLIKE | {"PR", "PO"}
_IDEOGRAPHIC = frozenset({"ID", "EB", "EM"})
_HANGUL = frozenset({"JL", "JV", "JT", "H2", "H3"})
_CLOSING = frozenset({"CL", "CP", "EX", "SY"})
_HYPHENS = frozenset({"HY", "HH"})
_AFTER_FINAL_QUOTE = _HARD | {"SP", "GL", "WJ", "CL", "QU", "CP", "EX", "IS", "SY", "ZW", ""}
_BEFORE_INITIAL_QUOTE = _HARD | {"OP", "QU", "GL", "SP", "ZW", ""}
_BEFORE_WORD_HYPHEN = _HARD | {"SP", "ZW", "CB", "GL", ""}
_AKSARA = frozenset({"AK", "AS"})
_DOTTED_CIRCLE = "\u25cc"


def break_opportunities(text: str) -> list[Break]:
    """For each index of ``text`` whether a line may end before it; the first entry is always PROHIBITED."""
    units = _Units(text)
    breaks = [Break.PROHIBITED] * len(text)
    for unit in range(1, len(units.classes)):
        breaks[units.starts[unit]] = units.break_before(unit)
    return breaks


@lru_cache(maxsize=65_536)
def _resolve(character: str) -> str:
    """LB1: the classes that need more knowledge than we have become ordinary ones."""
    name = LINE_BREAK.of(character)
    if name in {"AI", "SG", "XX"}:
        return "AL"
    if name == "SA":
        return "CM" if unicodedata.category(character) in {"Mn", "Mc"} else "AL"
    return "NS" if name == "CJ" else name


class _Units:
    """The text with marks joined to their bases (LB9, LB10). ``classes`` is indexed by unit; '' is the edge."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: list[int] = []
        self.classes: list[str] = []
        self._joined: list[bool] = []
        self._before_spaces: list[int] = []
        self._flags: list[int] = []
        for at, character in enumerate(text):
            self._add(at, _resolve(character))

    def _add(self, at: int, name: str) -> None:
        if name in _MARKS:
            if self.classes and self.classes[-1] not in _NO_BASE:
                self._joined[-1] = name == "ZWJ"
                return
            joins, name = name == "ZWJ", "AL"
        else:
            joins = False
        spaces = self.classes and self.classes[-1] == "SP"
        self._before_spaces.append(self._before_spaces[-1] if spaces else len(self.classes) - 1)
        self._flags.append(0 if name != "RI" else 1 + (self._flags[-1] if self._flags else 0))
        self.starts.append(at)
        self.classes.append(name)
        self._joined.append(joins)

    def _at(self, unit: int) -> str:
        return self.classes[unit] if 0 <= unit < len(self.classes) else ""

    def _first(self, unit: int) -> str:
        return self.text[self.starts[unit]] if 0 <= unit < len(self.starts) else ""

    def _category(self, unit: int) -> str:
        return unicodedata.category(self._first(unit)) if self._first(unit) else ""

    def _wide(self, unit: int) -> bool:
        return bool(self._first(unit)) and unicodedata.east_asian_width(self._first(unit)) in "FWH"

    def break_before(self, unit: int) -> Break:
        """The rules in their order; the first that speaks decides."""
        before, after = self.classes[unit - 1], self.classes[unit]
        if before == "AL" and after in {"AL", "SP"}:
            return Break.PROHIBITED
        if before in _HARD:
            return Break.PROHIBITED if before == "CR" and after == "LF" else Break.MANDATORY
        for rule in (self._hard_rules, self._bracket_rules, self._quote_rules, self._hyphen_rules, self._word_rules):
            allowed = rule(unit, before, after)
            if allowed is not None:
                return Break.ALLOWED if allowed else Break.PROHIBITED
        return Break.ALLOWED

    def _hard_rules(self, unit: int, before: str, after: str) -> bool | None:
        """LB6-12a: line ends, spaces, joiners, glue."""
        if after in _HARD or after in {"SP", "ZW"}:
            return False
        if self._at(self._before_spaces[unit]) == "ZW" or before == "ZW":
            return True
        if self._joined[unit - 1] or after == "WJ" or before in {"WJ", "GL"}:
            return False
        return False if after == "GL" and before not in {"SP", "BA", "HY", "HH"} else None

    def _bracket_rules(self, unit: int, before: str, after: str) -> bool | None:
        """LB13-18: what closes stays with what is before, what opens with what follows, also over spaces."""
        solid = self._before_spaces[unit]
        anchor = self._at(solid)
        if after in _CLOSING or anchor == "OP":
            return False
        if anchor == "QU" and self._category(solid) == "Pi" and self._opens(solid):
            return False
        if after == "QU" and self._category(unit) == "Pf" and self._at(unit + 1) in _AFTER_FINAL_QUOTE:
            return False
        if after == "IS":
            return before == "SP" and self._at(unit + 1) == "NU"
        if (anchor in {"CL", "CP"} and after == "NS") or (anchor == "B2" and after == "B2"):
            return False
        return True if before == "SP" else None

    def _opens(self, unit: int) -> bool:
        return self._at(unit - 1) in _BEFORE_INITIAL_QUOTE

    def _quote_rules(self, unit: int, before: str, after: str) -> bool | None:
        """LB19, LB19a, LB20."""
        if after == "QU" and (
            self._category(unit) != "Pi"
            or not self._wide(unit - 1)
            or not self._at(unit + 1)
            or not self._wide(unit + 1)
        ):
            return False
        if before == "QU" and (
            self._category(unit - 1) != "Pf" or not self._wide(unit) or unit < 2 or not self._wide(unit - 2)
        ):
            return False
        return True if "CB" in {before, after} else None

    def _hyphen_rules(self, unit: int, before: str, after: str) -> bool | None:
        """LB20a-22: hyphens, break-after, break-before, ellipses."""
        earlier = self._at(unit - 2)
        if before in _HYPHENS and after in _ALPHABETIC and earlier in _BEFORE_WORD_HYPHEN:
            return False
        if after in {"BA", "HH", "HY", "NS", "IN"} or before == "BB":
            return False
        soft = before in _HYPHENS or (before == "BA" and not self._wide(unit - 1))
        if earlier == "HL" and soft and after != "HL":
            return False
        return False if before == "SY" and after == "HL" else None

    def _word_rules(self, unit: int, before: str, after: str) -> bool | None:
        """LB23-30b: inside words, numbers, syllables, flags and emoji."""
        if before == "RI" and after == "RI":
            return self._flags[unit - 1] % 2 == 0
        together = (
            self._in_word(unit, before, after)
            or self._in_number(unit, before, after)
            or self._in_syllable(unit, before, after)
            or (after == "EM" and (before == "EB" or self._reserved_emoji(unit - 1)))
        )
        return False if together else None

    def _in_word(self, unit: int, before: str, after: str) -> bool:
        """LB23, LB23a, LB24, LB28, LB29, LB30."""
        return (
            (before in _ALPHABETIC and after in _IN_WORD)
            or (before in {"NU", "PR", "PO", "IS"} and after in _ALPHABETIC)
            or (before == "PR" and after in _IDEOGRAPHIC)
            or (before in _IDEOGRAPHIC and after == "PO")
            or (before in _WORDLIKE and after == "OP" and not self._wide(unit))
            or (before == "CP" and after in _WORDLIKE and not self._wide(unit - 1))
        )

    def _reserved_emoji(self, unit: int) -> bool:
        return self._category(unit) == "Cn" and "Pictographic" in EMOJI.of(self._first(unit))

    def _in_number(self, unit: int, before: str, after: str) -> bool:
        """LB25."""
        if after == "NU" and before in {"PO", "PR", "HY", "IS", "NU"}:
            return True
        if before in {"PO", "PR"} and after == "OP":
            following = self._at(unit + 1)
            return following == "NU" or (following == "IS" and self._at(unit + 2) == "NU")
        if after not in {"PO", "PR", "NU"}:
            return False
        at = unit - 1
        if after != "NU" and before in {"CL", "CP"}:
            at -= 1
        while self._at(at) in {"SY", "IS"}:
            at -= 1
        return self._at(at) == "NU"

    def _in_syllable(self, unit: int, before: str, after: str) -> bool:
        """LB26-27 (Hangul), LB28a (Brahmic)."""
        if (before == "JL" and after in {"JL", "JV", "H2", "H3"}) or (before in {"JV", "H2"} and after in {"JV", "JT"}):
            return True
        if before in {"JT", "H3"} and after == "JT":
            return True
        if (before in _HANGUL and after == "PO") or (before == "PR" and after in _HANGUL):
            return True
        starts, ends = self._aksara(unit - 1), self._aksara(unit)
        if (before == "AP" and ends) or (starts and after in {"VF", "VI"}):
            return True
        if before == "VI" and self._aksara(unit - 2) and ends and after != "AS":
            return True
        return starts and ends and self._at(unit + 1) == "VF"

    def _aksara(self, unit: int) -> bool:
        return self._at(unit) in _AKSARA or self._first(unit) == _DOTTED_CIRCLE
