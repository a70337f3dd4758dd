"""Boundaries in text by ICU, which comes with its tables and dictionaries inside the package ``icu4py``.

ICU finds the words of the scripts that write no spaces between them (Thai, Lao, Khmer, Burmese) by its dictionaries.
What a document says of its language is not asked: the same text has the same boundaries everywhere.
"""

from __future__ import annotations

import os
import re
from itertools import accumulate
from typing import Final

from icu4py.breakers import BaseBreaker, CharacterBreaker, LineBreaker

# ICU would look in this folder for tables newer than its own: other boundaries on another machine, and a system call
# for each text, which the lock does not allow.
os.environ.pop("ICU_DATA", None)

_LOCALE: Final = "en"
# "Word" in each script that has a dictionary, and one that has none (Tai Le).
_OF_EACH_DICTIONARY: Final = (
    "\u0e04\u0e33",
    "\u0e84\u0eb3",
    "\u1796\u17b6\u1780\u17d2\u1799",
    "\u1005\u102c",
    "\u1950",
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def line_ends(text: str) -> list[int]:
    """The places at which a line of ``text`` may or must end (UAX #14), in order; the last is its length."""
    return _ends(LineBreaker, text)


def cluster_ends(text: str) -> list[int]:
    """The places at which the extended grapheme clusters of ``text`` end (UAX #29), in order."""
    return _ends(CharacterBreaker, text)


def _ends(breaker: type[BaseBreaker], text: str) -> list[int]:
    try:
        pieces = breaker(text, _LOCALE)
    except UnicodeEncodeError:  # half a surrogate pair is no character; JSON can hold one
        pieces = breaker(_SURROGATE.sub("\ufffd", text), _LOCALE)
    # The lengths of the pieces count code points, where ICU's own offsets count UTF-16 units.
    return list(accumulate(map(len, pieces)))


# ICU finds its tables when it first needs them and wakes who might wait for that: no system call is left for the lock.
for _word in _OF_EACH_DICTIONARY:
    line_ends(_word)
    cluster_ends(_word)
