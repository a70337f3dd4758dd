"""The reader of Figma's REST JSON: answers of ``GET /v1/files/:key``, of its ``/nodes``, or one bare node."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from renderer.exceptions import OptionError, RenderError
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.read.bounds import painted_bounds, union
from renderer.read.kinds import FRAMES, PAGES, UNSEEN
from renderer.read.locate import Located, locate
from renderer.read.model.base import RectangleModel
from renderer.read.model.node import NodeModel
from renderer.read.node import Draft, draft_node, finish_node
from renderer.read.paints import read_colour
from renderer.read.parse import parse_json
from renderer.read.placement import PAGE, Placement, aabb
from renderer.read.reading import Reading
from renderer.read.tree import Branch, branch_path, visible_tree
from renderer.read.validate import place_error
from renderer.scene import Colour, Node, Rect, Scene


def read_rest(document: bytes | memoryview, *, options: RenderOptions, limits: RenderLimits) -> Scene:
    """The scene of the node asked for.

    Raises DocumentError (not such a document, or a field is wrong; ``field`` is its path), NodeNotFoundError,
    LimitError, and OptionError where the node asked for has no picture.
    """
    with _collector_paused():
        return _read(document, options, limits)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Values pile up here and none is in a cycle: the collector would walk them all, and in a worker just forked copy
    every page it marks, for nothing. It costs a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read(document: bytes | memoryview, options: RenderOptions, limits: RenderLimits) -> Scene:
    found = locate(parse_json(document, limits), options.node, limits)
    _refuse_invisible(found)
    reading = Reading(limits)
    if not options.contents_only:
        reading.warn("unsupported-option", "What overlaps the node without being part of it is not drawn.")
    page = _Page()
    root = _build(found, reading, page)
    top = page.models[0]
    if root is None:
        # An empty frame is still a picture: a transparent one of its size.
        root = Node(top.id, top.name, page.placement.width, page.placement.height, page.placement.absolute)
    bounds = _bounds(page, use_box=options.use_absolute_bounds)
    return Scene(root, bounds, _background(top), reading.warnings())


@dataclass(slots=True)
class _Page:
    """What the picture's bounds need beyond the root: the models of the root and, if it is a page, of what lies on it,
    by position in the tree, with the nodes they became; and the root's placement."""

    models: dict[int, NodeModel] = field(default_factory=dict)
    nodes: dict[int, Node] = field(default_factory=dict)
    placement: Placement = PAGE


def _refuse_invisible(found: Located) -> None:
    """Figma answers null for such nodes; saying why is kinder."""
    if found.node.get("visible") is False:
        raise OptionError("The node asked for is hidden, so there is no picture. Show it first.", code="node-invisible")
    if found.node.get("opacity") == 0:
        raise OptionError("The node asked for has opacity 0, so there is no picture.", code="node-invisible")
    if found.node.get("type") in UNSEEN:
        raise OptionError("The node asked for is a slice, which paints nothing itself.", code="node-invisible")


# --- nodes ------------------------------------------------------------------------------------------------------------


def _build(found: Located, reading: Reading, page: _Page) -> Node | None:
    """Drafts on the way down, children before parents on the way back up."""
    drafts = _drafts(found, reading, page)
    below: dict[int, list[Node]] = {}
    root: Node | None = None
    while drafts:
        branch, draft, identifier = drafts.pop()
        reading.position, reading.node = len(drafts), identifier
        children = tuple(reversed(below.pop(id(branch), ())))
        node = finish_node(draft, children, reading, operand=branch.operand) if draft else None
        if node is None:
            continue
        if len(drafts) in page.models:
            page.nodes[len(drafts)] = node
        below.setdefault(id(branch.parent), []).append(node)
        root = node
    return root if 0 in page.nodes else None


def _drafts(found: Located, reading: Reading, page: _Page) -> list[tuple[Branch, Draft | None, str | None]]:
    drafts: list[tuple[Branch, Draft | None, str | None]] = []
    for branch, model in visible_tree(found, reading.limits):
        reading.position, reading.node = len(drafts), model.id or None
        _note(branch, model, len(drafts), page)
        try:
            draft = _draft(branch, model, reading)
        except RenderError as error:
            raise place_error(error, branch_path(branch, found.path)) from None
        drafts.append((branch, draft, reading.node))
    return drafts


def _note(branch: Branch, model: NodeModel, position: int, page: _Page) -> None:
    if branch.parent is None:
        page.placement = branch.placement
        page.models[position] = model
    elif branch.depth == 2 and branch.parent.kind in PAGES:
        page.models[position] = model


def _draft(branch: Branch, model: NodeModel, reading: Reading) -> Draft | None:
    if branch.parent is not None:
        return draft_node(model, branch.placement, reading, operand=branch.operand)
    draft = draft_node(model, _on_page(branch.placement), reading, operand=False)
    if draft is None or draft.node.mask is None:
        return draft
    # A mask that is exported itself has nothing to mask: it is drawn.
    return replace(draft, node=replace(draft.node, mask=None))


def _on_page(placement: Placement) -> Placement:
    return replace(placement, local=placement.absolute)


# --- the picture ------------------------------------------------------------------------------------------------------


def _bounds(page: _Page, *, use_box: bool) -> Rect:
    # A page has no box: what is on it decides.
    is_page = page.models[0].type in PAGES
    parts = (
        _painted(model, page.nodes.get(position), use_box=use_box)
        for position, model in page.models.items()
        if not (is_page and position == 0)
    )
    bounds = union(parts) or aabb(page.placement.absolute, page.placement.width, page.placement.height)
    if bounds.width <= 0 or bounds.height <= 0:
        raise OptionError(
            "The node asked for paints nothing and has no size, so there is no picture.", code="picture-empty"
        )
    return bounds


def _painted(model: NodeModel, node: Node | None, *, use_box: bool) -> Rect | None:
    """What the document says the node paints, or the sum of what its parts would."""
    stated = _stated(model.absolute_bounding_box if use_box else model.absolute_render_bounds)
    if stated is not None or node is None:
        return stated
    # A frame is exported whole, however little of it is painted.
    own = aabb(node.transform, node.width, node.height) if model.type in FRAMES else None
    return union((own, painted_bounds(node)))


def _stated(box: RectangleModel | None) -> Rect | None:
    """None for a line's box too: it has no area, its stroke has."""
    if box is None or box.width <= 0 or box.height <= 0:
        return None
    return Rect(box.x, box.y, box.width, box.height)


def _background(model: NodeModel) -> Colour | None:
    """A page's own colour lies under what it exports."""
    if model.type != "CANVAS" or model.background_color is None or model.background_color.a <= 0:
        return None
    return read_colour(model.background_color)
