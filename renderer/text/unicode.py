"""Character properties from the Unicode Character Database, version 17.

Python's own ``unicodedata`` lacks the script and emoji properties, and its version changes with the interpreter, which
would change pictures. ``unicode.json`` holds each property as runs: lengths and value numbers. It was made from
``ppucd.txt``, which is in ICU's source.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any


class Property:
    """One property of all code points. Look-ups are remembered per code point."""

    __slots__ = ("_ids", "_known", "_starts", "_values")

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._values: list[str] = table["values"]
        self._ids: list[int] = table["ids"]
        self._starts = [0, *accumulate(table["lengths"])]
        self._known: dict[str, str] = {}

    def of(self, character: str) -> str:
        """The property's short value name for one character."""
        known = self._known.get(character)
        if known is None:
            known = self._values[self._ids[bisect_right(self._starts, ord(character)) - 1]]
            self._known[character] = known
        return known


_TABLES = json.loads((Path(__file__).parent / "unicode.json").read_bytes())
BIDI_CLASS = Property(_TABLES["bidi_class"])
SCRIPT = Property(_TABLES["script"])
EMOJI = Property(_TABLES["emoji"])
BRACKET_PAIRS: Mapping[str, str] = dict(zip(_TABLES["bracket_pairs"][::2], _TABLES["bracket_pairs"][1::2], strict=True))
"""Opening brackets to the ones that close them (BidiBrackets.txt)."""
