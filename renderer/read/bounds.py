"""The page rectangle a node paints, for documents that do not say it (``absoluteRenderBounds``).

Mirrors Figma's own numbers where both are known: shadows and blurs reach as far as their radius (plus spread and
offset), strokes as far as they lie outside the shape, and a clipping frame cuts its children's reach, not its own.
Text counts with its box, since glyphs are not measured here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from renderer.read.placement import aabb
from renderer.scene import (
    HEAD_HALF_HEIGHT,
    DropShadow,
    LayerBlur,
    LineGeometry,
    Matrix,
    Node,
    NoGeometry,
    Rect,
    Stroke,
    StrokeAlign,
    StrokeCap,
)

# left, top, right, bottom
_Edges = tuple[float, float, float, float]


def union(rects: Iterable[Rect | None]) -> Rect | None:
    """The smallest rectangle around all that are there."""
    return _rect(_union([None if rect is None else _edges(rect) for rect in rects]))


def painted_bounds(root: Node) -> Rect | None:
    """In the coordinates ``root.transform`` maps to; None where nothing is painted."""
    order: list[tuple[Node, Matrix]] = []
    pending = [(root, root.transform)]
    while pending:
        node, matrix = pending.pop()
        order.append((node, matrix))
        pending.extend((child, matrix @ child.transform) for child in node.children)
    reach: dict[int, _Edges | None] = {}
    for node, matrix in reversed(order):
        reach[id(node)] = _reach(node, matrix, [reach.pop(id(child)) for child in node.children])
    return _rect(reach[id(root)])


def _reach(node: Node, matrix: Matrix, children: list[_Edges | None]) -> _Edges | None:
    if node.mask is not None:
        return None
    below = _union(children)
    if below is not None and node.clips:
        below = _intersection(below, _edges(aabb(matrix, node.width, node.height)))
    together = _union([_own(node, matrix), below])
    return None if together is None else _with_effects(node, matrix, together)


def _own(node: Node, matrix: Matrix) -> _Edges | None:
    if not (node.fills or node.stroke or node.text):
        return None
    if isinstance(node.geometry, NoGeometry) and node.text is None:
        return None
    edges = _edges(aabb(matrix, node.width, node.height))
    outset = _outset(node, node.stroke) if node.stroke else 0.0
    return _grown(edges, outset * _scale(matrix))


def _outset(node: Node, stroke: Stroke) -> float:
    weight = max(stroke.side_weights) if stroke.side_weights else stroke.weight
    if stroke.align is StrokeAlign.INSIDE and not isinstance(node.geometry, LineGeometry):
        return 0.0
    outside = weight if stroke.align is StrokeAlign.OUTSIDE else weight / 2
    if isinstance(node.geometry, LineGeometry):
        head = HEAD_HALF_HEIGHT.get(stroke.cap, 0.0) * weight
        return max(head, outside * (math.sqrt(2) if stroke.cap is StrokeCap.SQUARE else 1.0))
    return outside


def _with_effects(node: Node, matrix: Matrix, edges: _Edges) -> _Edges:
    scale, grown = _scale(matrix), edges
    for effect in node.effects:
        match effect:
            case DropShadow(offset=offset, radius=radius, spread=spread):
                dx, dy = matrix.a * offset.x + matrix.c * offset.y, matrix.b * offset.x + matrix.d * offset.y
                left, top, right, bottom = _grown(edges, (radius + spread) * scale)
                grown = _around(grown, (left + dx, top + dy, right + dx, bottom + dy))
            case LayerBlur(radius=radius, ramp=ramp):
                widest = radius if ramp is None else max(radius, ramp.radius)
                grown = _around(grown, _grown(edges, widest * scale))
    return grown


def _scale(matrix: Matrix) -> float:
    return max(math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d))


def _edges(rect: Rect) -> _Edges:
    return rect.x, rect.y, rect.x + rect.width, rect.y + rect.height


def _rect(edges: _Edges | None) -> Rect | None:
    return None if edges is None else Rect(edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1])


def _grown(edges: _Edges, by: float) -> _Edges:
    return edges[0] - by, edges[1] - by, edges[2] + by, edges[3] + by


def _union(parts: Iterable[_Edges | None]) -> _Edges | None:
    together: _Edges | None = None
    for part in parts:
        if part is not None:
            together = part if together is None else _around(together, part)
    return together


def _around(one: _Edges, other: _Edges) -> _Edges:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _intersection(one: _Edges, other: _Edges) -> _Edges | None:
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    return (left, top, right, bottom) if left < right and top < bottom else None
