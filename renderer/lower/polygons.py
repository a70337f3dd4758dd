"""Regular polygons, stars and elliptical arcs."""

from __future__ import annotations

import math

from renderer.geometry import PathData
from renderer.geometry.path import PathBuilder
from renderer.lower.arcs import append_arc, append_tangent_arc
from renderer.scene import EllipseGeometry, PolygonGeometry, StarGeometry

_Vertex = tuple[float, float]


def polygon_path(geometry: PolygonGeometry, width: float, height: float) -> PathData:
    return _path(_vertices(geometry.points, 1.0, width, height), geometry.corner_radius)


def star_path(geometry: StarGeometry, width: float, height: float) -> PathData:
    return _path(_vertices(2 * geometry.points, geometry.inner_ratio, width, height), geometry.corner_radius)


def _vertices(count: int, inner_ratio: float, width: float, height: float) -> list[_Vertex]:
    """Every other one at ``inner_ratio`` of the way out."""
    vertices: list[_Vertex] = []
    for index in range(count):
        angle = math.tau * index / count - math.pi / 2
        ratio = inner_ratio if index % 2 else 1.0
        vertices.append((width / 2 * (1 + ratio * math.cos(angle)), height / 2 * (1 + ratio * math.sin(angle))))
    return vertices


def _path(vertices: list[_Vertex], corner_radius: float) -> PathData:
    path = PathBuilder()
    if corner_radius > 0:
        _append_rounded(path, vertices, corner_radius)
    else:
        path.move(*vertices[0])
        for vertex in vertices[1:]:
            path.line(*vertex)
    path.close()
    return path.build()


def _append_rounded(path: PathBuilder, vertices: list[_Vertex], radius: float) -> None:
    """Each corner becomes a tangent arc that takes at most half of the shorter edge beside it."""
    count = len(vertices)
    path.move((vertices[-1][0] + vertices[0][0]) / 2, (vertices[-1][1] + vertices[0][1]) / 2)
    for index, corner in enumerate(vertices):
        before, after = vertices[index - 1], vertices[(index + 1) % count]
        append_tangent_arc(path, before, corner, after, _fitting_radius(before, corner, after, radius))


def _fitting_radius(before: _Vertex, corner: _Vertex, after: _Vertex, radius: float) -> float:
    room = min(math.dist(before, corner), math.dist(corner, after)) / 2
    towards = math.atan2(before[1] - corner[1], before[0] - corner[0])
    away = math.atan2(after[1] - corner[1], after[0] - corner[0])
    half_angle = abs(math.remainder(towards - away, math.tau)) / 2
    return min(radius, room * math.tan(half_angle))


def arc_path(geometry: EllipseGeometry, width: float, height: float) -> PathData:
    """A pie, a ring or a piece of a ring."""
    centre, outer = (width / 2, height / 2), (width / 2, height / 2)
    ratio = min(1.0, max(0.0, geometry.inner_ratio))
    inner = outer[0] * ratio, outer[1] * ratio
    whole = abs(geometry.sweep) >= math.tau - 1e-6
    start, sweep = (0.0, math.tau) if whole else (geometry.start, geometry.sweep)
    path = PathBuilder()
    path.move(*_on_ellipse(centre, outer, start))
    append_arc(path, centre, outer, start, sweep)
    if whole:
        path.close()
        path.move(*_on_ellipse(centre, inner, start))
    else:
        path.line(*_on_ellipse(centre, inner, start + sweep))
    if ratio > 0:
        append_arc(path, centre, inner, start + sweep, -sweep)
    path.close()
    return path.build()


def _on_ellipse(centre: _Vertex, radii: _Vertex, angle: float) -> _Vertex:
    return centre[0] + radii[0] * math.cos(angle), centre[1] + radii[1] * math.sin(angle)
