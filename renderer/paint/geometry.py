"""A node's outline as Skia shapes, in the node's own coordinates.

A shape is a ``skia.RRect`` where it can be one (Skia draws and clips those exactly and fast) and a ``skia.Path``
otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import skia

from renderer.exceptions import LimitError
from renderer.limits import MAX_COORDINATE
from renderer.paint.boolean import combine
from renderer.paint.context import PaintContext
from renderer.paint.convert import mapped, to_matrix
from renderer.paint.corners import rounded_rect, smooth_rect
from renderer.paint.polygons import ellipse_path, polygon_path
from renderer.paint.shapes import as_path
from renderer.paint.svgpath import PathDataError, PathTooLongError, parse_path
from renderer.scene import (
    BooleanGeometry,
    EllipseGeometry,
    Fill,
    Geometry,
    LineGeometry,
    Node,
    NoGeometry,
    PathData,
    PathGeometry,
    PolygonGeometry,
    RectGeometry,
)


@dataclass(frozen=True, slots=True)
class Outline:
    """One closed or open shape; ``fills`` replace the node's own where the document says so."""

    shape: Any
    fills: tuple[Fill, ...] | None = None


def outlines(node: Node, context: PaintContext) -> tuple[Outline, ...]:
    """What ``node.fills`` fill. Empty when the node has no geometry. Kept per node: effects ask for it again."""
    known = context.outlines.get(id(node))
    if known is None:
        known = _outlines(node, node.geometry, context)
        context.outlines[id(node)] = known
    return known


def silhouette(node: Node, context: PaintContext) -> Any | None:
    """All outlines of a node as one shape, or None."""
    parts = outlines(node, context)
    if len(parts) <= 1:
        return parts[0].shape if parts else None
    return merged([as_path(part.shape) for part in parts])


def merged(paths: list[Any]) -> Any:
    """One path that covers what the paths cover. Exact for paths that do not overlap, or all wind one way."""
    whole = skia.Path(paths[0])
    for path in paths[1:]:
        whole.addPath(path)
    return whole


def _outlines(node: Node, geometry: Geometry, context: PaintContext) -> tuple[Outline, ...]:
    match geometry:
        case PathGeometry(paths):
            return tuple(Outline(parsed(path, node, context), path.fills) for path in paths)
        case BooleanGeometry():
            return (Outline(_boolean(geometry, node, context)),)
        case NoGeometry():
            return ()
        case _:
            return (Outline(_shape(geometry, node.width, node.height)),)


def _shape(
    geometry: RectGeometry | EllipseGeometry | PolygonGeometry | LineGeometry, width: float, height: float
) -> Any:
    match geometry:
        case RectGeometry(radii, smoothing):
            smooth = smoothing > 0 and any(radii)
            return smooth_rect(width, height, radii, smoothing) if smooth else rounded_rect(width, height, radii)
        case EllipseGeometry():
            return _ellipse(geometry, width, height)
        case PolygonGeometry():
            return polygon_path(geometry, width, height)
        case LineGeometry():
            return skia.Path.Line(skia.Point(0, 0), skia.Point(width, 0))


def _ellipse(geometry: EllipseGeometry, width: float, height: float) -> Any:
    if geometry.inner_ratio <= 0 and abs(geometry.sweep) >= math.tau - 1e-6:
        return skia.RRect.MakeOval(skia.Rect.MakeWH(width, height))
    return ellipse_path(geometry, width, height)


def parsed(data: PathData, node: Node, context: PaintContext) -> Any:
    """The path of an outline; a broken one is warned about and drawn as nothing."""
    most = context.limits.max_path_verbs
    try:
        path = parse_path(
            data.svg,
            even_odd=data.even_odd,
            max_verbs=most - context.path_verbs,
            max_coordinate=MAX_COORDINATE,
        )
    except PathTooLongError:
        raise LimitError(f"the outlines have more than {most} path verbs", code="limit-path-verbs") from None
    except PathDataError as error:
        context.note("path-invalid", f"an outline could not be read: {error}", node)
        return skia.Path()
    context.path_verbs += path.countVerbs()
    return path


def _boolean(geometry: BooleanGeometry, node: Node, context: PaintContext) -> Any:
    operands = [path for operand in geometry.operands if (path := _operand(operand, context)) is not None]
    return combine(geometry.operation, operands, node, context)


def _operand(node: Node, context: PaintContext) -> Any | None:
    """An operand's filled area in its parent's coordinates: its own outline, or that of its children."""
    shape = silhouette(node, context)
    if shape is not None:
        return mapped(as_path(shape), to_matrix(node.transform))
    if node.text is not None:
        context.note("unsupported-boolean-operand", "text inside a boolean operation is left out", node)
    paths = [path for child in node.children if (path := _operand(child, context)) is not None]
    return mapped(merged(paths), to_matrix(node.transform)) if paths else None
