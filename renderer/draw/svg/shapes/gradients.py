"""Linear and radial gradients. SVG has no others."""

from __future__ import annotations

import math
from typing import Final

from renderer.displaylist import GradientKind, GradientPaint, GradientStop
from renderer.draw.svg.sheet import Sheet, UserSpace
from renderer.draw.svg.syntax.numbers import coefficient, rgb, share, shortened
from renderer.geometry import Matrix

_KINDS: Final = frozenset({GradientKind.LINEAR, GradientKind.RADIAL})
_UNITS: Final = ' gradientUnits="userSpaceOnUse"'
_STOP_DECIMALS: Final = 5
_EVEN: Final = 1e-5


def has_gradient(kind: GradientKind) -> bool:
    return kind in _KINDS


def gradient(paint: GradientPaint, place: UserSpace, sheet: Sheet) -> str:
    """The id of the paint server, for an element in that place."""
    matrix = Matrix.translation(place.dx, place.dy) @ paint.matrix
    stops = "".join([_stop(stop) for stop in paint.stops])
    if paint.kind is GradientKind.RADIAL:
        return sheet.define("radialGradient", f"{_circle(matrix)}{_UNITS}", stops)
    return sheet.define("linearGradient", f"{_line(matrix)}{_UNITS}", stops)


def _line(matrix: Matrix) -> str:
    """From 0 to 1 along the direction in which the ramp rises. It stands square on the lines of one colour, which run
    along the matrix's second vector, so that no transform is needed however the gradient is skewed. Its ends are
    written finely: a short gradient shows over a long distance what they are off."""
    area = matrix.a * matrix.d - matrix.b * matrix.c
    length = math.hypot(matrix.c, matrix.d)
    reach = area / length if length else 0.0
    across, down = (matrix.d / length * reach, -matrix.c / length * reach) if length else (matrix.a, matrix.b)
    places = {"x1": matrix.e, "y1": matrix.f, "x2": matrix.e + across, "y2": matrix.f + down}
    return "".join([f' {name}="{coefficient(value)}"' for name, value in places.items()])


def _circle(matrix: Matrix) -> str:
    radius = math.hypot(matrix.a, matrix.b)
    slack = radius * _EVEN
    turned = abs(matrix.a - matrix.d) < slack and abs(matrix.b + matrix.c) < slack
    mirrored = abs(matrix.a + matrix.d) < slack and abs(matrix.b - matrix.c) < slack
    if turned or mirrored:
        return f' cx="{coefficient(matrix.e)}" cy="{coefficient(matrix.f)}" r="{coefficient(radius)}"'
    values = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
    transform = " ".join([coefficient(value) for value in values])
    return f' cx="0" cy="0" r="1" gradientTransform="matrix({transform})"'


def _stop(stop: GradientStop) -> str:
    opacity = share(stop.colour.a)
    faded = "" if opacity == "1" else f' stop-opacity="{opacity}"'
    offset = shortened(f"{min(max(stop.position, 0.0), 1.0):.{_STOP_DECIMALS}f}")
    return f'<stop offset="{offset}" stop-color="{rgb(stop.colour)}"{faded}/>'
