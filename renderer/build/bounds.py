"""The page rectangle an item paints, for documents that do not say it.

Mirrors Figma's own numbers where both are known: shadows and blurs reach as far as their radius (plus spread and
offset), strokes as far as they lie outside the shape, and a clipping frame cuts its children's reach, not its own.
Text counts with its box, since glyphs are not measured here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from renderer.geometry import Matrix, PathData, Point, Rect
from renderer.geometry.skiapath import to_skia
from renderer.scene import (
    HEAD_HALF_HEIGHT,
    DropShadow,
    Effect,
    Group,
    Item,
    LayerBlur,
    LineGeometry,
    Masked,
    PenStroke,
    SceneItem,
    Shape,
    Stroke,
    StrokeAlign,
    StrokeCap,
    Text,
    children_of,
)

Edges = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def painted_edges(root: Item) -> Edges | None:
    """In the coordinates ``root.transform`` maps to; None where nothing is painted."""
    items, matrices, parents = _flat(root)
    below: list[Edges | None] = [None] * len(items)
    for at in range(len(items) - 1, 0, -1):
        edges = _reach(items[at], matrices[at], below[at])
        if edges is not None:
            below[parents[at]] = joined(below[parents[at]], edges)
    return _reach(root, root.transform, below[0])


def box_edges(matrix: Matrix, width: float, height: float) -> Edges:
    """Of the rectangle 0, 0, width, height under the matrix."""
    return edges_of(matrix.box(Rect(0.0, 0.0, width, height)))


def edges_of(rect: Rect) -> Edges:
    return rect.x, rect.y, rect.x + rect.width, rect.y + rect.height


def rect_of(edges: Edges) -> Rect:
    return Rect(edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1])


def joined(one: Edges | None, other: Edges | None) -> Edges | None:
    """Around all that is there."""
    if one is None or other is None:
        return other if one is None else one
    return _around(one, other)


def _flat(root: Item) -> tuple[list[SceneItem], list[Matrix], list[int]]:
    """Every item that is painted and counts, parents first, with its matrix to the page and its parent's index."""
    items: list[SceneItem] = [root]
    matrices, parents = [root.transform], [0]
    for at, item in enumerate(items):  # grows meanwhile
        matrix = matrices[at]
        for child in _counting(item):
            items.append(child)
            matrices.append(matrix if isinstance(child, Masked) else matrix @ child.transform)
            parents.append(at)
    return items, matrices, parents


def _counting(item: SceneItem) -> tuple[SceneItem, ...]:
    """The items in it that may reach further than itself: no mask, and nothing in a box that clips and is painted."""
    if isinstance(item, Masked):
        return item.content
    if isinstance(item, Shape) and item.clips and (item.fills or item.stroke):
        return ()
    return children_of(item)


def _reach(item: SceneItem, matrix: Matrix, below: Edges | None) -> Edges | None:
    if isinstance(item, Masked):
        return below
    if below is not None and isinstance(item, Shape) and item.clips:
        below = _intersection(below, box_edges(matrix, item.width, item.height))
    together = joined(_own(item, matrix), below)
    return _with_effects(item.effects, matrix, together) if together is not None and item.effects else together


def _own(item: Item, matrix: Matrix) -> Edges | None:
    if isinstance(item, Group) or (isinstance(item, Shape) and not (item.fills or item.stroke)):
        return None
    edges = box_edges(matrix, item.width, item.height)
    return edges if item.stroke is None else _stroked(item, item.stroke, edges, matrix)


def _stroked(item: Shape | Text, stroke: Stroke, edges: Edges, matrix: Matrix) -> Edges:
    if isinstance(stroke, PenStroke):
        is_line = isinstance(item, Shape) and isinstance(item.geometry, LineGeometry)
        return _grown(edges, _outset(stroke, is_line=is_line) * matrix.stretch)
    return _around_outlines(edges, stroke.outlines, matrix)


def _outset(stroke: PenStroke, *, is_line: bool) -> float:
    weight = max(stroke.side_weights) if stroke.side_weights else stroke.weight
    if stroke.align is StrokeAlign.INSIDE and not is_line:
        return 0.0
    outside = weight if stroke.align is StrokeAlign.OUTSIDE else weight / 2
    if is_line:
        head = HEAD_HALF_HEIGHT.get(stroke.cap, 0.0) * weight
        return max(head, outside * (math.sqrt(2) if stroke.cap is StrokeCap.SQUARE else 1.0))
    return outside


def _around_outlines(edges: Edges, outlines: Sequence[PathData], matrix: Matrix) -> Edges:
    for outline in outlines:
        if outline.verbs:
            tight = to_skia(outline).computeTightBounds()
            box = matrix.box(Rect(tight.left(), tight.top(), tight.width(), tight.height()))
            edges = _around(edges, edges_of(box))
    return edges


def _with_effects(effects: Sequence[Effect], matrix: Matrix, edges: Edges) -> Edges:
    scale, grown = matrix.stretch, edges
    for effect in effects:
        match effect:
            case DropShadow(offset=offset, radius=radius, spread=spread):
                moved = _moved(_grown(edges, (radius + spread) * scale), matrix.vector(offset))
                grown = _around(grown, moved)
            case LayerBlur(radius=radius, ramp=ramp):
                widest = radius if ramp is None else max(radius, ramp.radius)
                grown = _around(grown, _grown(edges, widest * scale))
    return grown


def _grown(edges: Edges, by: float) -> Edges:
    return edges[0] - by, edges[1] - by, edges[2] + by, edges[3] + by


def _moved(edges: Edges, by: Point) -> Edges:
    return edges[0] + by.x, edges[1] + by.y, edges[2] + by.x, edges[3] + by.y


def _around(one: Edges, other: Edges) -> Edges:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _intersection(one: Edges, other: Edges) -> Edges | None:
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    return (left, top, right, bottom) if left < right and top < bottom else None
