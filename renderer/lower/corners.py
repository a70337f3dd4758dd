"""The continuous corners that Figma calls corner smoothing.

The smoothed corner is a circular arc between two cubics, as described in Figma's article "Desperately seeking
squircles" (2018); ``smoothing`` 0 is the plain arc, 0.6 is close to iOS.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from renderer.geometry import PathData
from renderer.geometry.path import PathBuilder
from renderer.lower.arcs import Place, append_arc

Radii = tuple[float, float, float, float]


def smooth_rect(width: float, height: float, radii: Radii, smoothing: float) -> PathData:
    """A rectangle with smoothed corners, clockwise from the top edge."""
    budget = min(width, height) / 2
    top_left, top_right, bottom_right, bottom_left = (_corner(radius, budget, smoothing) for radius in radii)
    path = PathBuilder()
    path.move(top_left.reach, 0)
    path.line(width - top_right.reach, 0)
    top_right.turn(path, (width - top_right.reach, 0), (1, 0), (0, 1))
    path.line(width, height - bottom_right.reach)
    bottom_right.turn(path, (width, height - bottom_right.reach), (0, 1), (-1, 0))
    path.line(bottom_left.reach, height)
    bottom_left.turn(path, (bottom_left.reach, height), (-1, 0), (0, -1))
    path.line(0, top_left.reach)
    top_left.turn(path, (0, top_left.reach), (0, -1), (1, 0))
    path.close()
    return path.build()


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

    def turn(self, path: PathBuilder, at: Place, along: tuple[int, int], then: tuple[int, int]) -> None:
        """Append the corner that begins at ``at``, from the edge direction ``along`` to the edge direction ``then``."""
        if self.radius <= 0:
            return

        def place(forward: float, sideways: float) -> Place:
            return at[0] + along[0] * forward + then[0] * sideways, at[1] + along[1] * forward + then[1] * sideways

        a, b, c, d = self.a, self.b, self.c, self.d
        before, after = a + b + c, d
        path.cubic(*place(a, 0), *place(a + b, 0), *place(before, after))
        self._append_arc(path, place(before, after), along)
        before, after = before + self.arc, after + self.arc
        path.cubic(
            *place(before + d, after + c), *place(before + d, after + b + c), *place(before + d, after + a + b + c)
        )

    def _append_arc(self, path: PathBuilder, at: Place, along: tuple[int, int]) -> None:
        """The circular part: its chord runs at 45 degrees to the edge, ``arc`` along each axis."""
        chord = self.arc * math.sqrt(2)
        half = math.asin(min(1.0, chord / (2 * self.radius)))
        direction = math.atan2(along[1], along[0])
        normal = direction + math.pi / 4 + math.pi / 2  # from the chord's middle to the circle's centre
        step = along[0] * self.arc - along[1] * self.arc, along[1] * self.arc + along[0] * self.arc
        depth = self.radius * math.cos(half)
        centre = at[0] + step[0] / 2 + depth * math.cos(normal), at[1] + step[1] / 2 + depth * math.sin(normal)
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
