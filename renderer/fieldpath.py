"""Where in a document something is, as errors say it: ``document.children[3].fills[0].color.r``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from renderer.exceptions import RenderError

_LONGEST_KEY = 64

ErrorT = TypeVar("ErrorT", bound=RenderError)


def key_path(path: str, key: str) -> str:
    """``path.key``, or ``path["key"]`` where the key is not a plain name; long keys are cut."""
    shown = key if len(key) <= _LONGEST_KEY else key[: _LONGEST_KEY - 3] + "..."
    if shown.isidentifier():
        return f"{path}.{shown}" if path else shown
    escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'{path}["{escaped}"]'


def child_path(path: str, index: int) -> str:
    """``path.children[index]``."""
    return f"{key_path(path, 'children')}[{index}]"


def path_to(node: Any, root: Any, children_of: Callable[[Any], Iterable[Any]], path: str = "") -> str:
    """The path of a node below ``root``, which is at ``path``. Only errors need it, so nobody keeps it: it is
    searched."""
    pending = [(root, path)]
    while pending:
        at, path = pending.pop()
        if at is node:
            return path
        pending.extend((child, child_path(path, index)) for index, child in enumerate(children_of(at)))
    raise LookupError("the node is not below that root")


def placed(error: ErrorT, path: str) -> ErrorT:
    """The same refusal with ``path`` in front of its field."""
    if error.field is None:
        error.field = path
    elif path:
        error.field = f"{path}{error.field}" if error.field.startswith("[") else f"{path}.{error.field}"
    return error
