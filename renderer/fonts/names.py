"""What a font's name says: the family without its style words, and the weight and slant that they mean."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# The usual names of the nine weights, and what vendors say instead. Longest first: "extrabold" before "bold".
_WEIGHT_WORDS = {
    "hairline": 100.0,
    "ultrathin": 100.0,
    "thin": 100.0,
    "extralight": 200.0,
    "ultralight": 200.0,
    "semilight": 350.0,
    "demilight": 350.0,
    "light": 300.0,
    "regular": 400.0,
    "normal": 400.0,
    "book": 400.0,
    "roman": 400.0,
    "medium": 500.0,
    "semibold": 600.0,
    "demibold": 600.0,
    "extrabold": 800.0,
    "ultrabold": 800.0,
    "bold": 700.0,
    "extrablack": 950.0,
    "ultrablack": 950.0,
    "black": 900.0,
    "heavy": 900.0,
}
_SLANT_WORDS = ("italic", "oblique")
_WORDS = "|".join(sorted((*_WEIGHT_WORDS, *_SLANT_WORDS), key=len, reverse=True))
_STYLE_AT_END = re.compile(rf"(?:{_WORDS}|it|mt|ps)+$")
_STYLE_WORD = re.compile(_WORDS)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[-_ ]")


@lru_cache(maxsize=4096)
def normalise(name: str) -> str:
    """A family's name without case, spaces and punctuation: ``Helvetica Neue`` and ``HelveticaNeue`` are one."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())


@lru_cache(maxsize=4096)
def split_style(name: str) -> tuple[str, float | None, bool]:
    """(normalised family, weight or None if the name says none, italic) of a PostScript or full name."""
    words = normalise(name)
    end = _STYLE_AT_END.search(words)
    if end is None or end.start() == 0:
        return words, None, False
    family, style = words[: end.start()], _STYLE_WORD.findall(words[end.start() :])
    weights = [_WEIGHT_WORDS[word] for word in style if word in _WEIGHT_WORDS]
    return family, (weights[0] if weights else None), any(word in _SLANT_WORDS for word in style)


@lru_cache(maxsize=4096)
def kind_of(family: str) -> str:
    """``mono``, ``serif`` or ``sans``: the kind of a family that nobody knows, guessed from its name."""
    words = {word.casefold() for word in _CAMEL.split(family)}
    name = normalise(family)
    if words & {"mono", "code", "console", "typewriter"} or re.search(r"courier|consol|menlo|monaco|monospace", name):
        return "mono"
    if "sans" in name or "grotesk" in name or "gothic" in name:
        return "sans"
    if words & {"serif", "slab", "display", "text"} & {"serif", "slab"} or re.search(_SERIFS, name):
        return "serif"
    return "sans"


_SERIFS = (
    r"times|georgia|garamond|baskerville|bodoni|didot|caslon|palatino|merriweather|playfair|lora|minion|cambria|"
    r"bitter|crimson|cormorant|newyork|charter|libre|tiempos|serif"
)
