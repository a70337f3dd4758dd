"""Shadings of triangles (ISO 32000-1, 8.7.4.5.5), for ramps that run neither along a line nor outwards from a point.

A vertex is a flag (0: it begins or goes on with a triangle of its own), x and y in 32 bits, and its place on the ramp
in 16, which a function makes a colour of. Between the vertices all three are linear.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.file.syntax import array, number
from renderer.draw.pdf.paint.functions import Ramp, ramp_function
from renderer.geometry import Rect

_VERTEX: Final = struct.Struct(">BIIH")
_MOST_COORDINATE: Final = (1 << 32) - 1
_MOST_PLACE: Final = (1 << 16) - 1
_WEDGES: Final = 360
_SLACK: Final = 1.01
Vertex = tuple[float, float, float]
"""x, y and the place on the ramp."""


def angular_mesh(ramp: Ramp, space: str, reached: Rect, objects: Objects) -> int:
    """A fan around the origin, clockwise from the x axis (y grows downwards). A wedge is so narrow that its middle's
    place will do for its tip; wedges end where stops are, so that a hard edge is one."""
    radius = _farthest(reached) * _SLACK / math.cos(math.pi / _WEDGES)
    places = sorted({*[step / _WEDGES for step in range(_WEDGES + 1)], *[place for place, _ in ramp]})
    wedges = [
        ((0.0, 0.0, (start + end) / 2), _on_circle(start, radius), _on_circle(end, radius))
        for start, end in pairwise(places)
    ]
    return _mesh(wedges, radius, ramp, space, objects)


def diamond_mesh(ramp: Ramp, space: str, reached: Rect, objects: Objects) -> int:
    """Four triangles where |x| + |y| is below 1, on a square of the last colour."""
    radius = max(1.0, _farthest(reached)) * _SLACK
    corners = [(-radius, -radius, 1.0), (radius, -radius, 1.0), (radius, radius, 1.0), (-radius, radius, 1.0)]
    tips = [(1.0, 0.0, 1.0), (0.0, 1.0, 1.0), (-1.0, 0.0, 1.0), (0.0, -1.0, 1.0)]
    around = [(corners[0], corners[1], corners[2]), (corners[0], corners[2], corners[3])]
    within = [((0.0, 0.0, 0.0), one, other) for one, other in zip(tips, [*tips[1:], tips[0]], strict=True)]
    return _mesh([*around, *within], radius, ramp, space, objects)


def _on_circle(place: float, radius: float) -> Vertex:
    return radius * math.cos(math.tau * place), radius * math.sin(math.tau * place), place


def _farthest(reached: Rect) -> float:
    """From the origin to the corner of the box that is farthest from it."""
    across = max(abs(reached.x), abs(reached.right))
    return max(1e-6, math.hypot(across, max(abs(reached.y), abs(reached.bottom))))


def _mesh(
    triangles: Iterable[tuple[Vertex, Vertex, Vertex]], radius: float, ramp: Ramp, space: str, objects: Objects
) -> int:
    """Coordinates from minus to plus ``radius``."""
    packed = b"".join([_packed(vertex, radius) for triangle in triangles for vertex in triangle])
    extent = number(radius, 6)
    entries = {
        "ShadingType": "4",
        "ColorSpace": space,
        "BitsPerFlag": "8",
        "BitsPerCoordinate": "32",
        "BitsPerComponent": "16",
        "Decode": array([f"-{extent} {extent}"] * 2 + ["0 1"]),
        "Function": ramp_function(ramp),
    }
    return objects.add_stream(entries, packed)


def _packed(vertex: Vertex, radius: float) -> bytes:
    x, y, place = vertex
    return _VERTEX.pack(0, _of_extent(x, radius), _of_extent(y, radius), round(place * _MOST_PLACE))


def _of_extent(value: float, radius: float) -> int:
    return min(_MOST_COORDINATE, max(0, round((value / radius + 1) / 2 * _MOST_COORDINATE)))
