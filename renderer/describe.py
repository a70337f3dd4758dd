"""Scenes and display lists as text, for people and for tests: one line a value, what is inside it moved in.

Defaults are left out, numbers are rounded to what can be seen, and the same value gives the same text everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from msgspec import NODEFAULT, Struct

from renderer.geometry import Colour, Matrix, PathData, Point, Rect, RoundRect
from renderer.images import DecodedImage
from renderer.text import GlyphRun

_LETTERS: Final = "MLQKCZ"
_INDENT: Final = "  "
_DIGITS: Final = 3
_MOST_SEGMENTS: Final = 24


def describe(value: Any) -> str:
    """A :class:`renderer.scene.Scene` or :class:`renderer.displaylist.DisplayList`, or a part of one, as lines."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: Any, label: str) -> Iterator[str]:
    """The line of a value, then those of its parts that do not fit on it."""
    if isinstance(value, tuple):
        yield f"{label}:"
        for part in value:
            yield from (_INDENT + line for line in _lines(part, ""))
        return
    if _is_short(value):
        yield f"{label} {_short(value)}".strip()
        return
    short, long = _parts(value)
    yield " ".join(part for part in (f"{label}:" if label else "", type(value).__name__, *short) if part)
    for name, part in long:
        yield from (_INDENT + line for line in _lines(part, name))


def _parts(value: Any) -> tuple[list[str], list[tuple[str, Any]]]:
    """What fits on the line of a struct, and what does not. Fields that have their default are left out."""
    short: list[str] = []
    long: list[tuple[str, Any]] = []
    for name, default in _fields(value):
        part = getattr(value, name)
        if part == default:
            continue
        if _is_short(part):
            short.append(f"{name}={_short(part)}")
        elif part or not isinstance(part, tuple):
            long.append((name, part))
    return short, long


def _fields(value: Struct) -> Iterator[tuple[str, Any]]:
    """Names and defaults. Not from msgspec's own ``fields``, which needs all types of a struct in its module."""
    names, defaults = value.__struct_fields__, value.__struct_defaults__
    required = (NODEFAULT,) * (len(names) - len(defaults))
    return zip(names, (*required, *defaults), strict=True)


def _is_short(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(part, int | float | str) for part in value)
    return isinstance(value, Colour | Matrix | PathData | Point | Rect | RoundRect) or not isinstance(value, Struct)


def _short(value: Any) -> str:
    match value:
        case Enum():
            said = str(value.name)
        case float():
            said = _number(value)
        case str():
            said = repr(value)
        case tuple():
            said = f"({' '.join(map(_short, value))})"
        case PathData():
            said = _path(value)
        case Struct():
            said = f"({' '.join(_short(getattr(value, name)) for name in value.__struct_fields__)})"
        case GlyphRun():
            said = _glyphs(value)
        case DecodedImage():
            said = f"{value.ref} {value.width}x{value.height}"
        case _:
            said = str(value)
    return said


def _number(value: float) -> str:
    return f"{round(value, _DIGITS) + 0.0:g}" if abs(value) < 1e6 else f"{value:.0f}"


def _path(path: PathData) -> str:
    parts = [
        _LETTERS[verb] + ",".join(map(_number, values))
        for _, (verb, values) in zip(range(_MOST_SEGMENTS), path.segments(), strict=False)
    ]
    more = len(path.verbs) - len(parts)
    rule = " even-odd" if path.even_odd else ""
    return f"[{' '.join(parts)}{f' and {more} more' if more else ''}{rule}]"


def _glyphs(run: GlyphRun) -> str:
    face, (x, y) = run.face.face, run.positions[0]
    said = "".join(run.characters)
    return f"{said!r} {face.family} {run.face.weight:g} {_number(run.size)}px at ({_number(x)} {_number(y)})"
