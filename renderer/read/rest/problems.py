"""What is wrong with a JSON value that should be of some type: every fault in it, each with its place and in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from msgspec import inspect

from renderer.fieldpath import key_path
from renderer.geometry import PathData
from renderer.limits import MAX_COORDINATE

Location = tuple[str | int, ...]

_GIVEN: Final[dict[type, str]] = {
    bool: "true or false",
    int: "that number",
    str: "a string",
    list: "a list",
    dict: "an object",
    type(None): "null",
}
_PLAIN_INT: Final = 10**15


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """``location``: keys and indices from the value examined down. ``is_far``: a length beyond the limit, else it is of
    the wrong kind."""

    location: Location
    detail: str
    is_far: bool = False

    @property
    def path(self) -> str:
        path = ""
        for part in self.location:
            path = f"{path}[{part}]" if isinstance(part, int) else key_path(path, part)
        return path


def problems_of(value: Any, kind: inspect.Type, location: Location = ()) -> Iterator[FieldProblem]:
    """None where msgspec makes a value of the type of it."""
    match kind:
        case inspect.UnionType(types=types):
            yield from _of_union(value, types, location)
        case inspect.StructType():
            yield from _of_struct(value, kind, location)
        case inspect.DictType(value_type=inner):
            yield from _of_table(value, inner, location)
        case inspect.VarTupleType(item_type=inner):
            yield from _of_list(value, inner, location)
        case inspect.TupleType(item_types=inners):
            yield from _of_row(value, inners, location)
        case inspect.FloatType():
            yield from _of_number(value, kind, location)
        case inspect.StrType() if not isinstance(value, str):
            yield _other(value, "a valid string", location)
        case inspect.BoolType() if not isinstance(value, bool):
            yield _other(value, "a valid boolean", location)


def _other(value: Any, wanted: str, location: Location) -> FieldProblem:
    return FieldProblem(location, f"This field should be {wanted}, not {_given(value)}")


def _given(value: Any) -> str:
    if isinstance(value, float) or (type(value) is int and abs(value) < _PLAIN_INT):
        return f"{value:.10g}"
    return _GIVEN.get(type(value), "that")


def _of_union(value: Any, types: tuple[inspect.Type, ...], location: Location) -> Iterator[FieldProblem]:
    """Nothing but the best fit's: that is the only one of the others, or one that has no problem at all."""
    choices = [each for each in types if not isinstance(each, inspect.NoneType)]
    if value is None and len(choices) < len(types):
        return
    found = [list(problems_of(value, choice, location)) for choice in choices]
    yield from min(found, key=len)


def _of_struct(value: Any, kind: inspect.StructType, location: Location) -> Iterator[FieldProblem]:
    if isinstance(value, kind.cls):
        return
    if kind.cls is PathData:
        yield _other(value, "a valid string", location)
    elif not isinstance(value, dict):
        yield _other(value, "an object", location)
    else:
        for field in kind.fields:
            name = field.encode_name
            if name in value:
                yield from problems_of(value[name], field.type, (*location, name))
            elif field.required:
                yield FieldProblem((*location, name), "This field is missing")


def _of_table(value: Any, inner: inspect.Type, location: Location) -> Iterator[FieldProblem]:
    if not isinstance(value, dict):
        yield _other(value, "an object", location)
        return
    for key, part in value.items():
        yield from problems_of(part, inner, (*location, key))


def _of_list(value: Any, inner: inspect.Type, location: Location) -> Iterator[FieldProblem]:
    if not isinstance(value, list):
        yield _other(value, "a valid list", location)
        return
    for index, part in enumerate(value):
        yield from problems_of(part, inner, (*location, index))


def _of_row(value: Any, inners: tuple[inspect.Type, ...], location: Location) -> Iterator[FieldProblem]:
    if not isinstance(value, list):
        yield _other(value, "a valid list", location)
        return
    if len(value) != len(inners):
        count = str(len(value)) if len(value) < len(inners) else "more"
        yield FieldProblem(location, f"This list should have {len(inners)} entries and has {count}")
        return
    for index, (part, inner) in enumerate(zip(value, inners, strict=True)):
        yield from problems_of(part, inner, (*location, index))


def _of_number(value: Any, kind: inspect.FloatType, location: Location) -> Iterator[FieldProblem]:
    if isinstance(value, bool) or not isinstance(value, int | float) or _is_huge(value):
        yield _other(value, "a valid number", location)
    elif not math.isfinite(value):
        yield _other(value, "a finite number", location)
    elif kind.ge is not None and value < kind.ge:
        yield _out_of_bounds(value, "at least", kind.ge, location)
    elif kind.le is not None and value > kind.le:
        yield _out_of_bounds(value, "at most", kind.le, location)


def _is_huge(value: float) -> bool:
    try:
        float(value)
    except OverflowError:
        return True
    return False


def _out_of_bounds(value: float, side: str, bound: float, location: Location) -> FieldProblem:
    if abs(bound) == MAX_COORDINATE:
        most = f"Lengths and positions are limited to {MAX_COORDINATE:.0f} pixels; this one is beyond it"
        return FieldProblem(location, most, is_far=True)
    # Without the little room that is left for noise, and never -0.
    return _other(value, f"{side} {round(bound, 2) + 0.0:g}", location)
