"""The shape of a node: from the document's outlines where it has them, else from what it says about the shape."""

from __future__ import annotations

import math

from renderer.read.figjam import shape_of
from renderer.read.kinds import BOXES, FRAMES
from renderer.read.model.node import NodeModel
from renderer.read.outlines import read_outlines
from renderer.read.placement import Placement
from renderer.read.reading import Reading
from renderer.scene import (
    BooleanGeometry,
    BooleanOperation,
    EllipseGeometry,
    Geometry,
    LineGeometry,
    Node,
    NoGeometry,
    PathGeometry,
    PolygonGeometry,
    RectGeometry,
)

_OPERATIONS = {operation.value: operation for operation in BooleanOperation}

# What Figma's tools draw at first; the REST answer does not say how many points a shape has.
_POLYGON_POINTS, _STAR_POINTS, _STAR_RATIO = 3, 5, 0.381966
_THIN = 1e-3
_ICON_SIZE = 64.0
_MISSING = (
    "The document does not carry this shape's outline, so it is not drawn. Fetch the document with geometry=paths."
)


def read_geometry(model: NodeModel, placement: Placement, reading: Reading) -> Geometry:
    """Of a boolean operation without an outline: one whose operands are still missing (:func:`combined`)."""
    geometry: Geometry = NoGeometry()
    match model.type:
        case kind if kind in FRAMES or kind in BOXES:
            geometry = _rectangle(model, reading)
        case "SHAPE_WITH_TEXT":
            geometry = _labelled(model, placement, reading)
        case "ELLIPSE":
            geometry = _ellipse(model)
        case "LINE":
            geometry = LineGeometry()
        case "REGULAR_POLYGON" | "STAR":
            geometry = _polygon(model, reading)
        case "TEXT_PATH" | "WASHI_TAPE":
            geometry = _outlines(model, reading) if model.fill_geometry else NoGeometry()
        case "VECTOR":
            geometry = _vector(model, placement, reading)
        case "BOOLEAN_OPERATION":
            geometry = _boolean(model, reading)
    return geometry


def is_thin(placement: Placement) -> bool:
    """Whether the node is a segment: an outline is not needed to draw a box of no height or no width."""
    return min(placement.width, placement.height) <= _THIN < max(placement.width, placement.height)


def _outlines(model: NodeModel, reading: Reading) -> PathGeometry:
    return PathGeometry(read_outlines(model.fill_geometry, model.fill_override_table, reading, "fillGeometry"))


def _rectangle(model: NodeModel, reading: Reading) -> Geometry:
    smoothing = min(1.0, max(0.0, model.corner_smoothing or 0.0))
    if smoothing > 0 and model.fill_geometry and model.individual_stroke_weights is None:
        return _outlines(model, reading)
    return RectGeometry(_radii(model), smoothing)


def _labelled(model: NodeModel, placement: Placement, reading: Reading) -> Geometry:
    geometry = shape_of(model.shape_type, placement, reading)
    if geometry is not None:
        return geometry
    return EllipseGeometry() if model.shape_type == "ELLIPSE" else PolygonGeometry(_STAR_POINTS, _STAR_RATIO)


def _radii(model: NodeModel) -> tuple[float, float, float, float]:
    if model.rectangle_corner_radii is not None:
        top_left, top_right, bottom_right, bottom_left = (max(0.0, radius) for radius in model.rectangle_corner_radii)
        return top_left, top_right, bottom_right, bottom_left
    radius = max(0.0, model.corner_radius or 0.0)
    return radius, radius, radius, radius


def _ellipse(model: NodeModel) -> EllipseGeometry:
    arc = model.arc_data
    if arc is None:
        return EllipseGeometry()
    sweep = max(-math.tau, min(math.tau, arc.ending_angle - arc.starting_angle))
    return EllipseGeometry(arc.starting_angle, sweep, min(1.0, max(0.0, arc.inner_radius)))


def _polygon(model: NodeModel, reading: Reading) -> Geometry:
    if model.fill_geometry:
        return _outlines(model, reading)
    radius = max(0.0, model.corner_radius or 0.0)
    is_star = model.type == "STAR"
    points = _STAR_POINTS if is_star else _POLYGON_POINTS
    reading.warn(
        "approximate-geometry",
        f"The document does not say how many points this shape has; it is drawn with {points}. "
        "Fetch the document with geometry=paths.",
    )
    return PolygonGeometry(points, _STAR_RATIO if is_star else None, radius)


def _vector(model: NodeModel, placement: Placement, reading: Reading) -> Geometry:
    if model.fill_geometry or model.stroke_geometry:
        return _outlines(model, reading)
    if is_thin(placement):
        return LineGeometry()
    return _missing_mask(placement, reading) if model.is_mask else NoGeometry()


def _missing_mask(placement: Placement, reading: Reading) -> Geometry:
    """What masks where the outline is missing: nothing for a small one, its box for a large one.

    Small masks are icons cut out of a plain colour, and a square of that colour is further from the truth than no icon.
    Large ones crop pictures and cards, and are boxes with round corners more often than not.
    """
    if max(placement.width, placement.height) <= _ICON_SIZE:
        warn_missing(reading)
        return NoGeometry()
    reading.warn("approximate-geometry", "This mask's outline is not in the document; its box masks instead.")
    return RectGeometry()


def warn_missing(reading: Reading) -> None:
    reading.warn("missing-geometry", _MISSING)


def _boolean(model: NodeModel, reading: Reading) -> Geometry:
    if model.fill_geometry or model.stroke_geometry:
        return _outlines(model, reading)
    operation = _OPERATIONS.get(model.boolean_operation or "")
    if operation is None:
        reading.warn("unsupported-boolean", "A boolean operation of an unknown kind is not drawn.")
        return NoGeometry()
    return BooleanGeometry(operation, ())


def combined(operation: BooleanOperation, operands: tuple[Node, ...], reading: Reading) -> Geometry:
    """The operation on its operands, where enough of them have an outline for it to be right."""
    drawable = tuple(operand for operand in operands if _has_outline(operand))
    complete = all(_is_complete(operand) for operand in operands)
    if not drawable or (not complete and operation is not BooleanOperation.UNION):
        return NoGeometry()
    if not complete:
        reading.warn("approximate-geometry", "Parts of this union have no outline in the document and are left out.")
    return BooleanGeometry(operation, drawable)


def _has_outline(operand: Node) -> bool:
    return any(_is_outlined(node) for node in operand.walk())


def _is_complete(operand: Node) -> bool:
    """Whether every shape in it has its outline; a group has none of its own to miss."""
    return all(node.children or _is_outlined(node) for node in operand.walk())


def _is_outlined(node: Node) -> bool:
    return node.text is not None or not isinstance(node.geometry, NoGeometry)
