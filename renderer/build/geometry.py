"""The shape of a node: from the document's outlines where it has them, else from what it says about the shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from renderer.build.building import Building
from renderer.build.figjam import shape_of
from renderer.build.outlines import read_regions
from renderer.build.placement import Placement
from renderer.figma import FigmaNode
from renderer.figma.kinds import BOXES, FRAMES
from renderer.scene import (
    BooleanGeometry,
    BooleanOperation,
    EllipseGeometry,
    Geometry,
    LineGeometry,
    PathGeometry,
    PolygonGeometry,
    RectGeometry,
    StarGeometry,
)

_OPERATIONS: Final = {operation.value: operation for operation in BooleanOperation}

# What Figma's tools draw at first; the document does not say how many points a shape has.
_POLYGON_POINTS: Final = 3
STAR_POINTS: Final = 5
STAR_RATIO: Final = 0.381966
_THIN: Final = 1e-3
_ICON_SIZE: Final = 64.0
_MISSING: Final = (
    "The document does not carry this shape's outline, so it is not drawn. Fetch the document with geometry=paths."
)
_SHARP: Final = RectGeometry()
_WHOLE: Final = EllipseGeometry()
_LINE: Final = LineGeometry()


def read_geometry(node: FigmaNode, placement: Placement, building: Building) -> Geometry | None:
    """None where there is nothing to fill or stroke: a group, or a shape whose outline the document does not carry. Of
    a boolean operation without an outline: one whose operands are still missing."""
    make = _BY_KIND.get(node.type)
    return None if make is None else make(node, placement, building)


def warn_missing(building: Building) -> None:
    building.warn("missing-geometry", _MISSING)


def _is_thin(placement: Placement) -> bool:
    """Whether the node is a segment: an outline is not needed to draw a box of no height or no width."""
    return min(placement.width, placement.height) <= _THIN < max(placement.width, placement.height)


def _outlined(node: FigmaNode, building: Building) -> PathGeometry:
    return PathGeometry(read_regions(node.fill_geometry, node.fill_override_table, building, "fillGeometry"))


def _box(node: FigmaNode, _: Placement, building: Building) -> Geometry:
    if not (node.corner_radius or node.rectangle_corner_radii or node.corner_smoothing):
        return _SHARP
    smoothing = min(1.0, max(0.0, node.corner_smoothing or 0.0))
    if smoothing > 0 and node.fill_geometry and node.individual_stroke_weights is None:
        return _outlined(node, building)
    return RectGeometry(_radii(node), smoothing)


def _radii(node: FigmaNode) -> tuple[float, float, float, float]:
    if node.rectangle_corner_radii is not None:
        top_left, top_right, bottom_right, bottom_left = (max(0.0, radius) for radius in node.rectangle_corner_radii)
        return top_left, top_right, bottom_right, bottom_left
    radius = max(0.0, node.corner_radius or 0.0)
    return radius, radius, radius, radius


def _labelled(node: FigmaNode, placement: Placement, building: Building) -> Geometry:
    geometry = shape_of(node.shape_type, placement, building)
    if geometry is not None:
        return geometry
    return _WHOLE if node.shape_type == "ELLIPSE" else StarGeometry(STAR_POINTS, STAR_RATIO)


def _ellipse(node: FigmaNode, _: Placement, __: Building) -> Geometry:
    arc = node.arc_data
    if arc is None:
        return _WHOLE
    sweep = max(-math.tau, min(math.tau, arc.ending_angle - arc.starting_angle))
    return EllipseGeometry(arc.starting_angle, sweep, min(1.0, max(0.0, arc.inner_radius)))


def _line(_: FigmaNode, __: Placement, ___: Building) -> Geometry:
    return _LINE


def _polygon(node: FigmaNode, _: Placement, building: Building) -> Geometry:
    if node.fill_geometry:
        return _outlined(node, building)
    radius = max(0.0, node.corner_radius or 0.0)
    is_star = node.type == "STAR"
    points = STAR_POINTS if is_star else _POLYGON_POINTS
    building.warn(
        "approximate-geometry",
        f"The document does not say how many points this shape has; it is drawn with {points}. "
        "Fetch the document with geometry=paths.",
    )
    return StarGeometry(points, STAR_RATIO, radius) if is_star else PolygonGeometry(points, radius)


def _laid_on_path(node: FigmaNode, _: Placement, building: Building) -> Geometry | None:
    return _outlined(node, building) if node.fill_geometry else None


def _vector(node: FigmaNode, placement: Placement, building: Building) -> Geometry | None:
    if node.fill_geometry or node.stroke_geometry:
        return _outlined(node, building)
    if _is_thin(placement):
        return _LINE
    return _missing_mask(placement, building) if node.is_mask else None


def _missing_mask(placement: Placement, building: Building) -> Geometry | None:
    """What masks where the outline is missing: nothing for a small one, its box for a large one.

    Small masks are icons cut out of a plain colour, and a square of that colour is further from the truth than no icon.
    Large ones crop pictures and cards, and are boxes with round corners more often than not.
    """
    if max(placement.width, placement.height) <= _ICON_SIZE:
        warn_missing(building)
        return None
    building.warn("approximate-geometry", "This mask's outline is not in the document; its box masks instead.")
    return _SHARP


def _boolean(node: FigmaNode, _: Placement, building: Building) -> Geometry | None:
    if node.fill_geometry or node.stroke_geometry:
        return _outlined(node, building)
    operation = _OPERATIONS.get(node.boolean_operation or "")
    if operation is None:
        building.warn("unsupported-boolean", "A boolean operation of an unknown kind is not drawn.")
        return None
    return BooleanGeometry(operation, ())


_BY_KIND: Final[dict[str, Callable[[FigmaNode, Placement, Building], Geometry | None]]] = {
    **dict.fromkeys(FRAMES | BOXES, _box),
    "SHAPE_WITH_TEXT": _labelled,
    "ELLIPSE": _ellipse,
    "LINE": _line,
    "REGULAR_POLYGON": _polygon,
    "STAR": _polygon,
    "TEXT_PATH": _laid_on_path,
    "WASHI_TAPE": _laid_on_path,
    "VECTOR": _vector,
    "BOOLEAN_OPERATION": _boolean,
}
