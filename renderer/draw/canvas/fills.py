"""Painting areas."""

from __future__ import annotations

from functools import partial
from typing import Any

import skia

from renderer.displaylist import Cut, FillArea
from renderer.draw.canvas.areas import bounds_of_shape, draw_shape, to_shape
from renderer.draw.canvas.coverage import draw_path, fits_mask
from renderer.draw.canvas.layers import layer
from renderer.draw.canvas.paints import draw_paints
from renderer.draw.canvas.playback import Playback, saved
from renderer.geometry.outline import path_of
from renderer.geometry.skiapath import to_skia


def fill_area(command: FillArea, playback: Playback) -> None:
    playback.place(command.matrix)
    shape = to_shape(command.area)
    bounds = bounds_of_shape(shape)
    draw = partial(draw_shape, shape, playback=playback)
    if command.cut is not None:
        draw = partial(_draw_cut, shape, command.cut, bounds, playback)
    draw_paints(command.paints, draw, bounds, playback)


def _draw_cut(shape: Any, cut: Cut, bounds: Any, playback: Playback, paint: Any) -> None:
    """In a layer from which the cut takes its part away, or, where that would be large, by a clip, which a GPU does not
    do as finely."""
    path = to_skia(path_of(cut.area))
    if fits_mask(bounds, playback):
        _draw_in_layer(shape, path, cut, bounds, playback, paint)
        return
    with saved(playback):
        operation = skia.ClipOp.kIntersect if cut.inside else skia.ClipOp.kDifference
        playback.canvas.clipPath(path, operation, True)
        draw_shape(shape, paint, playback)


def _draw_in_layer(shape: Any, path: Any, cut: Cut, bounds: Any, playback: Playback, paint: Any) -> None:
    laid = skia.Paint(BlendMode=paint.getBlendMode())
    paint.setBlendMode(skia.BlendMode.kSrcOver)
    with layer(playback, bounds, laid):
        draw_shape(shape, paint, playback)
        if cut.inside:
            with layer(playback, bounds, skia.Paint(BlendMode=skia.BlendMode.kDstIn)):
                draw_path(path, skia.Paint(AntiAlias=True), playback)
        else:
            draw_path(path, skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kDstOut), playback)
