"""SVG path data (SVG 2, section 9) to a Skia path, bounded."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, Final

import skia

_TOKEN: Final = re.compile(r"[MmZzLlHhVvCcSsQqTtAa]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ARGUMENTS: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


class PathDataError(ValueError):
    """The text is not path data."""


class PathTooLongError(ValueError):
    """The path has more verbs than are left."""


def parse_path(data: str, *, even_odd: bool = False, max_verbs: int, max_coordinate: float) -> Any:
    """A ``skia.Path``. Raises :class:`PathDataError` for bad syntax or coordinates out of range, and
    :class:`PathTooLongError`."""
    pen = _Pen(max_coordinate)
    for count, (command, arguments) in enumerate(_segments(data)):
        if count >= max_verbs:
            raise PathTooLongError(f"more than {max_verbs} path verbs")
        pen.draw(command, arguments)
    if even_odd:
        pen.path.setFillType(skia.PathFillType.kEvenOdd)
    return pen.path


def _segments(data: str) -> Iterator[tuple[str, list[float]]]:
    tokens = _TOKEN.findall(data)
    position, command = 0, ""
    while position < len(tokens):
        if tokens[position].isalpha():
            command = tokens[position]
            position += 1
        elif command in ("", "Z", "z"):
            raise PathDataError("a number where a command was expected")
        needed = _ARGUMENTS[command.upper()]
        yield command, _numbers(tokens, position, needed)
        position += needed
        if command in "Mm":  # further pairs after a move are lines
            command = "L" if command == "M" else "l"


def _numbers(tokens: list[str], position: int, needed: int) -> list[float]:
    try:
        values = [float(token) for token in tokens[position : position + needed]]
    except ValueError:
        raise PathDataError("a command where a number was expected") from None
    if len(values) < needed:
        raise PathDataError("path data ends inside a command")
    return values


class _Pen:
    """The current point, and the control point that S and T reflect."""

    def __init__(self, max_coordinate: float) -> None:
        self.path = skia.Path()
        self._limit = max_coordinate
        self._x = self._y = self._start_x = self._start_y = 0.0
        self._control: tuple[str, float, float] = ("", 0.0, 0.0)
        self._commands = {
            "M": self._move,
            "L": self._line,
            "H": self._horizontal,
            "V": self._vertical,
            "C": self._cubic,
            "S": self._smooth_cubic,
            "Q": self._quad,
            "T": self._smooth_quad,
            "A": self._arc,
            "Z": self._close,
        }

    def draw(self, command: str, arguments: list[float]) -> None:
        if not all(abs(value) <= self._limit for value in arguments):
            raise PathDataError("a coordinate that is out of range")
        kind = command.upper()
        values = self._absolute(kind, arguments) if command.islower() else arguments
        self._commands[kind](values)
        if kind not in "CSQT":
            self._control = ("", 0.0, 0.0)

    def _absolute(self, kind: str, values: list[float]) -> list[float]:
        if kind == "H":
            return [values[0] + self._x]
        if kind == "V":
            return [values[0] + self._y]
        if kind == "A":
            return [*values[:5], values[5] + self._x, values[6] + self._y]
        return [value + (self._y if index % 2 else self._x) for index, value in enumerate(values)]

    def _to(self, x: float, y: float) -> None:
        self._x, self._y = x, y

    def _move(self, v: list[float]) -> None:
        self.path.moveTo(v[0], v[1])
        self._to(v[0], v[1])
        self._start_x, self._start_y = v[0], v[1]

    def _line(self, v: list[float]) -> None:
        self._begin()
        self.path.lineTo(v[0], v[1])
        self._to(v[0], v[1])

    def _horizontal(self, v: list[float]) -> None:
        self._line([v[0], self._y])

    def _vertical(self, v: list[float]) -> None:
        self._line([self._x, v[0]])

    def _cubic(self, v: list[float]) -> None:
        self._begin()
        self.path.cubicTo(*v)
        self._control = ("C", v[2], v[3])
        self._to(v[4], v[5])

    def _smooth_cubic(self, v: list[float]) -> None:
        self._cubic([*self._reflected("C"), *v])

    def _quad(self, v: list[float]) -> None:
        self._begin()
        self.path.quadTo(*v)
        self._control = ("Q", v[0], v[1])
        self._to(v[2], v[3])

    def _smooth_quad(self, v: list[float]) -> None:
        self._quad([*self._reflected("Q"), *v])

    def _arc(self, v: list[float]) -> None:
        self._begin()
        size = skia.Path.kLarge_ArcSize if v[3] else skia.Path.kSmall_ArcSize
        direction = skia.PathDirection.kCW if v[4] else skia.PathDirection.kCCW
        self.path.arcTo(abs(v[0]), abs(v[1]), math.fmod(v[2], 360.0), size, direction, v[5], v[6])
        self._to(v[5], v[6])

    def _close(self, _: list[float]) -> None:
        self.path.close()
        self._to(self._start_x, self._start_y)

    def _begin(self) -> None:
        """Skia would start at the origin, SVG calls a path without a first move an error."""
        if self.path.isEmpty():
            raise PathDataError("path data that does not begin with a move")

    def _reflected(self, kind: str) -> tuple[float, float]:
        if self._control[0] != kind:
            return self._x, self._y
        return 2 * self._x - self._control[1], 2 * self._y - self._control[2]
