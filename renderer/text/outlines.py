"""Glyph runs as paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import skia

from renderer.text.model import GlyphRun

_GLYPHS_PER_PATH: Final = 256


def outlines(run: GlyphRun) -> Iterator[Any]:
    """The glyphs as paths (``skia.Path``, in the coordinates of the run's positions), a line of them at a time: one
    shape, so that translucent glyphs do not show where they overlap. Skia's glyph masks would be quantised to quarter
    pixels and darkened by its text contrast; drawn as paths, text comes out as in Figma's pictures (a quarter of the
    differing pixels) and alike on both surfaces."""
    font, path, count, baseline = font_of(run), skia.Path(), 0, None
    for glyph, (x, y) in zip(run.glyphs, run.positions, strict=True):
        if count and (y != baseline or count >= _GLYPHS_PER_PATH):
            yield emboldened(path, run)
            path, count = skia.Path(), 0
        outline = font.getPath(glyph)
        if outline is not None:
            path.addPath(outline, x, y)
        count, baseline = count + 1, y
    yield emboldened(path, run)


def font_of(run: GlyphRun) -> Any:
    """A ``skia.Font`` with outlines as the designer drew them: no hinting, no snapping, grey anti-aliasing."""
    font = skia.Font(run.typeface, run.size)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    font.setHinting(skia.FontHinting.kNone)
    font.setSubpixel(True)
    font.setLinearMetrics(True)
    font.setBaselineSnap(False)
    font.setSkewX(run.skew)
    font.setScaleX(run.stretch)
    return font


def emboldened(path: Any, run: GlyphRun) -> Any:
    """With strokes wider by what the layout asks for; Skia's own fake bold knows only one amount."""
    if not run.embolden:
        return path
    bolder = skia.Path()
    width = run.embolden * run.size
    skia.Paint(Style=skia.Paint.kStrokeAndFill_Style, StrokeWidth=width).getFillPath(path, bolder)
    return bolder
