"""Rounded corners: circular ones, and the continuous ones that Figma calls corner smoothing.

The smoothed corner is a circular arc between two cubics, as described in Figma's article "Desperately seeking
squircles" (2018); ``smoothing`` 0 is the plain arc, 0.6 is close to iOS.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import skia

from renderer.paint.arcs import append_arc

Radii = tuple[float, float, float, float]


def rounded_rect(width: float, height: float, radii: Radii) -> Any:
    """A ``skia.RRect``; radii that do not fit are scaled down together, as in CSS."""
    rect = skia.Rect.MakeWH(width, height)
    if not any(radii):
        return skia.RRect.MakeRect(rect)
    if radii[0] == radii[1] == radii[2] == radii[3]:
        radius = min(radii[0], width / 2, height / 2)
        return skia.RRect.MakeRectXY(rect, radius, radius)
    shape = skia.RRect()
    shape.setRectRadii(rect, [skia.Point(radius, radius) for radius in radii])
    return shape


def smooth_rect(width: float, height: float, radii: Radii, smoothing: float) -> Any:
    """A ``skia.Path`` of a rectangle with smoothed corners, clockwise from the top edge."""
    budget = min(width, height) / 2
    top_left, top_right, bottom_right, bottom_left = (_corner(radius, budget, smoothing) for radius in radii)
    path = skia.Path()
    path.moveTo(top_left.reach, 0)
    path.lineTo(width - top_right.reach, 0)
    top_right.turn(path, (1, 0), (0, 1))
    path.lineTo(width, height - bottom_right.reach)
    bottom_right.turn(path, (0, 1), (-1, 0))
    path.lineTo(bottom_left.reach, height)
    bottom_left.turn(path, (-1, 0), (0, -1))
    path.lineTo(0, top_left.reach)
    top_left.turn(path, (0, -1), (1, 0))
    path.close()
    return path


@dataclass(frozen=True, slots=True)
class _Corner:
    """Lengths along the edge, in the article's names: the curve takes ``reach`` of the edge before the corner."""

    radius: float
    reach: float
    a: float
    b: float
    c: float
    d: float
    arc: float

    def turn(self, path: Any, along: tuple[int, int], then: tuple[int, int]) -> None:
        """Append the corner from the edge direction ``along`` to the edge direction ``then``."""
        if self.radius <= 0:
            return

        def at(forward: float, sideways: float) -> tuple[float, float]:
            return along[0] * forward + then[0] * sideways, along[1] * forward + then[1] * sideways

        a, b, c, d = self.a, self.b, self.c, self.d
        path.rCubicTo(*at(a, 0), *at(a + b, 0), *at(a + b + c, d))
        self._append_arc(path, along)
        path.rCubicTo(*at(d, c), *at(d, b + c), *at(d, a + b + c))

    def _append_arc(self, path: Any, along: tuple[int, int]) -> None:
        """The circular part: its chord runs at 45 degrees to the edge, ``arc`` along each axis."""
        chord = self.arc * math.sqrt(2)
        half = math.asin(min(1.0, chord / (2 * self.radius)))
        direction = math.atan2(along[1], along[0])
        normal = direction + math.pi / 4 + math.pi / 2  # from the chord's middle to the circle's centre
        end = path.getPoint(path.countPoints() - 1)
        step = along[0] * self.arc - along[1] * self.arc, along[1] * self.arc + along[0] * self.arc
        depth = self.radius * math.cos(half)
        centre = (
            end.x() + step[0] / 2 + depth * math.cos(normal),
            end.y() + step[1] / 2 + depth * math.sin(normal),
        )
        append_arc(path, centre, (self.radius, self.radius), normal + math.pi - half, 2 * half)


def _corner(radius: float, budget: float, smoothing: float) -> _Corner:
    radius = min(radius, budget)
    if radius <= 0:
        return _Corner(0, 0, 0, 0, 0, 0, 0)
    smoothing = min(smoothing, budget / radius - 1)  # less room, less smoothing, as Figma does
    reach = min((1 + smoothing) * radius, budget)
    arc_angle = math.radians(90 * (1 - smoothing))
    arc = math.sin(arc_angle / 2) * radius * math.sqrt(2)
    alpha = (math.pi / 2 - arc_angle) / 2
    to_arc = radius * math.tan(alpha / 2)
    beta = math.radians(45 * smoothing)
    c = to_arc * math.cos(beta)
    d = c * math.tan(beta)
    b = (reach - arc - c - d) / 3
    return _Corner(radius, reach, 2 * b, b, c, d, arc)
