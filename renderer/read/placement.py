"""Where each node lies: its size, its matrix to the page and its matrix to its parent.

With ``geometry=paths`` a node has ``size`` and ``relativeTransform``. Without, only the axis-aligned box around it and
its ``rotation``: radians, clockwise on the screen, relative to the direct parent, groups included (seen on real
answers: the boxes of nested rotated groups only agree this way). Turned by the angles of all its ancestors, a width and
a height give exactly one box, so the two are solved for; only at 45 degrees many sizes give the same box.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from renderer.exceptions import LimitError
from renderer.limits import MAX_COORDINATE
from renderer.read.model.base import RectangleModel, RelativeTransform, SizeModel
from renderer.read.model.node import PlaceModel
from renderer.scene import Matrix, Point, Rect

_SINGULAR = 1e-3
_SNAP = 1e-6

# Matrices of real documents turn, mirror and skew; through 90 levels even small factors would reach infinity.
_MAX_FACTOR = 1e4
_MIN_AREA = 1e-6
_MAX_SHIFT = 10 * MAX_COORDINATE


@dataclass(frozen=True, slots=True)
class Placement:
    """``absolute`` maps the node's coordinates to the page's, ``local`` to the parent's. ``exact`` False: the size is
    a guess, because the document does not determine it."""

    width: float
    height: float
    absolute: Matrix
    local: Matrix
    exact: bool = True


PAGE = Placement(0.0, 0.0, Matrix(), Matrix())


def place(model: PlaceModel, parent: Placement, container: Placement) -> Placement:
    """``container``: the nearest ancestor that is no group; some writers give transforms relative to that one."""
    box = model.absolute_bounding_box
    if model.size is not None and model.relative_transform is not None:
        return _by_transform(model.size, model.relative_transform, box, parent, container)
    if box is None:
        return Placement(0.0, 0.0, parent.absolute, Matrix())
    if not model.rotation and _is_upright(parent.absolute):
        return _upright(box, parent.absolute)
    return _by_rotation(model, box, parent)


def aabb(matrix: Matrix, width: float, height: float) -> Rect:
    """The box around the rectangle 0, 0, width, height under the matrix."""
    left = matrix.e + min(0.0, matrix.a * width) + min(0.0, matrix.c * height)
    top = matrix.f + min(0.0, matrix.b * width) + min(0.0, matrix.d * height)
    return Rect(
        left,
        top,
        abs(matrix.a) * width + abs(matrix.c) * height,
        abs(matrix.b) * width + abs(matrix.d) * height,
    )


def inverse(matrix: Matrix) -> Matrix | None:
    """None where the matrix collapses the plane."""
    det = matrix.a * matrix.d - matrix.b * matrix.c
    if abs(det) < _MIN_AREA:
        return None
    a, b, c, d = matrix.d / det, -matrix.b / det, -matrix.c / det, matrix.a / det
    return Matrix(a, b, c, d, -(a * matrix.e + c * matrix.f), -(b * matrix.e + d * matrix.f))


def _is_upright(matrix: Matrix) -> bool:
    return matrix.b == 0 and matrix.c == 0 and matrix.a == 1 and matrix.d == 1


def _upright(box: RectangleModel, parent: Matrix) -> Placement:
    local = Matrix(e=box.x - parent.e, f=box.y - parent.f)
    return Placement(max(0.0, box.width), max(0.0, box.height), Matrix(e=box.x, f=box.y), local)


def _relative(absolute: Matrix, width: float, height: float, parent: Placement, *, exact: bool = True) -> Placement:
    if _is_upright(parent.absolute):
        e, f = absolute.e - parent.absolute.e, absolute.f - parent.absolute.f
        return Placement(width, height, absolute, Matrix(absolute.a, absolute.b, absolute.c, absolute.d, e, f), exact)
    back = inverse(parent.absolute)
    if back is None:
        return Placement(0.0, 0.0, parent.absolute, Matrix())
    return Placement(width, height, absolute, _snapped(back @ absolute), exact)


# --- from the box and the angle ---------------------------------------------------------------------------------------


def _by_rotation(model: PlaceModel, box: RectangleModel, parent: Placement) -> Placement:
    outer = parent.absolute
    linear = _snapped(Matrix(outer.a, outer.b, outer.c, outer.d) @ Matrix.rotation(model.rotation or 0.0))
    width, height, exact = _solve(linear, box, is_line=model.type == "LINE")
    centre = Point(box.x + box.width / 2, box.y + box.height / 2)
    middle = linear.apply(Point(width / 2, height / 2))
    absolute = Matrix(linear.a, linear.b, linear.c, linear.d, centre.x - middle.x, centre.y - middle.y)
    return _relative(absolute, width, height, parent, exact=exact)


def _solve(linear: Matrix, box: RectangleModel, *, is_line: bool) -> tuple[float, float, bool]:
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
    return Matrix(_snap(matrix.a), _snap(matrix.b), _snap(matrix.c), _snap(matrix.d), matrix.e, matrix.f)


def _snap(value: float) -> float:
    nearest = round(value)
    return float(nearest) if abs(value - nearest) < _SNAP else value


# --- from the transform -----------------------------------------------------------------------------------------------


def _by_transform(
    size: SizeModel,
    transform: RelativeTransform,
    box: RectangleModel | None,
    parent: Placement,
    container: Placement,
) -> Placement:
    (a, c, e), (b, d, f) = transform
    own = _snapped(Matrix(a, b, c, d, e, f))
    width, height = max(0.0, size.x), max(0.0, size.y)
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


def _is_bounded(matrix: Matrix) -> bool:
    factors = max(abs(matrix.a), abs(matrix.b), abs(matrix.c), abs(matrix.d))
    return factors <= _MAX_FACTOR and max(abs(matrix.e), abs(matrix.f)) <= _MAX_SHIFT


def _nearest(candidates: list[Matrix], width: float, height: float, box: RectangleModel) -> Matrix:
    """The candidate that puts the node into its box; moved there if none does (the parent is not in the document)."""
    best = min(candidates, key=lambda matrix: _misfit(aabb(matrix, width, height), box))
    actual = aabb(best, width, height)
    if _misfit(actual, box) <= 0.05 + 1e-6 * (abs(box.x) + abs(box.y)):
        return best
    # Centre on centre: the box may be rounded, or the size slightly off.
    dx = box.x + box.width / 2 - (actual.x + actual.width / 2)
    dy = box.y + box.height / 2 - (actual.y + actual.height / 2)
    return Matrix(best.a, best.b, best.c, best.d, best.e + dx, best.f + dy)


def _misfit(actual: Rect, box: RectangleModel) -> float:
    return (
        abs(actual.x - box.x) + abs(actual.y - box.y) + abs(actual.width - box.width) + abs(actual.height - box.height)
    )
