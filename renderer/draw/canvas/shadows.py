"""Shadows of plain areas: the area itself, moved, grown and blurred."""

from __future__ import annotations

import math
from typing import Any, Final

import skia

from renderer.displaylist import CastInnerShadow, CastShadow, bounds_of
from renderer.draw.canvas.areas import clip_area, draw_shape, to_shape
from renderer.draw.canvas.blend import has_paint_mode, paint_mode
from renderer.draw.canvas.blur import LEAST_SIGMA, bounded
from renderer.draw.canvas.convert import to_colour4f, to_rect, to_rrect
from renderer.draw.canvas.floats import blend_in_floats
from renderer.draw.canvas.playback import Playback, saved
from renderer.draw.canvas.spreads import draw_spread
from renderer.geometry import Matrix, PathData, Rect, RoundRect
from renderer.geometry.outline import path_of
from renderer.geometry.roundrect import grown
from renderer.geometry.skiapath import to_skia

Shadow = CastShadow | CastInnerShadow
_SIGMAS: Final = 3.0
_INSIDE_ARC: Final = 1 - math.sqrt(0.5)  # of a radius: from the corner to the middle of its arc


def cast_shadow(command: CastShadow, playback: Playback) -> None:
    playback.place(command.matrix)
    with saved(playback):
        if command.opaque:
            _spare_covered(command.area, playback)
        elif not command.behind:
            clip_area(playback.canvas, command.area, skia.ClipOp.kDifference)
        _move(command, playback)
        _draw_cast(command, playback)


def _draw_cast(command: CastShadow, playback: Playback) -> None:
    area = command.area
    if command.spread and isinstance(area, PathData):
        _draw_grown_path(command, to_skia(area), playback)
        return
    if command.spread and not isinstance(area, PathData):
        cast = grown(area, command.spread)
        if cast is None:
            return
        area = cast
    _draw_blurred(area, _shadow_paint(command, playback), playback)


def cast_inner_shadow(command: CastInnerShadow, playback: Playback) -> None:
    playback.place(command.matrix)
    with saved(playback):
        clip_area(playback.canvas, command.area)
        around = skia.Path.Rect(_around(command))
        _move(command, playback)
        if isinstance(command.area, PathData):
            _draw_grown_path(command, around, playback)
        else:
            playback.canvas.drawPath(_frame(around, command.area, command.spread), _shadow_paint(command, playback))


def _spare_covered(area: Rect | RoundRect | PathData, playback: Playback) -> None:
    """Leave out what an opaque node will cover: most of the pixels of a large shadow."""
    if isinstance(area, PathData):
        return
    corner = max(area.radii) if isinstance(area, RoundRect) else 0.0
    inset = corner * _INSIDE_ARC + 2 / max(playback.total.stretch, 1e-6)
    inside = bounds_of(area).outset(-inset)
    if not inside.is_empty:
        playback.canvas.clipRect(to_rect(inside), skia.ClipOp.kDifference, False)


def _move(command: Shadow, playback: Playback) -> None:
    """Offsets are along the axes of the page, however the node is turned."""
    playback.place(Matrix.translation(command.offset.x, command.offset.y) @ command.matrix)


def _draw_blurred(area: Rect | RoundRect | PathData, paint: Any, playback: Playback) -> None:
    """A rounded rectangle as one: Skia has fast ways to blur it, and a blur hides how its corners are flattened."""
    if not isinstance(area, PathData) and paint.getMaskFilter() is not None:
        playback.canvas.drawRRect(to_rrect(area), paint)
    else:
        draw_shape(to_shape(area), paint, playback)


def _frame(around: Any, area: Rect | RoundRect, spread: float) -> Any:
    """``around``, but for the area moved inwards by ``spread``."""
    hole = grown(area, -spread) if spread else area
    if hole is None:
        return around
    path = skia.Path(around)
    path.addRRect(to_rrect(hole))
    path.setFillType(skia.PathFillType.kEvenOdd)
    return path


def _around(command: CastInnerShadow) -> Any:
    """A rectangle so large that its own blurred edge stays out of the area."""
    reach = 2 * _SIGMAS * command.sigma + abs(command.spread) + 2
    back = command.matrix.inverse()
    if back is not None:
        moved = back.vector(command.offset)
        reach += math.hypot(moved.x, moved.y)
    return to_rect(bounds_of(command.area).outset(reach))


def _shadow_paint(command: Shadow, playback: Playback) -> Any:
    paint = skia.Paint()
    paint.setAntiAlias(True)
    paint.setColor4f(to_colour4f(command.colour))
    paint.setBlendMode(_mode(command, playback))
    sigma = bounded(command.sigma, playback.total.stretch, playback)
    if sigma > LEAST_SIGMA:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma, True))
        blend_in_floats(paint)
    return paint


def _mode(command: Shadow, playback: Playback) -> Any:
    if has_paint_mode(command.blend):
        return paint_mode(command.blend)
    detail = f"a shadow with {command.blend.value} is drawn with COLOR_BURN"
    playback.note("blend-mode-approximated", detail)
    return skia.BlendMode.kColorBurn


def _draw_grown_path(command: Shadow, covered: Any, playback: Playback) -> None:
    path = to_skia(path_of(command.area))
    laid = skia.Paint(Alphaf=command.colour.a, BlendMode=_mode(command, playback))
    sigma = bounded(command.sigma, playback.total.stretch, playback)
    if sigma > LEAST_SIGMA:
        laid.setImageFilter(skia.ImageFilters.Blur(sigma, sigma))
    hole = path if isinstance(command, CastInnerShadow) else None
    draw_spread(covered, hole, path, command.spread, command.colour, laid, playback)
