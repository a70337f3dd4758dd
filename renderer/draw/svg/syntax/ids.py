"""Ids: unique in the file, and valid wherever one may stand."""

from __future__ import annotations

import re
from typing import Final

# Of XML's NameChar what needs no escape in a URL's fragment or a CSS selector either; letters of all scripts are kept.
_OTHER: Final = re.compile(r"[^\w-]+")
_MOST_CHARACTERS: Final = 64


class Ids:
    """Gives each name once, and then with a number: ``icon``, ``icon_2``, ``icon_3``."""

    __slots__ = ("_last", "_taken")

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """``name`` is anything that a document says."""
        stem = _valid(name)
        number, found = self._last.get(stem, 0), ""
        while not found or found in self._taken:
            number += 1
            found = stem if number == 1 else f"{stem}_{number}"
        self._last[stem] = number
        self._taken.add(found)
        return found


def _valid(name: str) -> str:
    """At least one character, first a letter or an underscore."""
    kept = _OTHER.sub("_", name[:_MOST_CHARACTERS])
    return kept if kept and (kept[0].isalpha() or kept[0] == "_") else f"_{kept}"
