"""Painting glyphs: as paths, a line of them at a time; those with colours of their own as Skia's text."""

from __future__ import annotations

from functools import partial

import skia

from renderer.displaylist import FillGlyphs
from renderer.draw.canvas.coverage import draw_path
from renderer.draw.canvas.paints import draw_paint, draw_paints
from renderer.draw.canvas.playback import Playback
from renderer.text.outlines import font_of, outlines


def fill_glyphs(command: FillGlyphs, playback: Playback) -> None:
    playback.place(command.matrix)
    if command.run.colour_glyphs:
        _fill_colour_glyphs(command, playback)
        return
    for path in outlines(command.run):
        draw_paints(command.paints, partial(draw_path, path, playback=playback), path.getBounds(), playback)


def _fill_colour_glyphs(command: FillGlyphs, playback: Playback) -> None:
    run, builder = command.run, skia.TextBlobBuilder()
    builder.allocRunPos(font_of(run), run.glyphs, [skia.Point(x, y) for x, y in run.positions])
    blob = builder.make()
    if blob is None:
        return
    for paint in command.paints[:1]:
        draw_paint(paint, partial(playback.canvas.drawTextBlob, blob, 0, 0), blob.bounds(), playback)
