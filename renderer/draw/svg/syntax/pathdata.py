"""Paths as SVG path data.

All but the first point is relative to the point before it, which is shorter; each is rounded to a step of the finest
decimal place where it is, not how far it is from the last one, so that no error adds up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final

from renderer.draw.svg.syntax.numbers import Numbers
from renderer.geometry import PathData, Verb
from renderer.geometry.path import FLOAT, POINTS

_MOVE, _LINE, _QUAD, _CONIC, _CUBIC, _CLOSE = (int(verb) for verb in Verb)
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
    tracer, points, at = _Tracer(numbers), _points(path, numbers.per_pixel), 0
    weights = memoryview(path.weights).cast(FLOAT).tolist()[::-1] if path.weights else []
    draw: dict[int, Callable[..., None]] = {
        _MOVE: tracer.move,
        _LINE: tracer.line,
        _QUAD: tracer.quad,
        _CUBIC: tracer.cubic,
        _CLOSE: tracer.close,
    }
    for verb in path.verbs:
        end = at + 2 * POINTS[verb]
        if verb == _CONIC:
            tracer.conic(*points[at:end], weight=weights.pop())
        else:
            draw[verb](*points[at:end])
        at = end
    return tracer.first_x, tracer.first_y, "".join(tracer.parts)


def _points(path: PathData, per_pixel: float) -> list[int]:
    coordinates = path.coordinates.tolist()
    try:
        return [round(coordinate * per_pixel) for coordinate in coordinates]
    except (ValueError, OverflowError):
        return [round(coordinate * per_pixel) if math.isfinite(coordinate) else 0 for coordinate in coordinates]


class _Tracer:
    """Keeps the current point, in steps, and the last command letter, which is not repeated."""

    __slots__ = ("_letter", "_start_x", "_start_y", "_written", "_x", "_y", "first_x", "first_y", "parts")

    def __init__(self, numbers: Numbers) -> None:
        self._written = numbers.written
        self._letter = ""
        self._x = self._y = self._start_x = self._start_y = self.first_x = self.first_y = 0
        self.parts: list[str] = []

    def move(self, x: int, y: int) -> None:
        if self._letter:
            self._put("m", f"{self._written(x - self._x)} {self._written(y - self._y)}")
        else:
            self.first_x, self.first_y, self._letter = x, y, "m"
        self._x = self._start_x = x
        self._y = self._start_y = y

    def line(self, x: int, y: int) -> None:
        across, down = x - self._x, y - self._y
        if not down:
            self._put("h", self._written(across))
        elif not across:
            self._put("v", self._written(down))
        else:
            self._put("l", f"{self._written(across)} {self._written(down)}")
        self._x, self._y = x, y

    def quad(self, ax: int, ay: int, bx: int, by: int) -> None:
        written, x, y = self._written, self._x, self._y
        self._put("q", f"{written(ax - x)} {written(ay - y)} {written(bx - x)} {written(by - y)}")
        self._x, self._y = bx, by

    def cubic(self, ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> None:
        written, x, y = self._written, self._x, self._y
        first, second = f"{written(ax - x)} {written(ay - y)}", f"{written(bx - x)} {written(by - y)}"
        self._put("c", f"{first} {second} {written(cx - x)} {written(cy - y)}")
        self._x, self._y = cx, cy

    def conic(self, ax: int, ay: int, bx: int, by: int, *, weight: float) -> None:
        start, control, end = (float(self._x), float(self._y)), (float(ax), float(ay)), (float(bx), float(by))
        for part in _cubics(start, control, end, weight, _MOST_HALVINGS):
            self.cubic(*[round(coordinate) for coordinate in part])

    def close(self) -> None:
        self.parts.append("z")
        self._letter = "z"
        self._x, self._y = self._start_x, self._start_y

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
