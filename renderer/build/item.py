"""One item of the scene, without its children: what a node is painted with."""

from __future__ import annotations

from typing import Final

from renderer.build.building import Building
from renderer.build.effects import read_effects
from renderer.build.figjam import label_of
from renderer.build.geometry import read_geometry, warn_missing
from renderer.build.outlines import read_regions
from renderer.build.paints import clamp, read_blend, read_colour, read_fills
from renderer.build.placement import Placement
from renderer.build.segments import laid_along
from renderer.build.strokes import read_stroke
from renderer.build.text import has_own_fills, read_text
from renderer.figma import FigmaNode
from renderer.figma.kinds import DRAWN, FRAMES, LABELLED, OUTLINED, PAGES, SHAPES
from renderer.geometry import Rect
from renderer.scene import (
    BlendMode,
    Fill,
    Geometry,
    Group,
    Item,
    LineGeometry,
    PathGeometry,
    Shape,
    SolidFill,
    Text,
)

_PASS_THROUGH: Final = BlendMode.PASS_THROUGH
# A stroke that makes glyphs no wider than anyone can see.
_HAIRLINE_PX: Final = 0.5


def read_item(node: FigmaNode, placement: Placement, building: Building, *, operand: bool) -> Item | None:
    """None where neither it nor anything below it can be seen. ``operand``: its shape counts anyway."""
    kind = node.type
    if kind in PAGES:
        return Group(id=node.id, name=node.name, width=0.0, height=0.0)
    if node.opacity == 0.0 and not node.is_mask and not operand:
        return None
    if kind not in DRAWN:
        building.warn("unsupported-node", f"A node of type {kind[:40]} is not drawn; what it contains is.")
    if not placement.exact and (kind in SHAPES or kind in FRAMES):
        _warn_size(building)
    if kind == "TEXT":
        return _text(node, placement, building)
    geometry = read_geometry(node, placement, building)
    if geometry is not None:
        return _shape(node, placement, geometry, building)
    if kind in OUTLINED and not (operand or node.is_mask):
        _warn_missing(node, building)
        return None
    return _group(node, placement, building)


def label_in(node: FigmaNode, item: Item | None, placement: Placement, building: Building) -> tuple[Text, ...]:
    """What a node has written in it, as a child of its own above all others."""
    if node.type not in LABELLED or item is None:
        return ()
    label = label_of(node, placement, item.fills if isinstance(item, Shape) else (), building)
    return () if label is None else (label,)


def _warn_size(building: Building) -> None:
    building.warn(
        "approximate-size",
        "A node turned by 45 degrees has no definite size in this document and is drawn as a square. "
        "Fetch the document with geometry=paths.",
    )


def _warn_missing(node: FigmaNode, building: Building) -> None:
    if any(paint.visible is not False for paint in (*(node.fills or ()), *(node.strokes or ()))):
        warn_missing(building)


# --- shapes, frames and groups ----------------------------------------------------------------------------------------


def _group(node: FigmaNode, placement: Placement, building: Building) -> Group:
    return Group(
        id=node.id,
        name=node.name,
        width=placement.width,
        height=placement.height,
        transform=placement.local,
        effects=read_effects(node.effects, building),
        opacity=_opacity(node),
        blend=read_blend(node.blend_mode, building, _PASS_THROUGH),
    )


def _shape(node: FigmaNode, placement: Placement, geometry: Geometry, building: Building) -> Shape:
    is_line = isinstance(geometry, LineGeometry)
    shape = Shape(
        id=node.id,
        name=node.name,
        width=placement.width,
        height=placement.height,
        transform=placement.local,
        geometry=geometry,
        fills=_fills(node, building),
        stroke=read_stroke(node, building, is_line=is_line),
        effects=read_effects(node.effects, building),
        opacity=_opacity(node),
        blend=read_blend(node.blend_mode, building, _PASS_THROUGH),
        clips=bool(node.clips_content) and node.type in FRAMES,
    )
    return laid_along(shape) if is_line else shape


def _opacity(node: FigmaNode) -> float:
    return 1.0 if node.opacity is None else clamp(node.opacity)


def _fills(node: FigmaNode, building: Building) -> tuple[Fill, ...]:
    if node.fills is not None:
        return read_fills(node.fills, building, "fills")
    # Documents of before 2019 say a frame's fills in fields of their own.
    if node.background is not None and node.type != "TEXT":
        return read_fills(node.background, building, "background")
    if node.background_color is not None and node.type in FRAMES and node.background_color.a > 0:
        return (SolidFill(read_colour(node.background_color)),)
    return ()


# --- text -------------------------------------------------------------------------------------------------------------


def _text(node: FigmaNode, placement: Placement, building: Building) -> Item | None:
    # With the glyphs' outlines as Figma laid them out, nothing is closer to its picture.
    if node.fill_geometry and not has_own_fills(node):
        regions = read_regions(node.fill_geometry, None, building, "fillGeometry")
        return _shape(node, placement, PathGeometry(regions), building)
    block = read_text(node, node.style, building, ink=_ink(node, placement))
    if block is None:
        return None
    return Text(
        id=node.id,
        name=node.name,
        width=placement.width,
        height=placement.height,
        transform=placement.local,
        block=block,
        stroke=read_stroke(node, building),
        effects=read_effects(node.effects, building),
        opacity=_opacity(node),
        blend=read_blend(node.blend_mode, building, _PASS_THROUGH),
    )


def _ink(node: FigmaNode, placement: Placement) -> Rect | None:
    """Where the glyphs were in Figma's picture, in the node's coordinates: its render bounds, unless the node is
    turned or they hold more than glyphs."""
    bounds, matrix = node.absolute_render_bounds, placement.absolute
    if bounds is None or not matrix.is_translation or bounds.width <= 0 or bounds.height <= 0:
        return None
    stroked = bool(node.strokes) and (node.stroke_weight or 0.0) > _HAIRLINE_PX
    if stroked or any(effect.visible is not False for effect in node.effects or ()):
        return None
    return Rect(bounds.x - matrix.e, bounds.y - matrix.f, bounds.width, bounds.height)
