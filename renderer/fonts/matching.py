"""Which face of a family a style means: CSS's weight matching, slant first, newest metrics as a tie-break."""

from __future__ import annotations

from collections.abc import Iterable

from renderer.fonts.face import Face

# Nobody sees 50 units of weight; more is reported.
WEIGHT_TOLERANCE = 50.0
_NORMAL, _MEDIUM = 400.0, 500.0


def closest_face(
    faces: Iterable[Face], *, weight: float, italic: bool, line_height: float | None = None, version: str | None = None
) -> Face:
    """The best of ``faces`` (at least one). Between two versions of one family, ``line_height`` picks (in ems, of the
    font the document was made with, where the document tells), then ``version``."""

    def rank(face: Face) -> tuple[bool, tuple[int, float], float, bool, int]:
        miss = abs(face.line_height - line_height) if line_height is not None else 0.0
        other = version is not None and face.version != version
        return face.italic != italic, _weight_rank(face, weight), round(miss, 5), other, face.precedence

    return min(faces, key=rank)


def _weight_rank(face: Face, weight: float) -> tuple[int, float]:
    """CSS Fonts 4, 5.2: 400 and 500 try each other first; below looks lighter first, above looks bolder first. What
    nobody can tell from what was asked for comes before all that."""
    has = face.nearest_weight(weight)
    if abs(has - weight) <= WEIGHT_TOLERANCE:
        return 0, abs(has - weight)
    if _NORMAL <= weight <= _MEDIUM and weight < has <= _MEDIUM:
        return 1, has - weight
    lighter_first = weight <= _MEDIUM
    preferred = has < weight if lighter_first else has > weight
    return (2 if preferred else 3), abs(has - weight)
