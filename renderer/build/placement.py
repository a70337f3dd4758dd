"""Where each node lies: its size, its matrix to the page and its matrix to its parent.

A document that carries outlines gives ``size`` and ``relative_transform`` too. Another gives only the axis-aligned box
around a node and its ``rotation``: radians, clockwise on the screen, relative to the direct parent, groups included
(seen on real answers: the boxes of nested rotated groups only agree this way). Turned by the angles of all its
ancestors, a width and a height give exactly one box, so the two are solved for; only at 45 degrees many sizes give the
same box.
"""

from __future__ import annotations

import math
from typing import Final

from msgspec import Struct

from renderer.exceptions import LimitError
from renderer.figma import FigmaNode
from renderer.figma.base import PageBox, Size, Transform
from renderer.figma.kinds import GROUPS, PAGES
from renderer.geometry import IDENTITY, Matrix, Point, Rect
from renderer.limits import MAX_COORDINATE

_SINGULAR: Final = 1e-3
_SNAP: Final = 1e-6

# Matrices of real documents turn, mirror and skew; through 90 levels even small factors would reach infinity.
_MAX_FACTOR: Final = 1e4
_MIN_AREA: Final = 1e-6
_MAX_SHIFT: Final = 10 * MAX_COORDINATE

# How far a box may be from where the transform puts it: half of a tenth of a pixel, and what 32-bit floats lose.
_TOLERANCE_PX: Final = 0.05
_TOLERANCE_RATIO: Final = 1e-6


class Placement(Struct, frozen=True, gc=False):
    """``absolute`` maps the node's coordinates to the page's, ``local`` to the parent's. ``exact`` False: the size is
    a guess, because the document does not determine it."""

    width: float
    height: float
    absolute: Matrix
    local: Matrix
    exact: bool = True


PAGE: Final = Placement(0.0, 0.0, IDENTITY, IDENTITY)


def place(node: FigmaNode, parent: Placement, container: Placement) -> Placement:
    """``container``: the nearest ancestor that is no group; some writers give transforms relative to that one. A page
    has no box: its children lie in page coordinates already."""
    if node.type in PAGES:
        return PAGE
    box = node.absolute_bounding_box
    if node.size is not None and node.relative_transform is not None:
        return _by_transform(node.size, node.relative_transform, box, parent, container)
    if box is None:
        return Placement(0.0, 0.0, parent.absolute, IDENTITY)
    if not node.rotation and parent.absolute.is_translation:
        return _upright(box, parent.absolute)
    return _by_rotation(node, box, parent)


def container_of(node: FigmaNode, placement: Placement, above: Placement) -> Placement:
    """What the transforms of a node's children may be relative to, besides itself."""
    return above if node.type in GROUPS else placement


def _upright(box: PageBox, parent: Matrix) -> Placement:
    x, y, width, height = box.x, box.y, box.width, box.height
    local = Matrix(1.0, 0.0, 0.0, 1.0, x - parent.e, y - parent.f)
    absolute = Matrix(1.0, 0.0, 0.0, 1.0, x, y)
    return Placement(max(0.0, width), max(0.0, height), absolute, local)


def _relative(absolute: Matrix, width: float, height: float, parent: Placement, *, exact: bool = True) -> Placement:
    if parent.absolute.is_translation:
        e, f = absolute.e - parent.absolute.e, absolute.f - parent.absolute.f
        return Placement(width, height, absolute, Matrix(absolute.a, absolute.b, absolute.c, absolute.d, e, f), exact)
    back = _inverse(parent.absolute)
    if back is None:
        return Placement(0.0, 0.0, parent.absolute, IDENTITY)
    return Placement(width, height, absolute, _snapped(back @ absolute), exact)


def _inverse(matrix: Matrix) -> Matrix | None:
    """None where the matrix makes so little of an area that nothing below would be seen."""
    flat = abs(matrix.a * matrix.d - matrix.b * matrix.c) < _MIN_AREA
    return None if flat else matrix.inverse()


# --- from the box and the angle ---------------------------------------------------------------------------------------


def _by_rotation(node: FigmaNode, box: PageBox, parent: Placement) -> Placement:
    outer = parent.absolute
    linear = _snapped(Matrix(outer.a, outer.b, outer.c, outer.d) @ Matrix.rotation(node.rotation or 0.0))
    width, height, exact = _solve(linear, box, is_line=node.type == "LINE")
    centre = Point(box.x + box.width / 2, box.y + box.height / 2)
    middle = linear.apply(Point(width / 2, height / 2))
    absolute = Matrix(linear.a, linear.b, linear.c, linear.d, centre.x - middle.x, centre.y - middle.y)
    return _relative(absolute, width, height, parent, exact=exact)


def _solve(linear: Matrix, box: PageBox, *, is_line: bool) -> tuple[float, float, bool]:
    """Width and height whose box under ``linear`` is ``box``; a square where no size is the only one."""
    if is_line:
        return math.hypot(box.width, box.height), 0.0, True
    a, b, c, d = abs(linear.a), abs(linear.b), abs(linear.c), abs(linear.d)
    det = a * d - b * c
    if abs(det) < _SINGULAR:
        side = (box.width + box.height) / max(a + b + c + d, 1e-12)
        return side, side, False
    width, height = (box.width * d - box.height * c) / det, (box.height * a - box.width * b) / det
    # A box that no rectangle at this angle has gives nonsense beyond its own diagonal.
    most = math.hypot(box.width, box.height)
    return min(max(0.0, width), most), min(max(0.0, height), most), True


def _snapped(matrix: Matrix) -> Matrix:
    """Quarter turns made exact, so that upright edges stay on the pixel grid."""
    if matrix.is_translation:
        return matrix
    return Matrix(_snap(matrix.a), _snap(matrix.b), _snap(matrix.c), _snap(matrix.d), matrix.e, matrix.f)


def _snap(value: float) -> float:
    nearest = round(value)
    return float(nearest) if abs(value - nearest) < _SNAP else value


# --- from the transform -----------------------------------------------------------------------------------------------


def _by_transform(
    size: Size, transform: Transform, box: PageBox | None, parent: Placement, container: Placement
) -> Placement:
    (a, c, e), (b, d, f) = transform
    own = _snapped(Matrix(a, b, c, d, e, f))
    width, height = max(0.0, size.x), max(0.0, size.y)
    if box is not None and own.is_translation and parent.absolute.is_translation:
        moved = _moved(e, f, width, height, box, parent, alone=container is parent)
        if moved is not None:
            return moved
    return _transformed(own, width, height, box, parent, container)


def _moved(
    x: float, y: float, width: float, height: float, box: PageBox, parent: Placement, *, alone: bool
) -> Placement | None:
    """The placement of a node that is neither turned nor scaled, as most are, where its box says the same; else None.
    ``alone``: there is nothing else that its transform may be relative to."""
    outer = parent.absolute
    left, top = outer.e + x, outer.f + y
    misfit = abs(left - box.x) + abs(top - box.y) + abs(width - box.width) + abs(height - box.height)
    if misfit > (_tolerance(box) if alone else 0.0):
        return None
    local = Matrix(1.0, 0.0, 0.0, 1.0, left - outer.e, top - outer.f)
    return Placement(width, height, Matrix(1.0, 0.0, 0.0, 1.0, left, top), local)


def _transformed(
    own: Matrix, width: float, height: float, box: PageBox | None, parent: Placement, container: Placement
) -> Placement:
    absolute = parent.absolute @ own
    if box is not None:
        candidates = [absolute] if container is parent else [absolute, container.absolute @ own]
        absolute = _nearest(candidates, width, height, box)
    placement = _relative(absolute, width, height, parent)
    if not (_is_bounded(placement.absolute) and _is_bounded(placement.local)):
        raise LimitError(
            "The transforms from the page down to this node multiply to a place or a scale beyond all limits.",
            code="limit-coordinate",
            field="relativeTransform",
        )
    return placement


def _tolerance(box: PageBox) -> float:
    return _TOLERANCE_PX + _TOLERANCE_RATIO * (abs(box.x) + abs(box.y))


def _is_bounded(matrix: Matrix) -> bool:
    factors = max(abs(matrix.a), abs(matrix.b), abs(matrix.c), abs(matrix.d))
    return factors <= _MAX_FACTOR and max(abs(matrix.e), abs(matrix.f)) <= _MAX_SHIFT


def _nearest(candidates: list[Matrix], width: float, height: float, box: PageBox) -> Matrix:
    """The candidate that puts the node into its box; moved there if none does (the parent is not in the document)."""
    extent = Rect(0.0, 0.0, width, height)
    misfit, best = math.inf, candidates[0]
    for candidate in candidates:
        actual = candidate.box(extent)
        off = abs(actual.x - box.x) + abs(actual.y - box.y)
        off += abs(actual.width - box.width) + abs(actual.height - box.height)
        if off < misfit:
            misfit, best = off, candidate
    if misfit <= _tolerance(box):
        return best
    # Centre on centre: the box may be rounded, or the size slightly off.
    actual = best.box(extent)
    dx = box.x + box.width / 2 - (actual.x + actual.width / 2)
    dy = box.y + box.height / 2 - (actual.y + actual.height / 2)
    return Matrix(best.a, best.b, best.c, best.d, best.e + dx, best.f + dy)
