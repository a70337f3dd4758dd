"""Untrusted bytes to JSON values, within bounds of memory and depth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

from renderer.exceptions import DocumentError, LimitError
from renderer.fieldpath import key_path
from renderer.limits import RenderLimits

Json = dict[str, Any]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# What CPython 3.11 and later spend on a small dict, a list, and one more value in either (a float or a short string).
# Compared with tracemalloc on real documents the estimate is 5 to 25 % too high, which is the safe side.
_OBJECT_BYTES, _ARRAY_BYTES, _VALUE_BYTES = 200, 64, 32

# Of the "id" keys of real documents at least a quarter are those of nodes; the exact count comes after parsing.
_ID = b'"id"'
_IDS_PER_NODE = 4

# All but what the estimate counts: counting in what is left is three times faster.
_NO_MARKS = bytes(set(range(256)) - set(b"{[,"))


def parse_json(document: bytes | memoryview, limits: RenderLimits) -> Json:
    """The document's outermost object.

    Raises DocumentError (not JSON, not an object, NaN or Infinity) and LimitError (``limit-nodes``,
    ``limit-document``, ``limit-depth``).
    """
    data = bytes(document).removeprefix(_BYTE_ORDER_MARK)
    _refuse_bombs(data, limits)
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise _refusal(data, str(error)) from None
    if not isinstance(value, dict):
        raise DocumentError("The document is JSON but not an object. Send an answer of Figma's files API, or one node.")
    return value


def _refuse_bombs(data: bytes, limits: RenderLimits) -> None:
    most = _IDS_PER_NODE * limits.max_nodes
    if len(data) > most * len(_ID) and data.count(_ID) > most:
        raise too_many_nodes(limits)
    marks = data.translate(None, _NO_MARKS)
    estimate = _OBJECT_BYTES * marks.count(b"{") + _ARRAY_BYTES * marks.count(b"[") + _VALUE_BYTES * marks.count(b",")
    if estimate > limits.max_parsed_bytes:
        raise LimitError(
            f"The document would take about {estimate // 1_000_000} MB once parsed; the limit is "
            f"{limits.max_parsed_bytes // 1_000_000} MB. Ask Figma for the one node to draw instead of the whole file.",
            code="limit-document",
        )


def too_many_nodes(limits: RenderLimits) -> LimitError:
    return LimitError(
        f"The document has more than {limits.max_nodes} nodes, which is the limit. "
        "Ask Figma for the one node to draw instead of the whole file.",
        code="limit-nodes",
    )


def too_deep(levels: int) -> LimitError:
    return LimitError(
        f"The document is nested deeper than {levels} levels, which is the limit. Real designs stay far below it.",
        code="limit-depth",
    )


def _refusal(data: bytes, reason: str) -> DocumentError | LimitError:
    if "recursion limit" in reason:
        return too_deep(200)
    if not data.strip():
        return DocumentError("The document is empty. Send the JSON of a Figma file or node.", code="document-empty")
    field = _first_non_finite(data)
    if field is not None:
        return DocumentError(
            "The document has NaN or Infinity, which JSON cannot express. Write a finite number.", field=field
        )
    return DocumentError(f"The document is not JSON: {reason}.")


def _first_non_finite(data: bytes) -> str | None:
    """The path of the first NaN or Infinity, where that is all that keeps the document from being JSON."""
    try:
        root = from_json(data, allow_inf_nan=True)
    except ValueError:
        return None
    levels = [("", _items(root))]
    while levels:
        path, items = levels[-1]
        key, value = next(items, (None, None))
        if key is None:
            levels.pop()
        elif isinstance(value, dict | list):
            levels.append((_item_path(path, key), _items(value)))
        elif isinstance(value, float) and not math.isfinite(value):
            return _item_path(path, key)
    return None


def _items(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return iter(value.items())
    return iter(enumerate(value)) if isinstance(value, list) else iter(())


def _item_path(path: str, key: str | int) -> str:
    return f"{path}[{key}]" if isinstance(key, int) else key_path(path, key)
