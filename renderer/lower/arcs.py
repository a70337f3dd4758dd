"""Circular and elliptical arcs as cubics; see :mod:`renderer.geometry.outline` for why not conics."""

from __future__ import annotations

import math
from typing import Final

from renderer.geometry.path import PathBuilder

_MOST_PER_CUBIC: Final = math.pi / 2
_LEAST_ANGLE: Final = 1e-9
Place = tuple[float, float]


def append_arc(path: PathBuilder, centre: Place, radii: Place, start: float, sweep: float) -> None:
    """Continue a path along an ellipse's arc, from where the path ends to where the arc ends. Angles in radians,
    clockwise from three o'clock; the path must already be at the arc's start."""
    count = max(1, math.ceil(abs(sweep) / _MOST_PER_CUBIC - _LEAST_ANGLE))
    step = sweep / count
    reach = 4 / 3 * math.tan(step / 4)
    (x, y), (across, down) = centre, radii
    for index in range(count):
        begin, end = start + step * index, start + step * (index + 1)
        cos0, sin0, cos1, sin1 = math.cos(begin), math.sin(begin), math.cos(end), math.sin(end)
        path.cubic(
            x + across * (cos0 - reach * sin0),
            y + down * (sin0 + reach * cos0),
            x + across * (cos1 + reach * sin1),
            y + down * (sin1 - reach * cos1),
            x + across * cos1,
            y + down * sin1,
        )


def append_tangent_arc(path: PathBuilder, before: Place, corner: Place, after: Place, radius: float) -> None:
    """Cut a corner with an arc that touches both of its edges, and a line to where the arc begins."""
    towards = math.atan2(before[1] - corner[1], before[0] - corner[0])
    away = math.atan2(after[1] - corner[1], after[0] - corner[0])
    opening = math.remainder(away - towards, math.tau)
    half = abs(opening) / 2
    if radius <= 0 or half <= _LEAST_ANGLE or math.pi / 2 - half <= _LEAST_ANGLE:
        path.line(*corner)
        return
    cut, depth = radius / math.tan(half), radius / math.sin(half)
    middle = towards + opening / 2
    centre = corner[0] + depth * math.cos(middle), corner[1] + depth * math.sin(middle)
    path.line(corner[0] + cut * math.cos(towards), corner[1] + cut * math.sin(towards))
    turn = math.copysign(math.pi - 2 * half, -opening)
    start = towards + math.copysign(math.pi / 2, -opening)
    append_arc(path, centre, (radius, radius), start, turn)
