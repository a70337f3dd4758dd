"""The items of a tree of nodes: drafted from the parents down, finished with their children from the leaves up.

Without recursion, since documents are deep. What a node is depends on what became of its children: a group of which
nothing can be seen is no item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct, structs

from renderer.build.building import Building
from renderer.build.geometry import warn_missing
from renderer.build.item import label_in, read_item
from renderer.build.masks import mask_kind, resolved
from renderer.build.operands import combined
from renderer.build.placement import Placement, container_of, place
from renderer.figma import FigmaNode
from renderer.figma.kinds import LABELLED, PAGES, UNSEEN
from renderer.geometry import IDENTITY
from renderer.scene import BlendMode, BooleanGeometry, Group, Item, MaskKind, SceneItem, Shape, Text

# They may have something in them without having children.
_BRANCHING: Final = LABELLED | {"BOOLEAN_OPERATION"}


@dataclass(slots=True)
class Branch:
    """A node whose children are being built. ``container``: placement of the nearest node from here up that is no
    group. ``operand``: it is inside a boolean operation. ``masks``: of the items built, by their index."""

    node: FigmaNode
    placement: Placement
    container: Placement
    operand: bool
    position: int
    draft: Item | None
    mask: MaskKind | None
    label: tuple[Text, ...]
    pending: Iterator[FigmaNode]
    items: list[Item] = field(default_factory=list)
    masks: dict[int, MaskKind] = field(default_factory=dict)

    @property
    def holds_operands(self) -> bool:
        return self.operand or self.node.type == "BOOLEAN_OPERATION"

    def add(self, item: Item, mask: MaskKind | None) -> None:
        if mask is not None:
            self.masks[len(self.items)] = mask
        self.items.append(item)


class BuiltTree(Struct, frozen=True, gc=False):
    """``item``: None where nothing of the node can be seen. ``mask``: how it masks what follows it, if it does."""

    item: Item | None
    mask: MaskKind | None
    placement: Placement


def build_tree(
    node: FigmaNode, above: Placement, container: Placement, building: Building, *, alone: bool = False
) -> BuiltTree:
    """The item of a node that lies on the page, below ancestors that are not drawn. ``alone``: a mask has nothing
    to mask there, and is drawn. Raises DocumentError and LimitError, with the field of ``building.node``."""
    placement = place(node, above, container)
    placement = structs.replace(placement, local=placement.absolute)
    root = _branch(node, placement, container, building, operand=False)
    if alone:
        root.mask = None
    item: Item | None = None
    branches = [root]
    while branches:
        below = _next_branch(branches[-1], building)
        if below is not None:
            branches.append(below)
            continue
        branch = branches.pop()
        item = _finished(branch, building)
        if branches and item is not None:
            branches[-1].add(item, branch.mask)
    return BuiltTree(item, root.mask, placement)


def is_visible(node: FigmaNode) -> bool:
    return node.visible is not False and node.type not in UNSEEN


def _next_branch(branch: Branch, building: Building) -> Branch | None:
    """The next child that needs its own children first. Those before it are built here, and need none."""
    operand = branch.holds_operands
    for node in branch.pending:
        if node.visible is False or node.type in UNSEEN:
            continue
        building.visit(node)
        placement = place(node, branch.placement, branch.container)
        if node.children or node.type in _BRANCHING:
            return _branch(node, placement, branch.container, building, operand=operand)
        item = read_item(node, placement, building, operand=operand)
        if item is None:
            continue
        mask = mask_kind(node, building) if node.is_mask else None
        if mask is not None or _is_seen(item) or (operand and node.type != "GROUP"):
            branch.add(item, mask)
    return None


def _branch(node: FigmaNode, placement: Placement, above: Placement, building: Building, *, operand: bool) -> Branch:
    draft = read_item(node, placement, building, operand=operand)
    return Branch(
        node=node,
        placement=placement,
        container=container_of(node, placement, above),
        operand=operand,
        position=building.position,
        draft=draft,
        mask=None if draft is None else mask_kind(node, building),
        label=label_in(node, draft, placement, building),
        pending=iter(_shown(node, operand=operand)),
    )


def _shown(node: FigmaNode, *, operand: bool) -> tuple[FigmaNode, ...]:
    """The children that the node shows."""
    if node.type == "BOOLEAN_OPERATION":
        return () if node.fill_geometry else node.children or ()
    if node.opacity == 0.0 and not (node.is_mask or operand):
        return ()
    return () if node.section_contents_hidden else node.children or ()


# --- with its children ------------------------------------------------------------------------------------------------


def _finished(branch: Branch, building: Building) -> Item | None:
    """None where it turns out that nothing of it can be seen, so that nobody after this need look."""
    item, kind = branch.draft, branch.node.type
    if item is None:
        return None
    if isinstance(item, Shape) and isinstance(item.geometry, BooleanGeometry):
        building.return_to(branch.node, branch.position)
        return _operation(item, item.geometry, branch, building)
    held = kind != "BOOLEAN_OPERATION" and bool(branch.items or branch.label)
    if held:
        item = _holding(item, _children(branch))
    seen = branch.mask is not None or held or _is_seen(item)
    # As an operand a shape without paint counts, and so does one whose outline is missing: it spoils the result.
    return item if seen or (branch.operand and kind != "GROUP") else None


def _operation(item: Shape, geometry: BooleanGeometry, branch: Branch, building: Building) -> Item | None:
    made = combined(geometry.operation, tuple(branch.items), building)
    if made is not None:
        item = structs.replace(item, geometry=made)
        return item if branch.mask is not None or branch.operand or _is_seen(item) else None
    if branch.operand:
        return _hollow(item)
    warn_missing(building)
    return None


def _is_seen(item: Item) -> bool:
    return isinstance(item, Text) or (isinstance(item, Shape) and bool(item.fills or item.stroke))


def _children(branch: Branch) -> tuple[SceneItem, ...]:
    items = branch.items
    # "First on top" of auto layout; a mask masks what follows it in the document either way.
    if branch.node.item_reverse_z_index and not branch.masks and branch.node.type not in PAGES:
        items = items[::-1]
    items = [*items, *branch.label]
    # Inside a boolean operation a mask is an operand like any other.
    return resolved(items, branch.masks) if branch.masks and not branch.holds_operands else tuple(items)


def _holding(item: Item, children: tuple[SceneItem, ...]) -> Item:
    if not isinstance(item, Text):
        return structs.replace(item, children=children)
    if not children:
        return item
    # No design tool puts anything into a text, but a document may: both are then one group.
    text = structs.replace(item, transform=IDENTITY, opacity=1.0, blend=BlendMode.PASS_THROUGH, effects=())
    return structs.replace(_hollow(item), children=(text, *children))


def _hollow(item: Item) -> Group:
    """The same without anything to paint."""
    return Group(
        id=item.id,
        name=item.name,
        width=item.width,
        height=item.height,
        transform=item.transform,
        opacity=item.opacity,
        blend=item.blend,
        effects=item.effects,
    )
