"""Cutting a paragraph into items: pieces of one style, face, script and direction, which is what a shaper takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from renderer.fonts import FontProvider, ResolvedFace
from renderer.fonts.ignorable import is_ignorable
from renderer.limits import MAX_SHAPED_CHARS
from renderer.scene import TextStyle
from renderer.text.bidi import embedding_levels, needs_bidi
from renderer.text.case import Piece
from renderer.text.graphemes import grapheme_starts, is_emoji
from renderer.text.unicode import SCRIPT

_NO_SCRIPT = frozenset({"Zyyy", "Zinh", "Zzzz"})
# Figma gives pixels and per cents rounded to some digits.
_SAME_LINE_HEIGHT_EMS = 1e-3

Warn = Callable[[str, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class TextItem:
    """``text[start:end]`` of the paragraph, all in one piece, face, script (ISO 15924) and embedding level."""

    start: int
    end: int
    piece: Piece
    face: ResolvedFace
    script: str
    level: int

    @property
    def size(self) -> float:
        return self.piece.style.size * self.piece.scale

    @property
    def stands_in(self) -> bool:
        """Whether the face is drawn for another one, which is not here."""
        return self.face.substituted is not None and not self.face.instance.face.is_emoji

    @property
    def stretch(self) -> float:
        """Horizontal scale of the glyphs and their advances: 1 unless the face is a stand-in."""
        return self.piece.stretch if self.stands_in else 1.0

    @property
    def x_scale(self) -> float:
        """Pixels across per font unit."""
        return self.size * self.stretch / self.face.instance.upem


def is_other_version(style: TextStyle, face: ResolvedFace) -> bool:
    """Whether ``face``, found by name, is higher or lower than the font the document was made with."""
    theirs = style.font_line_height
    return theirs is not None and abs(face.instance.metrics.line_height - theirs) > _SAME_LINE_HEIGHT_EMS


def itemise(text: str, pieces: Sequence[Piece], fonts: FontProvider, warn: Warn) -> list[TextItem]:
    """The items of one paragraph, in order; ``pieces`` cover ``text`` exactly."""
    levels = embedding_levels(text) if needs_bidi(text) else None
    items: list[TextItem] = []
    start = 0
    for piece in pieces:
        for run_start, run_end, face in _faces(piece, fonts, warn):
            for at, end, script, level in _uniform(text, start + run_start, start + run_end, levels):
                items.append(TextItem(at, end, piece, face, script, level))
        start += len(piece.text)
    return items


def _faces(piece: Piece, fonts: FontProvider, warn: Warn) -> Iterator[tuple[int, int, ResolvedFace]]:
    """Pieces of the piece by face: the style's own, or another one's for the clusters that it lacks."""
    main = fonts.resolve(piece.style)
    if main.substituted:
        warn("font-substituted", main.substituted)
    elif is_other_version(piece.style, main):
        warn("font-version-differs", f"{piece.style.family}: the document was made with another version of this font")
    if piece.text.isascii() and not main.instance.face.is_emoji:
        yield 0, len(piece.text), main
        return
    starts = [*grapheme_starts(piece.text), len(piece.text)]
    begin, current = 0, main
    for start, end in pairwise(starts):
        face = _face_for(piece.text[start:end], piece, main, current, fonts, warn)
        if face is not current and start > begin:
            yield begin, start, current
            begin = start
        current = face
    if starts[-1] > begin:
        yield begin, starts[-1], current


def _face_for(
    cluster: str, piece: Piece, main: ResolvedFace, current: ResolvedFace, fonts: FontProvider, warn: Warn
) -> ResolvedFace:
    visible = [character for character in cluster if not is_ignorable(character)]
    if not visible:
        return current
    emoji = is_emoji(cluster)
    if emoji == main.instance.face.is_emoji and all(main.instance.face.covers(ord(each)) for each in visible):
        return main
    found = fonts.fallback(cluster, piece.style, emoji=emoji) or fonts.fallback(visible[0], piece.style, emoji=emoji)
    if found is None:
        warn("glyph-missing", " ".join(f"U+{ord(each):04X}" for each in visible))
        return main
    return found


def _uniform(text: str, start: int, end: int, levels: Sequence[int] | None) -> Iterator[tuple[int, int, str, int]]:
    """(start, end, script, level) of the parts of ``text[start:end]`` that share both, at most MAX_SHAPED_CHARS
    long."""
    if levels is None and text.isascii():
        for at in range(start, end, MAX_SHAPED_CHARS):
            yield at, min(at + MAX_SHAPED_CHARS, end), "Latn", 0
        return
    scripts = _scripts(text[start:end])
    begin = start
    for at in range(start + 1, end + 1):
        same = at < end and scripts[at - start] == scripts[begin - start] and at - begin < MAX_SHAPED_CHARS
        if not same or (levels is not None and levels[at] != levels[begin]):
            yield begin, at, scripts[begin - start], levels[begin] if levels is not None else 0
            begin = at


def _scripts(text: str) -> list[str]:
    """Each character's script; common and inherited characters take the script before them, or else after them."""
    scripts = [SCRIPT.of(character) for character in text]
    current = next((script for script in scripts if script not in _NO_SCRIPT), "Latn")
    for at, script in enumerate(scripts):
        current = current if script in _NO_SCRIPT else script
        scripts[at] = current
    return scripts
