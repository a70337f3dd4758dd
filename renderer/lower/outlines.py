"""The outlines of a shape: what its fills fill, in the shape's own coordinates."""

from __future__ import annotations

import math
from typing import Final

from msgspec import Struct

from renderer.geometry import Matrix, PathData, Rect, RoundRect
from renderer.geometry.corners import fitting
from renderer.geometry.outline import path_of
from renderer.geometry.path import PathBuilder
from renderer.geometry.skiapath import from_skia, skia_matrix, to_skia
from renderer.lower.boolean import combine
from renderer.lower.corners import smooth_rect
from renderer.lower.lowering import Lowering
from renderer.lower.polygons import arc_path, polygon_path, star_path
from renderer.scene import (
    BooleanGeometry,
    EllipseGeometry,
    Fill,
    LineGeometry,
    Masked,
    PathGeometry,
    PolygonGeometry,
    RectGeometry,
    SceneItem,
    Shape,
    StarGeometry,
    Text,
    children_of,
)

Simple = Rect | RoundRect | PathData
_WHOLE_TURN: Final = math.tau - 1e-6


class Outlined(Struct, frozen=True, gc=False):
    """One area, closed or open; ``fills`` replace the shape's own where the document says so."""

    area: Simple
    fills: tuple[Fill, ...] | None = None


def outlines_of(shape: Shape, lowering: Lowering) -> tuple[Outlined, ...]:
    if isinstance(shape.geometry, PathGeometry):
        return tuple([Outlined(region.path, region.fills) for region in shape.geometry.regions])
    return (Outlined(_area(shape, shape.geometry, lowering)),)


def _area(
    shape: Shape,
    geometry: RectGeometry | EllipseGeometry | PolygonGeometry | StarGeometry | LineGeometry | BooleanGeometry,
    lowering: Lowering,
) -> Simple:
    area: Simple
    match geometry:
        case RectGeometry(radii, smoothing):
            area = _rectangle(shape, radii, smoothing)
        case EllipseGeometry():
            area = _ellipse(geometry, shape.width, shape.height)
        case PolygonGeometry():
            area = polygon_path(geometry, shape.width, shape.height)
        case StarGeometry():
            area = star_path(geometry, shape.width, shape.height)
        case LineGeometry():
            area = _segment(shape.width)
        case BooleanGeometry():
            area = _boolean(geometry, shape.id, lowering)
    return area


def silhouette(outlines: tuple[Outlined, ...]) -> Simple | None:
    """All outlines as one area, or None. Exact where they do not overlap, or all wind one way."""
    if len(outlines) <= 1:
        return outlines[0].area if outlines else None
    return joined([path_of(outlined.area) for outlined in outlines])


def joined(paths: list[PathData]) -> PathData:
    """One path with the contours of all, wound like the first."""
    return PathData(
        b"".join(path.verbs for path in paths),
        b"".join(path.points for path in paths),
        b"".join(path.weights for path in paths),
        paths[0].even_odd,
    )


def mapped(path: PathData, matrix: Matrix) -> PathData:
    """A copy, transformed."""
    result = to_skia(path)
    result.transform(skia_matrix(matrix))
    return from_skia(result)


def _rectangle(shape: Shape, radii: tuple[float, float, float, float], smoothing: float) -> Simple:
    width, height = shape.width, shape.height
    if not any(radii):
        return Rect(0.0, 0.0, width, height)
    if smoothing > 0:
        return smooth_rect(width, height, radii, smoothing)
    a, b, c, d = radii
    if a == b == c == d:
        a = b = c = d = min(a, width / 2, height / 2)
    return fitting(Rect(0.0, 0.0, width, height), (a, a, b, b, c, c, d, d))


def _ellipse(geometry: EllipseGeometry, width: float, height: float) -> Simple:
    if geometry.inner_ratio <= 0 and abs(geometry.sweep) >= _WHOLE_TURN:
        across, down, box = width / 2, height / 2, Rect(0.0, 0.0, width, height)
        if box.is_empty:
            return box
        return RoundRect(box, (across, down, across, down, across, down, across, down))
    return arc_path(geometry, width, height)


# --- boolean operations -----------------------------------------------------------------------------------------------


def _boolean(geometry: BooleanGeometry, node: str, lowering: Lowering) -> PathData:
    operands = [path for operand in geometry.operands if (path := _operand(operand, lowering)) is not None]
    return combine(geometry.operation, operands, node, lowering.warnings)


def _operand(item: SceneItem, lowering: Lowering) -> PathData | None:
    """An operand's filled area in its parent's coordinates: its own outline, or that of what it holds."""
    area = silhouette(outlines_of(item, lowering)) if isinstance(item, Shape) else None
    if area is not None and isinstance(item, Shape):
        return mapped(path_of(area), item.transform)
    if isinstance(item, Text):
        lowering.warnings.add("unsupported-boolean-operand", "text inside a boolean operation is left out", item.id)
    paths = [path for child in children_of(item) if (path := _operand(child, lowering)) is not None]
    if not paths:
        return None
    whole = joined(paths)
    return whole if isinstance(item, Masked) else mapped(whole, item.transform)


def _segment(width: float) -> PathData:
    built = PathBuilder()
    built.move(0.0, 0.0)
    built.line(width, 0.0)
    return built.build()
