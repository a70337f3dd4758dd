"""Rectangles as paths.

Round corners become cubics: they are what Figma itself makes of a round corner, and a rasteriser follows them to a
hundredth of a pixel where it flattens conics a tenth too far inside.
"""

from __future__ import annotations

from typing import Final

from renderer.geometry.path import PathBuilder, PathData
from renderer.geometry.rect import Rect
from renderer.geometry.roundrect import RoundRect

_KAPPA: Final = 0.5522847498307936  # 4/3 (sqrt 2 - 1): a quarter circle as one cubic
_REST: Final = 1 - _KAPPA


def path_of(area: Rect | RoundRect | PathData) -> PathData:
    """The outline as a path, clockwise from the top edge."""
    if isinstance(area, PathData):
        return area
    built = PathBuilder()
    append_outline(built, area)
    return built.build()


def append_outline(path: PathBuilder, area: Rect | RoundRect) -> None:
    if isinstance(area, Rect):
        _append_rect(path, area)
    else:
        _append_rounded(path, area)


def _append_rect(path: PathBuilder, rect: Rect) -> None:
    right, bottom = rect.right, rect.bottom
    path.move(rect.x, rect.y)
    path.line(right, rect.y)
    path.line(right, bottom)
    path.line(rect.x, bottom)
    path.close()


def _append_rounded(path: PathBuilder, area: RoundRect) -> None:
    left, top, right, bottom = area.rect.x, area.rect.y, area.rect.right, area.rect.bottom
    ax, ay, bx, by, cx, cy, dx, dy = area.radii
    path.move(left + ax, top)
    path.line(right - bx, top)
    path.cubic(right - bx * _REST, top, right, top + by * _REST, right, top + by)
    path.line(right, bottom - cy)
    path.cubic(right, bottom - cy * _REST, right - cx * _REST, bottom, right - cx, bottom)
    path.line(left + dx, bottom)
    path.cubic(left + dx * _REST, bottom, left, bottom - dy * _REST, left, bottom - dy)
    path.line(left, top + ay)
    path.cubic(left, top + ay * _REST, left + ax * _REST, top, left + ax, top)
    path.close()
