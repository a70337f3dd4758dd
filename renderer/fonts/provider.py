"""The fonts of a renderer: which face a style means, and which face has a character that one lacks.

Loaded once at start, before any lock: every file is mapped and every face opened then. Afterwards it works from
memory alone; what it makes lazily (a variable font's weight, an answer already given) costs no system call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from renderer.fonts.catalogue import Catalogue, having
from renderer.fonts.face import Face, FaceInstance
from renderer.fonts.folders import load_faces
from renderer.fonts.ignorable import is_ignorable
from renderer.fonts.matching import WEIGHT_TOLERANCE, closest_face
from renderer.fonts.names import normalise
from renderer.fonts.wanted import Wanted
from renderer.scene import TextStyle

# Skia's skew is dx/dy with y down, so leaning right is negative: 14 degrees, what CSS engines use for a fake oblique.
OBLIQUE_SKEW = -0.25
# A weight that a family lacks is faked by an outline around the lighter one: how much 100 units add to the width of a
# stroke in Helvetica Neue (measured: of 0, 10, 20, 30 and 40 thousandths of an em this comes closest to Figma's
# pictures of its Medium), and no more than Skia's own fake bold.
_EMBOLDEN_EMS_PER_WEIGHT = 0.025 / 100
_MAX_EMBOLDEN_EMS = 0.04
_MAX_ANSWERS = 65_536
_SAME_LINE_HEIGHT = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class ResolvedFace:
    """What to draw with. ``embolden`` (ems, how much wider strokes are to be) and ``skew`` fake what the face lacks.
    ``substituted``: None, or what was asked for and what is drawn instead, for the warning ``font-substituted``."""

    instance: FaceInstance
    embolden: float = 0.0
    skew: float = 0.0
    substituted: str | None = None


class FontProvider:
    """Faces of one or more folders. Where two folders have the same family, the later folder's faces win."""

    def __init__(self, catalogue: Catalogue, versions: Mapping[str, str] | None = None) -> None:
        self._catalogue = catalogue
        self._versions = dict(versions or {})
        self._resolved: dict[Wanted, ResolvedFace] = {}
        self._fallbacks: dict[tuple[tuple[int, ...], bool, Wanted], ResolvedFace | None] = {}
        self._lent: dict[tuple[Face, float, bool], ResolvedFace] = {}

    @classmethod
    def load(cls, *directories: Path) -> FontProvider:
        """Opens every font of the folders, each by its manifest or, without one, by what its files say.

        FontFolderError: a folder is missing, a manifest is wrong, a file is no font. May open files and must
        therefore run before a lock.
        """
        return cls(Catalogue(*load_faces(directories)))

    @property
    def faces(self) -> tuple[Face, ...]:
        return self._catalogue.faces

    def with_versions(self, versions: Mapping[str, str]) -> FontProvider:
        """The same fonts, preferring for each family (normalised name) the faces of a version."""
        return FontProvider(self._catalogue, {**self._versions, **versions})

    def versions(self, style: TextStyle) -> tuple[str, ...]:
        """The versions of the style's family that nothing in the style tells apart; empty if there are not two."""
        faces = self._catalogue.exact(Wanted.by(style))
        if not faces:
            return ()
        first = self.resolve(style).instance.face
        rivals = [face for face in faces if face.italic == first.italic and face.weights == first.weights]
        alike = [face for face in rivals if abs(face.line_height - first.line_height) < _SAME_LINE_HEIGHT]
        versions = tuple(dict.fromkeys(face.version for face in alike))
        return versions if len(versions) > 1 else ()

    def resolve(self, style: TextStyle) -> ResolvedFace:
        """The face for ``style``: its family, its PostScript name, a family that stands in for it, or a default."""
        wanted = Wanted.by(style)
        if wanted not in self._resolved:
            _make_room(self._resolved)
            self._resolved[wanted] = self._resolve(wanted)
        return self._resolved[wanted]

    def fallback(self, cluster: str, style: TextStyle, *, emoji: bool = False) -> ResolvedFace | None:
        """A face that has every visible character of ``cluster``, or None. ``emoji``: prefer a colour font."""
        wanted = Wanted.by(style)
        codepoints = tuple(ord(character) for character in cluster if not is_ignorable(character))
        key = codepoints, emoji, wanted
        if key not in self._fallbacks:
            _make_room(self._fallbacks)
            faces = self._lenders(codepoints, wanted, emoji=emoji)
            self._fallbacks[key] = self._lend(self._closest(faces, wanted), wanted) if faces else None
        return self._fallbacks[key]

    def _resolve(self, wanted: Wanted) -> ResolvedFace:
        faces = self._catalogue.exact(wanted)
        if faces:
            return _fit(self._closest(faces, wanted), wanted, reported=True)
        face = closest_face(self._catalogue.replacing(wanted), weight=wanted.weight, italic=wanted.italic)
        found = _fit(face, wanted, reported=False)
        return replace(found, substituted=f"{wanted} -> {face.family} {found.instance.weight:g}")

    def _closest(self, faces: Sequence[Face], wanted: Wanted) -> Face:
        return closest_face(
            faces,
            weight=wanted.weight,
            italic=wanted.italic,
            line_height=wanted.line_height,
            version=self._versions.get(normalise(faces[0].family)),
        )

    def _lenders(self, codepoints: Sequence[int], wanted: Wanted, *, emoji: bool) -> Sequence[Face]:
        """The family's own other faces first: a font can come as several files, by version or by script."""
        relatives = [] if emoji or not codepoints else having(self._catalogue.exact(wanted), codepoints)
        return relatives or self._catalogue.lending(codepoints, emoji=emoji)

    def _lend(self, face: Face, wanted: Wanted) -> ResolvedFace:
        """The same value every time, so that neighbours in one face are one run."""
        key = face, wanted.weight, wanted.italic
        if key not in self._lent:
            _make_room(self._lent)
            self._lent[key] = _fit(face, wanted, reported=False)
        return self._lent[key]


def _fit(face: Face, wanted: Wanted, *, reported: bool) -> ResolvedFace:
    instance = face.instance(wanted.weight)
    embolden = 0.0 if face.is_emoji else _embolden(wanted.weight - instance.weight)
    skew = OBLIQUE_SKEW if wanted.italic and not face.italic and not face.is_emoji else 0.0
    differs = abs(instance.weight - wanted.weight) > WEIGHT_TOLERANCE or skew != 0.0
    got = f"{wanted} -> {face.family} {instance.weight:g}{' italic' if face.italic else ''}"
    return ResolvedFace(instance, embolden, skew, got if reported and differs else None)


def _embolden(lack: float) -> float:
    """Ems to add to strokes that are ``lack`` units of weight too light; none where nobody sees it."""
    return min(lack * _EMBOLDEN_EMS_PER_WEIGHT, _MAX_EMBOLDEN_EMS) if lack > WEIGHT_TOLERANCE else 0.0


def _make_room(answers: dict[Any, Any]) -> None:
    """Bounds what a hostile document can make us remember."""
    if len(answers) >= _MAX_ANSWERS:
        answers.clear()
