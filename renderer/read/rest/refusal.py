"""Why a document's nodes are not what Figma says of nodes: the first one that is wrong, its first wrong field, and how
many more it has."""

from __future__ import annotations

from copy import copy
from typing import Any, Final

from msgspec import inspect

from renderer.exceptions import DocumentError, LimitError, RenderError
from renderer.fieldpath import child_path, placed
from renderer.figma.kinds import WITH_CHARACTERS
from renderer.read.rest.parse import Json
from renderer.read.rest.problems import FieldProblem, Location, problems_of
from renderer.read.rest.spelling import STROKE_TYPE, RestNode
from renderer.read.rest.visible import HOLE, nodes_in

_OF_TEXT: Final = (
    "characters",
    "style",
    "characterStyleOverrides",
    "styleOverrideTable",
    "lineTypes",
    "lineIndentations",
)
# The type may be anything yet, a list too.
_TEXTUAL: Final = tuple(WITH_CHARACTERS)


# Nodes of their own, and a value that is examined where the document has it.
_ELSEWHERE: Final = ("children", STROKE_TYPE)
_NODE: Final = inspect.type_info(RestNode)


def refuse(root: Json, path: str) -> None:
    """Raise DocumentError or LimitError (``limit-coordinate``) for the first node from the root down that is wrong.

    What nobody would miss is no reason: properties of text on a node that is none, a link. They are taken out.
    """
    pending = [(root, path)]
    while pending:
        node, at = pending.pop()
        if node is not HOLE:
            _refuse_node(node, at)
        children = [(child, child_path(at, index)) for index, child in enumerate(nodes_in(node))]
        pending.extend(reversed(children))


def refusal_of(value: Any, kind: inspect.Type, path: str) -> RenderError:
    """What to say of a value that is not of that type: its first wrong field."""
    problem = next(problems_of(value, kind), FieldProblem((), "This value is not what it should be"))
    return placed(_refusal(problem, 0), path)


def _refuse_node(node: Json, path: str) -> None:
    own = {name: value for name, value in node.items() if name not in _ELSEWHERE}
    counting = [problem for problem in problems_of(own, _NODE) if not _taken_out(node, problem.location)]
    if counting:
        raise placed(_refusal(counting[0], len(counting) - 1), path)


def _taken_out(node: Json, location: Location) -> bool:
    """Whether the node can do without what is wrong; then it does."""
    if location[0] in _OF_TEXT and node.get("type") not in _TEXTUAL:
        node.pop(str(location[0]), None)
    elif "hyperlink" in location:
        _take_out(node, location[: location.index("hyperlink") + 1])
    else:
        return False
    return True


def _take_out(node: Json, location: Location) -> None:
    """Of copies of what it lies in: other nodes' readings may have these values too."""
    container: Any = node
    for part in location[:-1]:
        container[part] = copy(container[part])
        container = container[part]
    container.pop(location[-1], None)


def _refusal(problem: FieldProblem, others: int) -> RenderError:
    detail = f"{problem.detail}.{_more(others)}"
    if problem.is_far:
        return LimitError(detail, code="limit-coordinate", field=problem.path or None)
    return DocumentError(detail, field=problem.path or None)


def _more(others: int) -> str:
    if not others:
        return ""
    return f" {others} more fields of this node are wrong too." if others > 1 else " One more field of it is wrong too."
