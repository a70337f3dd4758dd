"""Gradients, exact from Figma's three handles.

The handles span the gradient's own space: start is its origin, end its (1, 0), the width handle its (0, 1). One affine
map takes that space to the item.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from renderer.displaylist import GradientPaint, SolidPaint
from renderer.geometry import Colour, Matrix, Point
from renderer.scene import BlendMode, GradientFill, GradientKind, GradientStop

_FLAT: Final = 1e-9
_CLEAR: Final = GradientStop(0.0, Colour(0.0, 0.0, 0.0, 0.0))


def gradient_paint(
    fill: GradientFill, width: float, height: float, opacity: float, blend: BlendMode
) -> GradientPaint | SolidPaint:
    """A gradient whose handles span no area has nothing to run along: it comes down to its last colour."""
    stops = sorted(fill.stops, key=_position) or [_CLEAR]
    matrix = _space(fill.handles, width, height)
    if matrix is None:
        return SolidPaint(stops[-1].colour.faded(opacity), blend)
    ramp = _wrapped(stops) if fill.kind is GradientKind.ANGULAR else stops
    return GradientPaint(fill.kind, matrix, _ramp(ramp), opacity, blend)


def _space(handles: tuple[Point, Point, Point], width: float, height: float) -> Matrix | None:
    (x0, y0), (x1, y1), (x2, y2) = [(handle.x * width, handle.y * height) for handle in handles]
    along, across = (x1 - x0, y1 - y0), (x2 - x0, y2 - y0)
    length = along[0] ** 2 + along[1] ** 2
    if length < _FLAT:
        return None
    if abs(along[0] * across[1] - along[1] * across[0]) < _FLAT * length:  # no width handle: take the right angle
        across = (-along[1], along[0])
    return Matrix(along[0], along[1], across[0], across[1], x0, y0)


def _position(stop: GradientStop) -> float:
    return stop.position


def _ramp(stops: Sequence[GradientStop]) -> tuple[GradientStop, ...]:
    """Two at least, within 0..1."""
    if len(stops) == 1:
        return GradientStop(0.0, stops[0].colour), GradientStop(1.0, stops[0].colour)
    return tuple([GradientStop(min(1.0, max(0.0, stop.position)), stop.colour) for stop in stops])


def _wrapped(stops: Sequence[GradientStop]) -> Sequence[GradientStop]:
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
