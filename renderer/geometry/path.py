"""Paths: typed verbs and packed floats."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Final

from msgspec import Struct

from renderer.geometry.rect import Rect


class Verb(IntEnum):
    """What a path does next. The numbers are Skia's, so that paths go to it and back as bytes."""

    MOVE = 0
    LINE = 1
    QUAD = 2
    CONIC = 3
    CUBIC = 4
    CLOSE = 5


POINTS: Final = (1, 1, 2, 2, 3, 0)
"""How many points each verb takes, by its number."""

FLOAT: Final = "f"
_MOVE: Final = bytes((Verb.MOVE,))


class PathData(Struct, frozen=True, gc=False):
    """``verbs``: a byte each (:class:`Verb`). ``points``: x and y of every point in order, 32-bit floats in the
    machine's byte order. ``weights``: one such float for each conic. ``even_odd``: the winding rule; else nonzero.

    Every contour begins with a move. An open contour is closed for filling.
    """

    verbs: bytes
    points: bytes
    weights: bytes = b""
    even_odd: bool = False

    @property
    def coordinates(self) -> memoryview[float]:
        """``points`` as floats: x, y, x, y, ..."""
        return memoryview(self.points).cast(FLOAT)

    @property
    def bounds(self) -> Rect:
        """The box around all points, control points included; at the origin where there is none."""
        coordinates = self.coordinates.tolist()
        if not coordinates:
            return Rect(0.0, 0.0, 0.0, 0.0)
        xs, ys = coordinates[::2], coordinates[1::2]
        left, top = min(xs), min(ys)
        return Rect(left, top, max(xs) - left, max(ys) - top)

    def segments(self) -> Iterator[tuple[Verb, tuple[float, ...]]]:
        """Each verb with its points, and a conic with its weight at the end. The point before it is not repeated."""
        coordinates, weights = self.coordinates.tolist(), iter(memoryview(self.weights).cast(FLOAT).tolist())
        at = 0
        for number in self.verbs:
            end = at + 2 * POINTS[number]
            values = tuple(coordinates[at:end])
            yield Verb(number), (*values, next(weights)) if number == Verb.CONIC else values
            at = end


class PathBuilder:
    """Collects verbs and points. The caller begins each contour with a move."""

    __slots__ = ("_points", "_verbs", "_weights")

    def __init__(self) -> None:
        self._verbs = bytearray()
        self._points = array(FLOAT)
        self._weights = array(FLOAT)

    def move(self, x: float, y: float) -> None:
        """A move right after a move takes its place, as in Skia."""
        if self._verbs[-1:] == _MOVE:
            del self._points[-2:]
        else:
            self._verbs.append(Verb.MOVE)
        self._points.extend((x, y))

    def line(self, x: float, y: float) -> None:
        self._verbs.append(Verb.LINE)
        self._points.extend((x, y))

    def quad(self, x1: float, y1: float, x: float, y: float) -> None:
        self._verbs.append(Verb.QUAD)
        self._points.extend((x1, y1, x, y))

    def conic(self, x1: float, y1: float, x: float, y: float, weight: float) -> None:
        self._verbs.append(Verb.CONIC)
        self._points.extend((x1, y1, x, y))
        self._weights.append(weight)

    def cubic(self, x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> None:
        self._verbs.append(Verb.CUBIC)
        self._points.extend((x1, y1, x2, y2, x, y))

    def close(self) -> None:
        self._verbs.append(Verb.CLOSE)

    def follow(self, path: PathData) -> None:
        """Go on from here as ``path``, of one contour, goes on from its first move."""
        self._verbs += path.verbs[1:]
        self._points.extend(path.coordinates[2:])
        self._weights.extend(memoryview(path.weights).cast(FLOAT))

    def extend(self, verbs: bytes, points: Iterable[float]) -> None:
        """A whole contour at once, but for conics. ``points``: x and y of each that the verbs take."""
        self._verbs += verbs
        self._points.extend(points)

    def build(self, *, even_odd: bool = False) -> PathData:
        return PathData(bytes(self._verbs), self._points.tobytes(), self._weights.tobytes(), even_odd)
