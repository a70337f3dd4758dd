"""Rectangles as paths.

Round corners become cubics: they are what Figma itself makes of a round corner, and a rasteriser follows them to a
hundredth of a pixel where it flattens conics a tenth too far inside.
"""

from __future__ import annotations

from typing import Final

from renderer.geometry.path import PathBuilder, PathData, Verb
from renderer.geometry.rect import Rect
from renderer.geometry.roundrect import RoundRect

_KAPPA: Final = 0.5522847498307936  # 4/3 (sqrt 2 - 1): a quarter circle as one cubic
_REST: Final = 1 - _KAPPA
_FOUR_LINES: Final = bytes((Verb.MOVE, Verb.LINE, Verb.LINE, Verb.LINE, Verb.CLOSE))
_FOUR_CORNERS: Final = bytes((Verb.MOVE, *(Verb.LINE, Verb.CUBIC) * 4, Verb.CLOSE))


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
    left, top, right, bottom = rect.x, rect.y, rect.right, rect.bottom
    path.extend(_FOUR_LINES, (left, top, right, top, right, bottom, left, bottom))


def _append_rounded(path: PathBuilder, area: RoundRect) -> None:
    left, top, right, bottom = area.rect.x, area.rect.y, area.rect.right, area.rect.bottom
    ax, ay, bx, by, cx, cy, dx, dy = area.radii
    # fmt: off
    path.extend(_FOUR_CORNERS, (
        left + ax, top,
        right - bx, top,
        right - bx * _REST, top, right, top + by * _REST, right, top + by,
        right, bottom - cy,
        right, bottom - cy * _REST, right - cx * _REST, bottom, right - cx, bottom,
        left + dx, bottom,
        left + dx * _REST, bottom, left, bottom - dy * _REST, left, bottom - dy,
        left, top + ay,
        left, top + ay * _REST, left + ax * _REST, top, left + ax, top,
    ))
    # fmt: on
