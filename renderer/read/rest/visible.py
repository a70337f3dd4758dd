"""What of a node can be seen: the rest is taken out of the JSON values before anything of it is looked at.

Hidden nodes and slices leave a bare node in their place, so that the others keep theirs; children that nothing shows
(of a node of no opacity, a folded section, a boolean operation with an outline of its own) go as a whole.
"""

from __future__ import annotations

from typing import Final

from renderer.exceptions import DocumentError
from renderer.fieldpath import child_path, key_path, path_to
from renderer.figma.kinds import UNSEEN
from renderer.limits import RenderLimits
from renderer.read.rest.outlines import KnownOutlines, Outlines
from renderer.read.rest.parse import Json, too_deep, too_many_nodes
from renderer.read.rest.spelling import STROKE_TYPE, RestNode

HIDDEN: Final = RestNode(type="", visible=False)
HOLE: Final[Json] = {}
"""Stands for a child that is no JSON object (any more)."""

# A node that shows children, and whether those are operands of a boolean operation.
_Parent = tuple[Json, bool]


def keep_visible(root: Json, limits: RenderLimits, shared: KnownOutlines | None = None) -> Json:
    """Leave only what is seen of a node, level by level, with its outlines read.

    ``shared``: others read of the same values too; then they stay as they are, and copies of the nodes are changed.
    Raises LimitError (``limit-nodes``, ``limit-depth``) and DocumentError (children that are none); ``field`` is
    relative to the root.
    """
    outlines, copies = Outlines(limits, shared), shared is not None
    if copies:
        root = dict(root)
    parents: list[_Parent] = []
    _keep(root, parents, outlines, operand=False)
    count, depth = 1, 1
    while parents:
        before, below = count, list[_Parent]()
        for parent, operands in parents:
            count += _keep_children(parent, below, outlines, root, operands=operands, copies=copies)
            if count > limits.max_nodes:
                raise too_many_nodes(limits)
        depth += 1
        if depth > limits.max_depth and count > before:
            raise too_deep(limits.max_depth)
        parents = below
    return root


def nodes_in(node: Json) -> list[Json]:
    """Its children as they are to be decoded, each at its place."""
    children = node.get("children")
    return [child if type(child) is dict else HOLE for child in children] if type(children) is list else []


def is_invisible(node: Json) -> bool:
    """Whether the node asked for has no picture."""
    return node.get("visible") is False or node.get("type") in UNSEEN or node.get("opacity") == 0


def _keep_children(
    parent: Json, below: list[_Parent], outlines: Outlines, root: Json, *, operands: bool, copies: bool
) -> int:
    """How many of them are seen. Those with children of their own to show come to ``below``."""
    children = parent["children"]
    if type(children) is not list:
        field = key_path(path_to(parent, root, nodes_in), "children")
        raise DocumentError("The children of a node are a list.", field=field)
    if copies:
        children = parent["children"] = list(children)
    seen = 0
    for index, child in enumerate(children):
        if type(child) is not dict:
            if child is HIDDEN:  # by a reading that broke off
                continue
            field = child_path(path_to(parent, root, nodes_in), index)
            raise DocumentError("A node is an object.", field=field)
        if child.get("visible") is False or child.get("type") in UNSEEN:
            children[index] = HIDDEN
            continue
        seen += 1
        if copies:
            child = children[index] = dict(child)  # noqa: PLW2901
        _keep(child, below, outlines, operand=operands)
    return seen


def _keep(node: Json, below: list[_Parent], outlines: Outlines, *, operand: bool) -> None:
    if "fillGeometry" in node or "strokeGeometry" in node:
        outlines.read(node)
    if "complexStrokeProperties" in node:
        _lift_stroke_type(node)
    if node.get("children") is None:
        return
    if _shows_children(node, operand=operand):
        below.append((node, operand or node.get("type") == "BOOLEAN_OPERATION"))
    else:
        node["children"] = None


def _shows_children(node: Json, *, operand: bool) -> bool:
    if node.get("type") == "BOOLEAN_OPERATION":
        return not node.get("fillGeometry")
    if node.get("opacity") == 0 and not (operand or node.get("isMask")):
        return False
    return not node.get("sectionContentsHidden")


def _lift_stroke_type(node: Json) -> None:
    properties = node["complexStrokeProperties"]
    if type(properties) is dict:
        node[STROKE_TYPE] = properties.get("strokeType")
