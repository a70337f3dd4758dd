"""Drawing and clipping with an area: a rectangle as one, which Skia draws fast and exactly, all else as a path."""

from __future__ import annotations

from typing import Any

import skia

from renderer.displaylist import Area, Band
from renderer.draw.canvas.convert import to_rect
from renderer.draw.canvas.coverage import draw_path
from renderer.draw.canvas.playback import Playback
from renderer.geometry import PathData, Rect, RoundRect
from renderer.geometry.outline import append_outline, path_of
from renderer.geometry.path import PathBuilder
from renderer.geometry.skiapath import to_skia


def to_shape(area: Area) -> Any:
    """A ``skia.Rect`` for a rectangle, a ``skia.Path`` for all else."""
    if isinstance(area, Rect):
        return to_rect(area)
    return to_skia(band_path(area) if isinstance(area, Band) else path_of(area))


def band_path(band: Band) -> PathData:
    path = PathBuilder()
    append_outline(path, band.outer)
    if band.inner is not None:
        append_outline(path, band.inner)
    return path.build(even_odd=True)


def draw_shape(shape: Any, paint: Any, playback: Playback) -> None:
    """``shape``: as :func:`to_shape` makes them. ``paint`` may be changed."""
    if isinstance(shape, skia.Rect):
        playback.canvas.drawRect(shape, paint)
    else:
        draw_path(shape, paint, playback)


def bounds_of_shape(shape: Any) -> Any:
    return shape if isinstance(shape, skia.Rect) else shape.getBounds()


def clip_area(canvas: Any, area: Rect | RoundRect | PathData, operation: Any = skia.ClipOp.kIntersect) -> None:
    if isinstance(area, Rect):
        canvas.clipRect(to_rect(area), operation, True)
    else:
        canvas.clipPath(to_skia(path_of(area)), operation, True)
