"""Finding nodes in a document, all in one walk and without recursion: documents are hostile and deep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from renderer.exceptions import DocumentError, NodeNotFoundError, OptionError, RenderError
from renderer.fieldpath import child_path, key_path, placed
from renderer.figma.kinds import UNSEEN
from renderer.limits import RenderLimits, too_many_outputs
from renderer.read.rest.parse import Json, too_deep, too_many_nodes


@dataclass(frozen=True, slots=True)
class Located:
    """``node`` at ``path`` in the document, below ``ancestors`` (outermost first)."""

    node: Json
    path: str
    ancestors: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """``nodes``: what came of each that was asked for. ``exported``: every node with export settings, if that was
    asked for too."""

    nodes: dict[str | None, Located | RenderError]
    exported: tuple[Located, ...]


def locate(document: Json, asked: Iterable[str | None], limits: RenderLimits, *, exports: bool = False) -> Search:
    """Each node asked for, by its id (``1:2`` or ``1-2``) or None for the document's obvious one.

    The obvious one is the first of an answer of ``/nodes``, a bare node itself, and of a file its first page with
    anything visible on it. What keeps one from being found is found in its place; a search that breaks off does so for
    all that it had not come to. Raises DocumentError for what is no document, and with ``exports`` whatever breaks the
    search off.
    """
    roots = _roots(document)
    wanted = {each: each.strip().replace("-", ":") for each in asked if each is not None}
    walk = _Walk(set(wanted.values()), limits, exports=exports)
    walk.through(roots)
    nodes: dict[str | None, Located | RenderError] = {each: walk.result(wanted[each]) for each in wanted}
    if None in asked:
        nodes[None] = _shown(roots[0])
    return Search(nodes, tuple(walk.exported))


class _Walk:
    """The walk, and what it has found: of nodes with the same id the first."""

    def __init__(self, identifiers: set[str], limits: RenderLimits, *, exports: bool) -> None:
        self._missing = identifiers
        self._limits = limits
        self._exports = exports
        self._export_count = 0
        self._found: dict[str, Located | RenderError] = {}
        self._broken: RenderError | None = None
        self.exported: list[Located] = []

    def through(self, roots: list[Located]) -> None:
        """No further than it must."""
        try:
            self._through(roots)
        except RenderError as error:
            if self._exports:
                raise
            self._broken = error.with_traceback(None)  # which would keep the whole document

    def result(self, identifier: str) -> Located | RenderError:
        return self._found.get(identifier) or self._broken or _not_found(identifier)

    def _through(self, roots: list[Located]) -> None:
        missing, exports, most, count = self._missing, self._exports, self._limits.max_nodes, 0
        if not (missing or exports):
            return
        for root in roots:
            for levels in _levels(root, self._limits):
                count += 1
                if count > most:
                    raise too_many_nodes(self._limits)
                node = levels[-1][0]
                identifier = node.get("id")
                if type(identifier) is str and identifier in missing:
                    self._found[identifier] = _shown(_located(root, levels))
                    missing.remove(identifier)
                    if not (missing or exports):
                        return
                if exports and node.get("exportSettings"):
                    self._export(node["exportSettings"], _located(root, levels))

    def _export(self, settings: object, found: Located) -> None:
        self._export_count += len(settings) if isinstance(settings, list) else 1
        if self._export_count > self._limits.max_outputs:
            raise too_many_outputs(self._limits)
        self.exported.append(found)


def _not_found(identifier: str) -> NodeNotFoundError:
    return NodeNotFoundError(
        f"The document has no node {identifier[:64]}. Copy the node's id from its link (node-id=1-2).", field="node"
    )


# --- the document -----------------------------------------------------------------------------------------------------


def _roots(document: Json) -> list[Located]:
    """At least one."""
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


def _shown(found: Located) -> Located | RenderError:
    """Of a whole file the page that stands for it, and any other node itself."""
    if found.node.get("type") != "DOCUMENT":
        return found
    try:
        return _page_of(found)
    except RenderError as error:
        return error.with_traceback(None)


def _page_of(file: Located) -> Located:
    for index, page in enumerate(_children_of(file.node, file.path)):
        path = child_path(file.path, index)
        if any(_is_visible(child) for child in _children_of(page, path)):
            return Located(page, path, (*file.ancestors, file.node))
    raise OptionError("No page of the file has anything visible on it, so there is no picture.", code="picture-empty")


def _is_visible(node: Json) -> bool:
    return node.get("visible") is not False and node.get("type") not in UNSEEN


# --- level by level ---------------------------------------------------------------------------------------------------

# One level of the walk: a node, its place among its siblings, and its children still to come.
_Level = tuple[Json, int, Iterator[tuple[int, Json]]]


def _levels(root: Located, limits: RenderLimits) -> Iterator[list[_Level]]:
    """Every node from the root down, parents first, as the list of levels that leads to it."""
    levels: list[_Level] = [(root.node, 0, iter(enumerate(_children_of(root.node, root.path))))]
    yield levels
    while levels:
        step = next(levels[-1][2], None)
        if step is None:
            levels.pop()
            continue
        if len(levels) >= limits.max_depth:
            raise too_deep(limits.max_depth)
        index, child = step
        try:
            children = _own_children(child)
        except DocumentError as error:
            raise placed(error, child_path(_path(root, levels), index)) from None
        levels.append((child, index, iter(enumerate(children))))
        yield levels


def _located(root: Located, levels: list[_Level]) -> Located:
    return Located(levels[-1][0], _path(root, levels), tuple(level[0] for level in levels[:-1]))


def _path(root: Located, levels: list[_Level]) -> str:
    path = root.path
    for _, index, _ in levels[1:]:
        path = child_path(path, index)
    return path


def _children_of(node: Json, path: str) -> list[Json]:
    try:
        return _own_children(node)
    except DocumentError as error:
        raise placed(error, path) from None


def _own_children(node: Json) -> list[Json]:
    """All of them objects. Raises DocumentError with a field of the node's."""
    children = node.get("children")
    if children is None:
        return []
    if not isinstance(children, list):
        raise DocumentError("The children of a node are a list.", field="children")
    for index, child in enumerate(children):
        if not isinstance(child, dict):
            raise DocumentError("A node is an object.", field=child_path("", index))
    return children
