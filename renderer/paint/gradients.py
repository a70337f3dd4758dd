"""Gradients, exact from Figma's three handles.

The handles span the gradient's own space: start is its origin, end its (1, 0), the width handle its (0, 1). There the
position on the ramp is x (linear), the distance from the origin (radial), the angle (angular) or |x| + |y| (diamond);
one affine map takes that space to the node.
"""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.paint.convert import to_colour32
from renderer.scene import Colour, GradientFill, GradientKind, GradientStop, Point

_ORIGIN: Final = skia.Point(0, 0)
_UNIT_X: Final = skia.Point(1, 0)
_DIAMOND: Final = skia.RuntimeEffect.MakeForShader(
    "uniform shader ramp; half4 main(float2 p) { return ramp.eval(float2(abs(p.x) + abs(p.y), 0)); }"
)
_FLAT: Final = 1e-9


def gradient_shader(fill: GradientFill, width: float, height: float) -> Any | None:
    """A ``skia.Shader`` in node coordinates, or None when the handles span no area (nothing to interpolate along)."""
    matrix = _space(fill.handles, width, height)
    if matrix is None:
        return None
    stops = _ordered(fill.stops)
    match fill.kind:
        case GradientKind.LINEAR:
            return _linear(stops, matrix)
        case GradientKind.RADIAL:
            colours, positions = _ramp(stops)
            return skia.GradientShader.MakeRadial(_ORIGIN, 1.0, colours, positions, skia.TileMode.kClamp, 0, matrix)
        case GradientKind.ANGULAR:
            colours, positions = _ramp(_wrapped(stops))
            return skia.GradientShader.MakeSweep(
                0.0, 0.0, colours, positions, skia.TileMode.kClamp, 0.0, 360.0, 0, matrix
            )
        case GradientKind.DIAMOND:
            builder = skia.RuntimeShaderBuilder(_DIAMOND)
            builder.setChild("ramp", _linear(stops, skia.Matrix()))
            return builder.makeShader(matrix)


def last_colour(fill: GradientFill) -> Colour:
    """What a gradient that cannot be drawn comes down to."""
    return _ordered(fill.stops)[-1].colour


def _linear(stops: list[GradientStop], matrix: Any) -> Any:
    colours, positions = _ramp(stops)
    return skia.GradientShader.MakeLinear([_ORIGIN, _UNIT_X], colours, positions, skia.TileMode.kClamp, 0, matrix)


def _space(handles: tuple[Point, Point, Point], width: float, height: float) -> Any | None:
    (x0, y0), (x1, y1), (x2, y2) = ((handle.x * width, handle.y * height) for handle in handles)
    along, across = (x1 - x0, y1 - y0), (x2 - x0, y2 - y0)
    length = along[0] ** 2 + along[1] ** 2
    if length < _FLAT:
        return None
    if abs(along[0] * across[1] - along[1] * across[0]) < _FLAT * length:  # no width handle: take the right angle
        across = (-along[1], along[0])
    return skia.Matrix.MakeAll(along[0], across[0], x0, along[1], across[1], y0, 0.0, 0.0, 1.0)


def _ordered(stops: tuple[GradientStop, ...]) -> list[GradientStop]:
    return sorted(stops, key=lambda stop: stop.position) or [GradientStop(0.0, Colour(0, 0, 0, 0))]


def _ramp(stops: list[GradientStop]) -> tuple[list[int], list[float]]:
    """Skia wants two stops at least."""
    if len(stops) == 1:
        stops = [GradientStop(0.0, stops[0].colour), GradientStop(1.0, stops[0].colour)]
    return [to_colour32(stop.colour) for stop in stops], [min(1.0, max(0.0, stop.position)) for stop in stops]


def _wrapped(stops: list[GradientStop]) -> list[GradientStop]:
    """An angular ramp is a circle: the last colour runs on to the first across zero."""
    first, last = stops[0], stops[-1]
    gap = first.position + 1 - last.position
    if gap <= 0 or (first.position <= 0 and last.position >= 1):
        return stops
    seam = _mix(last.colour, first.colour, (1 - last.position) / gap)
    return [GradientStop(0.0, seam), *stops, GradientStop(1.0, seam)]


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    keep = 1 - share
    return Colour(
        one.r * keep + other.r * share,
        one.g * keep + other.g * share,
        one.b * keep + other.b * share,
        one.a * keep + other.a * share,
    )
