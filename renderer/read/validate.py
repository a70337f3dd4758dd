"""JSON values to models, and pydantic's complaints to refusals that name the field."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from renderer.exceptions import DocumentError, LimitError, RenderError
from renderer.limits import MAX_COORDINATE
from renderer.read.model.base import Model
from renderer.read.parse import Json, key_path

_NAMES: dict[type, str] = {
    bool: "true or false",
    int: "that number",
    str: "a string",
    list: "a list",
    dict: "an object",
    type(None): "null",
}

# The message says already what was given.
_SAYS_ALL = {"missing", "too_short", "too_long"}
_PLAIN_INT = 10**15

ModelT = TypeVar("ModelT", bound=Model)


def validate(model: type[ModelT], raw: Json) -> ModelT:
    """The model of one JSON object. The refusal's ``field`` is relative to the object."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=True)
        raise _refusal(problems[0], len(problems) - 1) from None


def place_error(error: RenderError, path: str) -> RenderError:
    """The same refusal with ``path`` in front of its field."""
    if error.field is None:
        error.field = path
    elif path:
        error.field = f"{path}{error.field}" if error.field.startswith("[") else f"{path}.{error.field}"
    return error


def _refusal(problem: ErrorDetails, others: int) -> RenderError:
    field = _path(problem["loc"])
    more = _more(others)
    if _is_beyond(problem):
        detail = f"Lengths and positions are limited to {MAX_COORDINATE:.0f} pixels; this one is beyond it.{more}"
        return LimitError(detail, code="limit-coordinate", field=field)
    given = "" if problem["type"] in _SAYS_ALL else f", not {_describe(problem['input'])}"
    return DocumentError(f"{_expectation(problem)}{given}.{more}", field=field)


def _is_beyond(problem: ErrorDetails) -> bool:
    bounds = problem.get("ctx") or {}
    return bounds.get("le") == MAX_COORDINATE or bounds.get("ge") == -MAX_COORDINATE


def _expectation(problem: ErrorDetails) -> str:
    bounds = problem.get("ctx") or {}
    match problem["type"]:
        case "missing":
            return "This field is missing"
        case "too_short":
            return f"This list should have {bounds['min_length']} entries and has {bounds['actual_length']}"
        case "too_long":
            return f"This list should have {bounds['max_length']} entries and has more"
        case "greater_than_equal":
            return f"This field should be at least {_bound(bounds['ge'])}"
        case "less_than_equal":
            return f"This field should be at most {_bound(bounds['le'])}"
    return problem["msg"].replace("Input should", "This field should")


def _bound(bound: float) -> str:
    """Without the little room that is left for noise."""
    return f"{round(bound, 2) + 0.0:g}"  # and never -0


def _more(others: int) -> str:
    if not others:
        return ""
    return f" {others} more fields of this node are wrong too." if others > 1 else " One more field of it is wrong too."


def _describe(value: Any) -> str:
    if isinstance(value, float) or (type(value) is int and abs(value) < _PLAIN_INT):
        return f"{value:.10g}"
    return _NAMES.get(type(value), "that")


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path = f"{path}[{part}]" if isinstance(part, int) else key_path(path, part)
    return path
