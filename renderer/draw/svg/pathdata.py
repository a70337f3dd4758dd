"""Paths as SVG path data.

All but the first point is relative to the point before it, which is shorter; each is rounded to a step of the finest
decimal place where it is, not how far it is from the last one, so that no error adds up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from renderer.draw.svg.numbers import Numbers
from renderer.geometry import PathData, Verb

_MOVE, _LINE, _QUAD, _CONIC, _CUBIC = (int(verb) for verb in (Verb.MOVE, Verb.LINE, Verb.QUAD, Verb.CONIC, Verb.CUBIC))
_LEAST_WEIGHT: Final = 0.7  # of a conic that a cubic follows closely: a quarter of a circle has 0.707
_MOST_WEIGHT: Final = 1.2
_MOST_HALVINGS: Final = 6

Traced = tuple[int, int, str]
"""The first point in steps, and the path data after the move to it."""


def path_data(path: PathData, dx: float, dy: float, numbers: Numbers) -> str:
    """The value of a ``d`` attribute, moved by ``dx`` and ``dy``; '' for an empty path."""
    return started(traced(path, numbers), dx, dy, numbers)


def started(path: Traced, dx: float, dy: float, numbers: Numbers) -> str:
    x, y, rest = path
    if not rest:
        return ""
    start = f"{numbers.written(x + numbers.steps(dx))} {numbers.written(y + numbers.steps(dy))}"
    return f"M{start}{rest}".replace(" -", "-")


def traced(path: PathData, numbers: Numbers) -> Traced:
    """The same wherever the path is moved to."""
    tracer = _Tracer(numbers)
    points = iter(_points(path, numbers.per_pixel))
    weights = iter(memoryview(path.weights).cast("f").tolist()) if path.weights else iter(())
    for verb in path.verbs:
        if verb == _LINE:
            tracer.line(next(points), next(points))
        elif verb == _CUBIC:
            tracer.curve("c", [next(points) for _ in range(6)])
        elif verb == _QUAD:
            tracer.curve("q", [next(points) for _ in range(4)])
        elif verb == _MOVE:
            tracer.move(next(points), next(points))
        elif verb == _CONIC:
            tracer.conic([next(points) for _ in range(4)], next(weights))
        else:
            tracer.close()
    return tracer.first_x, tracer.first_y, "".join(tracer.parts)


def _points(path: PathData, per_pixel: float) -> list[int]:
    coordinates = path.coordinates.tolist()
    try:
        return [round(coordinate * per_pixel) for coordinate in coordinates]
    except (ValueError, OverflowError):
        return [round(coordinate * per_pixel) if math.isfinite(coordinate) else 0 for coordinate in coordinates]


class _Tracer:
    """Keeps the current point, in steps, and the last command letter, which is not repeated."""

    __slots__ = ("_letter", "_start", "_written", "_x", "_y", "first_x", "first_y", "parts")

    def __init__(self, numbers: Numbers) -> None:
        self._written = numbers.written
        self._letter = ""
        self._start = (0, 0)
        self._x = self._y = self.first_x = self.first_y = 0
        self.parts: list[str] = []

    def move(self, x: int, y: int) -> None:
        if self.parts or self._letter:
            self._put("m", f"{self._written(x - self._x)} {self._written(y - self._y)}")
        else:
            self.first_x, self.first_y = x, y
        self._letter = "m"
        self._x, self._y, self._start = x, y, (x, y)

    def line(self, x: int, y: int) -> None:
        across, down = x - self._x, y - self._y
        if not down:
            self._put("h", self._written(across))
        elif not across:
            self._put("v", self._written(down))
        else:
            self._put("l", f"{self._written(across)} {self._written(down)}")
        self._x, self._y = x, y

    def curve(self, letter: str, points: list[int]) -> None:
        """``points``: x, y, x, y, ..., the last one being where the curve ends."""
        written, x, y = self._written, self._x, self._y
        pairs = zip(points[::2], points[1::2], strict=True)
        self._put(letter, " ".join([f"{written(px - x)} {written(py - y)}" for px, py in pairs]))
        self._x, self._y = points[-2], points[-1]

    def conic(self, points: list[int], weight: float) -> None:
        start = (float(self._x), float(self._y))
        control, end = (float(points[0]), float(points[1])), (float(points[2]), float(points[3]))
        for part in _cubics(start, control, end, weight, _MOST_HALVINGS):
            self.curve("c", [round(coordinate) for coordinate in part])

    def close(self) -> None:
        self.parts.append("z")
        self._letter = "z"
        self._x, self._y = self._start

    def _put(self, letter: str, numbers: str) -> None:
        self.parts.append(f" {numbers}" if letter == self._letter else f"{letter}{numbers}")
        self._letter = letter


_Point = tuple[float, float]


def _cubics(start: _Point, control: _Point, end: _Point, weight: float, halvings: int) -> Iterator[tuple[float, ...]]:
    """A conic as cubics. The control points of a cubic that follows one lie on its tangents, ``4w / 3(1 + w)`` of the
    way to the conic's own control point: both then have the same point and tangent in the middle."""
    if not math.isfinite(weight) or weight <= 0:
        weight = 1.0
    if halvings and not _LEAST_WEIGHT <= weight <= _MOST_WEIGHT:
        yield from _halved(start, control, end, weight, halvings - 1)
        return
    reach = 4 * weight / (3 * (1 + weight))
    first, second = _towards(start, control, reach), _towards(end, control, reach)
    yield (*first, *second, *end)


def _halved(start: _Point, control: _Point, end: _Point, weight: float, halvings: int) -> Iterator[tuple[float, ...]]:
    share = weight / (1 + weight)
    before, after = _towards(start, control, share), _towards(end, control, share)
    middle = _towards(before, after, 0.5)
    half = math.sqrt((1 + weight) / 2)
    yield from _cubics(start, before, middle, half, halvings)
    yield from _cubics(middle, after, end, half, halvings)


def _towards(start: _Point, end: _Point, share: float) -> _Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
