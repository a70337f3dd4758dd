"""All faces there are, by name and by what they cover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import uharfbuzz as hb

from renderer.exceptions import FontFolderError
from renderer.fonts.face import Face
from renderer.fonts.manifest import FontRole, Manifest
from renderer.fonts.names import kind_of, normalise
from renderer.fonts.wanted import Wanted

_LENDING_DEFAULTS = ("fallback", "sans")


class Catalogue:
    """Never changes once made. FontFolderError if no face can set text."""

    def __init__(self, faces: Iterable[Face], manifest: Manifest) -> None:
        self.faces = tuple(sorted(faces, key=lambda face: face.precedence))
        if not any(face.role is FontRole.TEXT for face in self.faces):
            raise FontFolderError("no font to set text in: the font folders are empty")
        self.manifest = manifest
        self._by_family = _index_families(self.faces)
        self._by_postscript = {normalise(face.postscript_name): face for face in reversed(self.faces)}
        self._by_postscript.pop("", None)
        self._stand_ins = {normalise(asked): got for asked, got in manifest.stand_ins.items()}
        self._coverage = hb.Set()
        for face in self.faces:
            self._coverage.update(face.coverage)
        self._lenders = tuple(
            sorted(self.faces, key=partial(self._lending_rank, emoji=emoji)) for emoji in (False, True)
        )

    def exact(self, wanted: Wanted) -> Sequence[Face]:
        """The faces of the family itself; none if it is not here."""
        for name in wanted.names:
            if name in self._by_family:
                return self._by_family[name]
        by_name = self._by_postscript.get(normalise(wanted.postscript_name or ""))
        return self._by_family[normalise(by_name.family)] if by_name else ()

    def replacing(self, wanted: Wanted) -> Sequence[Face]:
        """The faces of the family that is drawn for one that is not here."""
        defaults = self.manifest.defaults
        families = [self._stand_ins[name] for name in wanted.names if name in self._stand_ins]
        families += [defaults[kind] for kind in (kind_of(wanted.family), "sans") if kind in defaults]
        for family in families:
            if normalise(family) in self._by_family:
                return self._by_family[normalise(family)]
        return [face for face in self.faces if face.role is FontRole.TEXT]

    def lending(self, codepoints: Sequence[int], *, emoji: bool) -> Sequence[Face]:
        """The faces of the best family to lend ``codepoints``, each of which has them all; none if none has."""
        if not codepoints or not all(codepoint in self._coverage for codepoint in codepoints):
            return ()
        first = next((face for face in self._lenders[emoji] if having([face], codepoints)), None)
        return () if first is None else having(self._by_family[normalise(first.family)], codepoints)

    def _lending_rank(self, face: Face, *, emoji: bool) -> tuple[bool, int, bool, int]:
        """Colour fonts first for emoji and last for text; then the default families; then fonts meant for this."""
        defaults = [self.manifest.defaults.get(kind) for kind in _LENDING_DEFAULTS]
        place = defaults.index(face.family) if face.family in defaults else len(defaults)
        return face.is_emoji != emoji, place, face.role is not FontRole.FALLBACK, face.precedence


def having(faces: Iterable[Face], codepoints: Iterable[int]) -> list[Face]:
    """Those of ``faces`` that have a glyph for each of ``codepoints``."""
    wanted = tuple(codepoints)
    return [face for face in faces if all(map(face.covers, wanted))]


def _index_families(faces: Iterable[Face]) -> dict[str, list[Face]]:
    index: dict[str, list[Face]] = {}
    for face in faces:
        for name in {normalise(face.family), *map(normalise, face.aliases)}:
            index.setdefault(name, []).append(face)
    return index
