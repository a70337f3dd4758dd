"""What a reader takes for one character: extended grapheme clusters (UAX #29), and which of them are emoji."""

from __future__ import annotations

from renderer.text.icu import cluster_ends
from renderer.text.unicode import EMOJI

_TEXT_STYLE, _EMOJI_STYLE, _KEYCAP = "\ufe0e", "\ufe0f", "\u20e3"


def grapheme_starts(text: str) -> list[int]:
    """The indices at which a cluster starts, in order; the first is 0 unless ``text`` is empty."""
    if text.isascii():
        return [at for at in range(len(text)) if not (at and text[at] == "\n" and text[at - 1] == "\r")]
    return [0, *cluster_ends(text)[:-1]]


def is_emoji(cluster: str) -> bool:
    """Whether a cluster asks to be shown as a colour picture: by default, by selector, as a flag or as a keycap."""
    if cluster.isascii() or _TEXT_STYLE in cluster:
        return False
    if _EMOJI_STYLE in cluster or _KEYCAP in cluster:
        return EMOJI.of(cluster[0]) != "None"
    return "Presentation" in EMOJI.of(cluster[0]) or (len(cluster) > 1 and "Presentation" in EMOJI.of(cluster[1]))
