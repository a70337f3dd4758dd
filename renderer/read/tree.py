"""The visible nodes below the one to draw: validated, placed, and one at a time, parents before children."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from renderer.exceptions import DocumentError, LimitError, RenderError
from renderer.limits import RenderLimits
from renderer.read.kinds import GROUPS, LABELLED, PAGES, UNSEEN
from renderer.read.locate import Located, children_of
from renderer.read.model.node import NodeModel, PlaceModel, TextModel
from renderer.read.parse import Json, key_path, too_deep, too_many_nodes
from renderer.read.placement import PAGE, Placement, place
from renderer.read.validate import place_error, validate


@dataclass(slots=True)
class Branch:
    """Where a node hangs. Its model is not kept: a large document's would fill the memory.

    ``container``: placement of the nearest node from here up that is no group. ``operand``: inside a boolean operation.
    """

    kind: str
    parent: Branch | None
    child_index: int
    depth: int
    operand: bool
    placement: Placement = PAGE
    container: Placement = PAGE


_WITH_CHARACTERS = LABELLED | {"TEXT"}

# A node still to come: its JSON, the branch above and its index there.
_Pending = tuple[Json, Branch | None, int]


def visible_tree(root: Located, limits: RenderLimits) -> Iterator[tuple[Branch, NodeModel]]:
    """Raises DocumentError and LimitError with the full path of the field to blame."""
    above = _ancestors(root)
    pending: list[_Pending] = [(root.node, None, 0)]
    count = 0
    while pending:
        raw, parent, index = pending.pop()
        count += 1
        if count > limits.max_nodes:
            raise too_many_nodes(limits)
        branch = _branch(raw, parent, index, limits)
        try:
            model = validate(TextModel if branch.kind in _WITH_CHARACTERS else NodeModel, raw)
            _place(branch, model, parent or above)
            _queue_children(raw, branch, model, pending)
        except RenderError as error:
            raise place_error(error, branch_path(branch, root.path)) from None
        yield branch, model


def branch_path(branch: Branch, root_path: str) -> str:
    """``document.children[3].children[0]``: only errors need it, so nobody stores it."""
    indices: list[int] = []
    at = branch
    while at.parent is not None:
        indices.append(at.child_index)
        at = at.parent
    path = root_path
    for index in reversed(indices):
        path = f"{key_path(path, 'children')}[{index}]"
    return path


def _branch(raw: Json, parent: Branch | None, index: int, limits: RenderLimits) -> Branch:
    depth = 1 if parent is None else parent.depth + 1
    if depth > limits.max_depth:
        raise too_deep(limits.max_depth)
    kind = raw.get("type")
    operand = parent is not None and (parent.operand or parent.kind == "BOOLEAN_OPERATION")
    # A kind that is no string is refused by the validation that follows.
    return Branch(kind if isinstance(kind, str) else "", parent, index, depth, operand)


def _place(branch: Branch, model: PlaceModel, above: Branch) -> None:
    if model.type not in PAGES:
        branch.placement = place(model, above.placement, above.container)
    branch.container = above.container if model.type in GROUPS else branch.placement


def _ancestors(root: Located) -> Branch:
    """The last of the ancestors of the node asked for: they turn it, but are not drawn."""
    branch = Branch("", None, 0, 0, operand=False)
    for depth, raw in enumerate(root.ancestors):
        above, branch = branch, Branch("", None, 0, 0, operand=False)
        try:
            _place(branch, validate(PlaceModel, raw), above)
        except (DocumentError, LimitError) as error:
            raise place_error(error, f"ancestor {depth + 1} of {len(root.ancestors)} of {root.path}") from None
    return branch


def _queue_children(raw: Json, branch: Branch, model: NodeModel, pending: list[_Pending]) -> None:
    if raw.get("children") is None or not _shows_children(branch, model):
        return
    children = children_of(raw, "")
    for index in range(len(children) - 1, -1, -1):
        child = children[index]
        if child.get("visible") is not False and child.get("type") not in UNSEEN:
            pending.append((child, branch, index))


def _shows_children(branch: Branch, model: NodeModel) -> bool:
    if model.type == "BOOLEAN_OPERATION":
        return not model.fill_geometry
    if model.opacity == 0 and not (model.is_mask or branch.operand):
        return False
    return not model.section_contents_hidden
