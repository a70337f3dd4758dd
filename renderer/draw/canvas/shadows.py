"""Shadows of plain areas: the area itself, moved, grown and blurred."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, Final

import skia

from renderer.displaylist import CastInnerShadow, CastShadow, bounds_of
from renderer.draw.canvas.areas import clip_area, draw_shape, to_shape
from renderer.draw.canvas.blend import has_paint_mode, paint_mode
from renderer.draw.canvas.blurred import draw_blurred
from renderer.draw.canvas.convert import to_rect, to_rrect
from renderer.draw.canvas.playback import Playback, saved
from renderer.draw.canvas.spreads import draw_spread
from renderer.geometry import Matrix, PathData, Rect, RoundRect
from renderer.geometry.corners import grown
from renderer.geometry.skiapath import to_skia

_Plain = Rect | RoundRect | PathData
_SIGMAS: Final = 3.0
_INSIDE_ARC: Final = 1 - math.sqrt(0.5)  # of a radius: from the corner to the middle of its arc


def cast_shadow(command: CastShadow, playback: Playback) -> None:
    playback.place(command.matrix)
    mode = _mode(command, playback)
    with saved(playback):
        if command.opaque:
            _spare_covered(command.area, playback)
        elif not command.behind:
            clip_area(playback.canvas, command.area, skia.ClipOp.kDifference)
        _move(command, playback)
        if command.spread and isinstance(command.area, PathData):
            path = to_skia(command.area)
            draw_spread(path, None, path, command, mode, playback)
        else:
            _draw_cast(command, mode, playback)


def _draw_cast(command: CastShadow, mode: Any, playback: Playback) -> None:
    area = _moved_outwards(command.area, command.spread)
    if area is not None:
        draw = partial(_draw_area, area, playback=playback)
        draw_blurred(draw, to_rect(bounds_of(area)), command.sigma, command.colour, mode, playback)


def cast_inner_shadow(command: CastInnerShadow, playback: Playback) -> None:
    playback.place(command.matrix)
    mode = _mode(command, playback)
    with saved(playback):
        clip_area(playback.canvas, command.area)
        around = _around(command)
        _move(command, playback)
        if isinstance(command.area, PathData):
            path = to_skia(command.area)
            draw_spread(skia.Path.Rect(around), path, path, command, mode, playback)
        else:
            frame = _frame(around, _moved_outwards(command.area, -command.spread))
            draw = partial(playback.canvas.drawPath, frame)
            draw_blurred(draw, around, command.sigma, command.colour, mode, playback)


def _mode(command: CastShadow | CastInnerShadow, playback: Playback) -> Any:
    if has_paint_mode(command.blend):
        return paint_mode(command.blend)
    detail = f"a shadow with {command.blend.value} is drawn with COLOR_BURN"
    playback.note("blend-mode-approximated", detail)
    return skia.BlendMode.kColorBurn


def _spare_covered(area: _Plain, playback: Playback) -> None:
    """Leave out what an opaque node will cover: most of the pixels of a large shadow."""
    if isinstance(area, PathData):
        return
    corner = max(area.radii) if isinstance(area, RoundRect) else 0.0
    inset = corner * _INSIDE_ARC + 2 / max(playback.total.stretch, 1e-6)
    inside = bounds_of(area).outset(-inset)
    if not inside.is_empty:
        playback.canvas.clipRect(to_rect(inside), skia.ClipOp.kDifference, False)


def _move(command: CastShadow | CastInnerShadow, playback: Playback) -> None:
    """Offsets are along the axes of the page, however the node is turned."""
    playback.place(Matrix.translation(command.offset.x, command.offset.y) @ command.matrix)


def _moved_outwards(area: _Plain, spread: float) -> _Plain | None:
    """A path stays as it is: its spread is drawn in another way."""
    return area if not spread or isinstance(area, PathData) else grown(area, spread)


def _draw_area(area: _Plain, paint: Any, playback: Playback) -> None:
    """A blurred rounded rectangle as one: Skia has fast ways for it, and a blur hides how its corners are flattened."""
    if not isinstance(area, PathData) and paint.getMaskFilter() is not None:
        playback.canvas.drawRRect(to_rrect(area), paint)
    else:
        draw_shape(to_shape(area), paint, playback)


def _frame(around: Any, hole: _Plain | None) -> Any:
    """``around``, but for the hole."""
    path = skia.Path.Rect(around)
    if hole is not None and not isinstance(hole, PathData):
        path.addRRect(to_rrect(hole))
        path.setFillType(skia.PathFillType.kEvenOdd)
    return path


def _around(command: CastInnerShadow) -> Any:
    """A ``skia.Rect`` so large that its own blurred edge stays out of the area."""
    reach = 2 * _SIGMAS * command.sigma + abs(command.spread) + 2
    back = command.matrix.inverse()
    if back is not None:
        moved = back.vector(command.offset)
        reach += math.hypot(moved.x, moved.y)
    return to_rect(bounds_of(command.area).outset(reach))
