"""Finding the node to draw in a document, without recursion: documents are hostile and deep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from renderer.exceptions import DocumentError, NodeNotFoundError, OptionError
from renderer.fieldpath import child_path, key_path
from renderer.figma.kinds import UNSEEN
from renderer.limits import RenderLimits
from renderer.read.rest.parse import Json, too_deep, too_many_nodes


@dataclass(frozen=True, slots=True)
class Located:
    """``node`` at ``path`` in the document, below ``ancestors`` (outermost first)."""

    node: Json
    path: str
    ancestors: tuple[Json, ...] = ()


def locate(document: Json, wanted: str | None, limits: RenderLimits) -> Located:
    """The node ``wanted`` (``1:2`` or ``1-2``), or the document's obvious one.

    That is the first of an answer of ``/nodes``, a bare node itself, and of a file its first page with anything
    visible on it. Raises NodeNotFoundError, DocumentError, OptionError (a file with nothing visible).
    """
    roots = _roots(document)
    if wanted is None:
        return _obvious(roots)
    identifier = wanted.strip().replace("-", ":")
    found = _find(roots, identifier, limits)
    if found is None:
        raise NodeNotFoundError(
            f"The document has no node {identifier[:64]}. Copy the node's id from its link (node-id=1-2).", field="node"
        )
    return _page_of(found) if found.node.get("type") == "DOCUMENT" else found


def children_of(node: Json, path: str) -> list[Json]:
    """The node's children, all of them objects."""
    children = node.get("children")
    if children is None:
        return []
    if not isinstance(children, list):
        raise DocumentError("The children of a node are a list.", field=key_path(path, "children"))
    for index, child in enumerate(children):
        if not isinstance(child, dict):
            raise DocumentError("A node is an object.", field=child_path(path, index))
    return children


def _roots(document: Json) -> list[Located]:
    nodes, file = document.get("nodes"), document.get("document")
    if isinstance(nodes, dict):
        return _answered(nodes)
    if isinstance(file, dict):
        return [Located(file, "document")]
    if isinstance(document.get("type"), str):
        return [Located(document, "")]
    if "err" in document or "status" in document:
        raise DocumentError("This is an error answer of Figma's API, not a document. Look at its err.", field="err")
    raise DocumentError(
        "The document has neither nodes, nor a document, nor a type: "
        "send an answer of GET /v1/files/:key, of its /nodes, or one node."
    )


def _answered(nodes: Json) -> list[Located]:
    roots = []
    for identifier, entry in nodes.items():
        path = key_path("nodes", identifier)
        if entry is None:
            continue
        if not isinstance(entry, dict) or not isinstance(entry.get("document"), dict):
            raise DocumentError("An entry of nodes is null, or an object with a document.", field=path)
        roots.append(Located(entry["document"], f"{path}.document"))
    if not roots:
        raise NodeNotFoundError("Figma found none of the nodes asked for: all entries are null.", field="nodes")
    return roots


def _obvious(roots: list[Located]) -> Located:
    first = roots[0]
    return _page_of(first) if first.node.get("type") == "DOCUMENT" else first


def _page_of(file: Located) -> Located:
    for index, page in enumerate(children_of(file.node, file.path)):
        path = child_path(file.path, index)
        if any(_is_visible(child) for child in children_of(page, path)):
            return Located(page, path, (*file.ancestors, file.node))
    raise OptionError("No page of the file has anything visible on it, so there is no picture.", code="picture-empty")


def _is_visible(node: Json) -> bool:
    return node.get("visible") is not False and node.get("type") not in UNSEEN


def _find(roots: list[Located], identifier: str, limits: RenderLimits) -> Located | None:
    count = 0
    for root in roots:
        for found in _walk(root, limits):
            count += 1
            if count > limits.max_nodes:
                raise too_many_nodes(limits)
            if found[-1][0].get("id") == identifier:
                return _located(found)
    return None


# One level of the walk: a node, the path to it, and its children still to come.
_Level = tuple[Json, str, Iterator[tuple[int, Json]]]


def _walk(root: Located, limits: RenderLimits) -> Iterator[list[_Level]]:
    """Every node from the root down, parents first, as the list of levels that leads to it."""
    levels = [_level(root.node, root.path)]
    yield levels
    while levels:
        _, path, pending = levels[-1]
        step = next(pending, None)
        if step is None:
            levels.pop()
            continue
        if len(levels) >= limits.max_depth:
            raise too_deep(limits.max_depth)
        index, child = step
        levels.append(_level(child, child_path(path, index)))
        yield levels


def _level(node: Json, path: str) -> _Level:
    return node, path, iter(enumerate(children_of(node, path)))


def _located(levels: list[_Level]) -> Located:
    node, path, _ = levels[-1]
    return Located(node, path, tuple(level[0] for level in levels[:-1]))
