"""Paths to Skia and back, in bulk: Skia's own serialised form holds the very same points and verbs.

Skia is a library of geometry here (boolean operations, strokes, glyph outlines); nothing is drawn. The form is that of
SkPath::writeToMemory: four little-endian 32-bit numbers (version and fill type, counts of points, of conic weights and
of verbs), points, weights, verbs, padded to four bytes. Ovals and rounded rectangles have a form of their own.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

import skia

from renderer.geometry.matrix import Matrix
from renderer.geometry.path import PathBuilder, PathData
from renderer.geometry.rect import Rect

_HEADER: Final = struct.Struct("<4I")
_VERSION: Final = 5
_EVEN_ODD: Final = 1 << 8
_OWN_FORM: Final = 1 << 28
_FLOAT_BYTES: Final = 4


def to_skia(path: PathData) -> Any:
    """A ``skia.Path``. Raises ValueError for verbs and points that do not belong together."""
    packed = _VERSION | (_EVEN_ODD if path.even_odd else 0)
    counts = len(path.points) // (2 * _FLOAT_BYTES), len(path.weights) // _FLOAT_BYTES, len(path.verbs)
    padding = bytes(-len(path.verbs) % _FLOAT_BYTES)
    made = skia.Path()
    made.readFromMemory(b"".join((_HEADER.pack(packed, *counts), path.points, path.weights, path.verbs, padding)))
    if made.countVerbs() != len(path.verbs):  # Skia makes an empty path of what it cannot read
        raise ValueError("the verbs of a path do not fit its points")
    return made


def from_skia(path: Any) -> PathData:
    """The values of a ``skia.Path``."""
    content = bytes(path.serialize())
    packed, points, weights, verbs = _HEADER.unpack_from(content)
    if packed & _OWN_FORM:
        return _spelled_out(path)
    start = _HEADER.size
    middle = start + points * 2 * _FLOAT_BYTES
    end = middle + weights * _FLOAT_BYTES
    return PathData(content[end : end + verbs], content[start:middle], content[middle:end], bool(packed & _EVEN_ODD))


def box_of(path: Any) -> Rect:
    """The box around all points of a ``skia.Path``: :attr:`PathData.bounds`, in less time."""
    box = path.getBounds()
    left, top = box.left(), box.top()
    return Rect(left, top, box.right() - left, box.bottom() - top)


def _spelled_out(path: Any) -> PathData:
    """An oval or a rounded rectangle, verb by verb."""
    built = PathBuilder()
    steps = skia.Path.RawIter(path)
    draw: dict[Any, Callable[[list[tuple[float, float]]], None]] = {
        skia.Path.kMove_Verb: lambda p: built.move(*p[0]),
        skia.Path.kLine_Verb: lambda p: built.line(*p[1]),
        skia.Path.kQuad_Verb: lambda p: built.quad(*p[1], *p[2]),
        skia.Path.kConic_Verb: lambda p: built.conic(*p[1], *p[2], weight=steps.conicWeight()),
        skia.Path.kCubic_Verb: lambda p: built.cubic(*p[1], *p[2], *p[3]),
        skia.Path.kClose_Verb: lambda _: built.close(),
    }
    while True:
        verb, points = steps.next()
        if verb == skia.Path.kDone_Verb:
            return built.build(even_odd=path.getFillType() == skia.PathFillType.kEvenOdd)
        draw[verb]([(point.x(), point.y()) for point in points])


def skia_matrix(matrix: Matrix) -> Any:
    """A ``skia.Matrix``."""
    return skia.Matrix.MakeAll(matrix.a, matrix.c, matrix.e, matrix.b, matrix.d, matrix.f, 0.0, 0.0, 1.0)
