"""SVG path data (SVG 2, section 9) to a path.

Figma writes absolute commands, each with its own letter and its numbers apart: those are read in bulk.
Whatever else SVG allows (relative, repeated and smooth commands, arcs) is read command by command.
"""

from __future__ import annotations

import math
import re
import sys
from array import array
from collections.abc import Callable, Iterator
from typing import Final

import msgspec
import skia

from renderer.geometry import PathData
from renderer.geometry.path import FLOAT, PathBuilder
from renderer.geometry.skiapath import from_skia
from renderer.limits import MAX_COORDINATE

# A move to begin with, and every character SVG path data can have.
_PATH: Final = re.compile(r"\s*[Mm]\s*[0-9+\-.][MmLlHhVvCcSsQqTtAaZzEe0-9+\-.,\s]*")
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# Only such numbers can be beyond the limit: with a positive exponent, or with eight digits before the point.
_SUSPECT: Final = re.compile(r"[eE]\+?\d|(?<![\d.])\d{8}")
_TOKEN: Final = re.compile(rf"[MmZzLlHhVvCcSsQqTtAa]|{_NUMBER.pattern}")
_ARGUMENTS: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


class PathDataError(ValueError):
    """The text has the characters of path data and is none."""


class NotPathDataError(PathDataError):
    """The text has something in it that no path data has."""


class FarCoordinateError(PathDataError):
    """A number is beyond the limit."""


class PathTooLongError(PathDataError):
    """The path has more verbs than it may have."""


def parse_path(data: str, *, even_odd: bool = False, max_verbs: int = sys.maxsize) -> PathData:
    """Raises :class:`PathDataError`."""
    path = _usual(data, even_odd=even_odd) or _any(data, even_odd=even_odd, max_verbs=max_verbs)
    if len(path.verbs) > max_verbs:
        raise PathTooLongError(f"more than {max_verbs} verbs")
    return path


def verbs_at_least(data: str) -> int:
    """How many verbs the text has, before it is read: its letters, or pairs of separators for the repeats SVG lets one
    leave out, whichever are more."""
    letters = sum(map(data.count, "MmLlHhVvCcSsQqTtAaZz"))
    separators = data.count(" ") + data.count(",") + data.count("-")
    return max(letters, separators // 6)


# --- as Figma writes it -----------------------------------------------------------------------------------------------

_USUAL_COMMANDS: Final = re.compile(rb"(?:M(?:[LHVCQ]+Z?|Z))+")
_SIGNS: Final = b"0123456789+-.eE "
_TO_ONE_LETTER: Final = bytes.maketrans(b"LHVCQZ", b"MMMMMM")
_TO_COMMAS: Final = bytes.maketrans(b"MLHVCQ ", b",,,,,,,")
_TO_VERBS: Final = bytes.maketrans(b"MLHVQCZ", bytes((0, 1, 1, 1, 2, 4, 5)))
_TO_SPACES: Final = bytes.maketrans(b"MLHVQCZ", bytes((1, 1, 0, 0, 3, 5, 0)))
_NUMBERS: Final = msgspec.json.Decoder(list[float])


def _usual(data: str, *, even_odd: bool) -> PathData | None:
    """None where the text is not of the usual kind, sound or not.

    With commas in place of the letters it is a list of numbers as JSON has them, which is read in bulk.
    """
    text = _tight(data) if data.isascii() else b""
    letters = text.translate(None, _SIGNS)
    if not text.startswith(b"M") or not _USUAL_COMMANDS.fullmatch(letters) or not _is_regular(text, letters):
        return None
    try:
        numbers = _NUMBERS.decode(b"[%b]" % text.translate(_TO_COMMAS, b"Z")[1:])
    except msgspec.DecodeError:
        return None
    if max(numbers) > MAX_COORDINATE or min(numbers) < -MAX_COORDINATE:
        return None
    points = _in_pairs(letters, numbers) if b"H" in letters or b"V" in letters else numbers
    return PathData(letters.translate(_TO_VERBS), array(FLOAT, points).tobytes(), b"", even_odd)


def _tight(data: str) -> bytes:
    """Without spaces around the letters."""
    text = data.strip().encode()
    if text[1:2] == b" ":
        for letter in (b"M", b"L", b"H", b"V", b"C", b"Q", b"Z"):
            text = text.replace(b" " + letter, letter).replace(letter + b" ", letter)
    return text


def _is_regular(text: bytes, letters: bytes) -> bool:
    """Whether each letter has as many numbers as it takes, were each space between two of them."""
    spaces = [piece.count(b" ") for piece in text.translate(_TO_ONE_LETTER).split(b"M")]
    closed = text.count(b"ZM") + text.endswith(b"Z")
    return spaces[1:] == list(letters.translate(_TO_SPACES)) and closed == letters.count(b"Z")


def _in_pairs(letters: bytes, numbers: list[float]) -> list[float]:
    """The points where H and V leave one half of theirs to be what it was. No contour of the usual kind goes on after a
    Z."""
    points, at, x, y = list[float](), 0, 0.0, 0.0
    for letter in letters.decode():
        end = at + _ARGUMENTS[letter]
        if letter == "H":
            x = numbers[at]
            points += (x, y)
        elif letter == "V":
            y = numbers[at]
            points += (x, y)
        elif letter != "Z":
            points += numbers[at:end]
            x, y = numbers[end - 2], numbers[end - 1]
        at = end
    return points


# --- as SVG allows it -------------------------------------------------------------------------------------------------


def _any(data: str, *, even_odd: bool, max_verbs: int) -> PathData:
    if not _PATH.fullmatch(data):
        raise NotPathDataError("it begins with M and has only commands and numbers")
    if _SUSPECT.search(data) and any(abs(float(number[0])) > MAX_COORDINATE for number in _NUMBER.finditer(data)):
        raise FarCoordinateError("a coordinate that is out of range")
    pen = _PathPen()
    for count, (command, arguments) in enumerate(_segments(data)):
        if count >= max_verbs:
            raise PathTooLongError(f"more than {max_verbs} verbs")
        pen.draw(command, arguments)
    return pen.path.build(even_odd=even_odd)


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


class _PathPen:
    """The current point, and the control point that S and T reflect."""

    def __init__(self) -> None:
        self.path = PathBuilder()
        self._is_open = False
        self._x = self._y = self._start_x = self._start_y = 0.0
        self._control: tuple[str, float, float] = ("", 0.0, 0.0)
        self._commands: dict[str, Callable[[list[float]], None]] = {
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
        self.path.move(v[0], v[1])
        self._is_open = True
        self._to(v[0], v[1])
        self._start_x, self._start_y = v[0], v[1]

    def _line(self, v: list[float]) -> None:
        self._go_on()
        self.path.line(v[0], v[1])
        self._to(v[0], v[1])

    def _horizontal(self, v: list[float]) -> None:
        self._line([v[0], self._y])

    def _vertical(self, v: list[float]) -> None:
        self._line([self._x, v[0]])

    def _cubic(self, v: list[float]) -> None:
        self._go_on()
        self.path.cubic(*v)
        self._control = ("C", v[2], v[3])
        self._to(v[4], v[5])

    def _smooth_cubic(self, v: list[float]) -> None:
        self._cubic([*self._reflected("C"), *v])

    def _quad(self, v: list[float]) -> None:
        self._go_on()
        self.path.quad(*v)
        self._control = ("Q", v[0], v[1])
        self._to(v[2], v[3])

    def _smooth_quad(self, v: list[float]) -> None:
        self._quad([*self._reflected("Q"), *v])

    def _arc(self, v: list[float]) -> None:
        self._go_on()
        arc = skia.Path()
        arc.moveTo(self._x, self._y)
        size = skia.Path.kLarge_ArcSize if v[3] else skia.Path.kSmall_ArcSize
        direction = skia.PathDirection.kCW if v[4] else skia.PathDirection.kCCW
        arc.arcTo(abs(v[0]), abs(v[1]), math.fmod(v[2], 360.0), size, direction, v[5], v[6])
        self.path.follow(from_skia(arc))
        self._to(v[5], v[6])

    def _close(self, _: list[float]) -> None:
        if self._is_open:
            self.path.close()
        self._is_open = False
        self._to(self._start_x, self._start_y)

    def _go_on(self) -> None:
        """After a close the next contour begins where the last one did."""
        if not self._is_open:
            self.path.move(self._start_x, self._start_y)
            self._is_open = True

    def _reflected(self, kind: str) -> tuple[float, float]:
        if self._control[0] != kind:
            return self._x, self._y
        return 2 * self._x - self._control[1], 2 * self._y - self._control[2]
