"""The scene of the node asked for: its item, what the picture of it covers, and what lies under it."""

from __future__ import annotations

from msgspec import Struct

from renderer.build.bounds import Edges, box_edges, joined, painted_edges, rect_of
from renderer.build.building import Building
from renderer.build.masks import resolved
from renderer.build.paints import read_colour
from renderer.build.placement import PAGE, Placement, container_of, place
from renderer.build.tree import BuiltTree, build_tree, is_visible
from renderer.collector import collector_paused
from renderer.exceptions import DocumentError, LimitError, OptionError
from renderer.fieldpath import path_to, placed
from renderer.figma import Decoded, FigmaNode
from renderer.figma.base import PageBox
from renderer.figma.kinds import FRAMES, PAGES, UNSEEN
from renderer.geometry import Colour, Rect
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.scene import Group, Scene
from renderer.warnings import Warnings


def build_scene(decoded: Decoded, *, options: RenderOptions, limits: RenderLimits, warnings: Warnings) -> Scene:
    """Raises DocumentError and LimitError (``field`` is the path in the document), and OptionError where the node asked
    for has no picture."""
    _refuse_invisible(decoded.node)
    if not options.contents_only:
        warnings.add("unsupported-option", "What overlaps the node without being part of it is not drawn.")
    building = Building(limits, decoded.node)
    with collector_paused():
        scene = _scene(decoded, building, use_box=options.use_absolute_bounds)
    building.tell(warnings)
    return scene


def _refuse_invisible(node: FigmaNode) -> None:
    """Figma answers null for such nodes; saying why is kinder."""
    if node.visible is False:
        raise OptionError("The node asked for is hidden, so there is no picture. Show it first.", code="node-invisible")
    if node.opacity == 0:
        raise OptionError("The node asked for has opacity 0, so there is no picture.", code="node-invisible")
    if node.type in UNSEEN:
        raise OptionError("The node asked for is a slice, which paints nothing itself.", code="node-invisible")


class _PagePart(Struct, frozen=True, gc=False):
    """What counts for the picture's bounds: the node asked for or, if that is a page, one that lies on it."""

    node: FigmaNode
    tree: BuiltTree


def _scene(decoded: Decoded, building: Building, *, use_box: bool) -> Scene:
    node = decoded.node
    above, container = _above(decoded)
    try:
        if node.type in PAGES:
            return _page(node, building, use_box=use_box)
        tree = build_tree(node, above, container, building, alone=True)
    except (DocumentError, LimitError) as error:
        raise placed(error, path_to(building.node, node, _children_of, decoded.path)) from None
    # An empty frame is still a picture, of its size.
    item = tree.item or _empty(node, tree.placement)
    return Scene(item, _bounds([_PagePart(node, tree)], tree.placement, use_box=use_box))


def _page(page: FigmaNode, building: Building, *, use_box: bool) -> Scene:
    """A page has no box: what lies on it decides."""
    parts = []
    for node in () if page.section_contents_hidden else page.children or ():
        if is_visible(node):
            building.visit(node)
            parts.append(_PagePart(node, build_tree(node, PAGE, PAGE, building)))
    trees = [part.tree for part in parts if part.tree.item is not None]
    masks = {index: tree.mask for index, tree in enumerate(trees) if tree.mask is not None}
    children = resolved([tree.item for tree in trees if tree.item is not None], masks)
    root = Group(id=page.id, name=page.name, width=0.0, height=0.0, children=children)
    return Scene(root, _bounds(parts, PAGE, use_box=use_box), _background(page))


def _above(decoded: Decoded) -> tuple[Placement, Placement]:
    """Placement of the parent of the node asked for, and of the nearest ancestor that is no group: they turn it, but
    are not drawn."""
    placement = container = PAGE
    for index, ancestor in enumerate(decoded.ancestors):
        try:
            placement = place(ancestor, placement, container)
        except (DocumentError, LimitError) as error:
            where = f"ancestor {index + 1} of {len(decoded.ancestors)} of {decoded.path}"
            raise placed(error, where) from None
        container = container_of(ancestor, placement, container)
    return placement, container


def _children_of(node: FigmaNode) -> tuple[FigmaNode, ...]:
    return node.children or ()


def _empty(node: FigmaNode, placement: Placement) -> Group:
    return Group(
        id=node.id, name=node.name, width=placement.width, height=placement.height, transform=placement.absolute
    )


# --- the picture ------------------------------------------------------------------------------------------------------


def _bounds(parts: list[_PagePart], placement: Placement, *, use_box: bool) -> Rect:
    edges: Edges | None = None
    for part in parts:
        edges = joined(edges, _painted(part, use_box=use_box))
    if edges is None:
        edges = box_edges(placement.absolute, placement.width, placement.height)
    if edges[2] <= edges[0] or edges[3] <= edges[1]:
        raise OptionError(
            "The node asked for paints nothing and has no size, so there is no picture.", code="picture-empty"
        )
    return rect_of(edges)


def _painted(part: _PagePart, *, use_box: bool) -> Edges | None:
    """What the document says the node paints, or the sum of what its parts would."""
    node, item = part.node, part.tree.item
    stated = _stated(node.absolute_bounding_box if use_box else node.absolute_render_bounds)
    if stated is not None or item is None:
        return stated
    # A frame is exported whole, however little of it is painted.
    own = box_edges(item.transform, item.width, item.height) if node.type in FRAMES else None
    return joined(own, None if part.tree.mask is not None else painted_edges(item))


def _stated(box: PageBox | None) -> Edges | None:
    """None for a line's box too: it has no area, its stroke has."""
    if box is None or box.width <= 0 or box.height <= 0:
        return None
    return box.x, box.y, box.x + box.width, box.y + box.height


def _background(node: FigmaNode) -> Colour | None:
    """A page's own colour lies under what it exports."""
    if node.type != "CANVAS" or node.background_color is None or node.background_color.a <= 0:
        return None
    return read_colour(node.background_color)
