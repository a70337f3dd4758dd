"""Text, as the layout placed it: glyph runs, and the lines drawn under and through them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import skia

from renderer.paint.context import PaintContext
from renderer.paint.convert import to_rect
from renderer.paint.fills import Ink, draw_fill, draw_fills
from renderer.paint.shapes import draw_path
from renderer.paint.strokes import draw_strokes, stroke_shape
from renderer.scene import Node, Text
from renderer.text import GlyphRun, TextLayout, layout_text

_GLYPHS_PER_PATH: Final = 256


def draw_text(node: Node, text: Text, context: PaintContext, ink: Ink) -> None:
    layout = layout_of(node, text, context)
    for run in layout.runs:
        _draw_run(run, node, context, ink)
    for decoration in layout.decorations:
        rect = to_rect(decoration.rect)
        draw_fills(decoration.fills, node, context, partial(context.canvas.drawRect, rect), ink=ink, bounds=rect)


def draw_text_strokes(node: Node, text: Text, context: PaintContext, ink: Ink) -> None:
    """Around the glyphs, unless the document gives the stroke as an outline of its own."""
    stroke = node.stroke
    if stroke is None or not stroke.fills:
        return
    if stroke.outline:
        draw_strokes(node, context, ink=ink)
        return
    for run in layout_of(node, text, context).runs:
        for path in () if run.colour_glyphs else _outlines(run):
            stroke_shape(path, stroke, node, context, ink)


def layout_of(node: Node, text: Text, context: PaintContext) -> TextLayout:
    """Laid out once per render; shadows and masks ask again."""
    known = context.layouts.get(id(node))
    if known is None:
        known = layout_text(text, node.width, node.height, context.fonts)
        context.layouts[id(node)] = known
        for code, detail in known.warnings:
            context.note(code, detail, node)
    return known


def _draw_run(run: GlyphRun, node: Node, context: PaintContext, ink: Ink) -> None:
    if run.colour_glyphs:
        _draw_colour_glyphs(run, node, context, ink)
        return
    for path in _outlines(run):
        draw = partial(draw_path, context.canvas, path)
        draw_fills(run.fills, node, context, draw, ink=ink, bounds=path.getBounds())


def _outlines(run: GlyphRun) -> Iterator[Any]:
    """The glyphs as paths, a line of them at a time: one shape, so that translucent glyphs do not show where they
    overlap. Skia's glyph masks would be quantised to quarter pixels and darkened by its text contrast; drawn as
    paths, text comes out as in Figma's pictures (a quarter of the differing pixels) and alike on both surfaces."""
    font, path, count, baseline = font_of(run), skia.Path(), 0, None
    for glyph, (x, y) in zip(run.glyphs, run.positions, strict=True):
        if count and (y != baseline or count >= _GLYPHS_PER_PATH):
            yield _emboldened(path, run)
            path, count = skia.Path(), 0
        outline = font.getPath(glyph)
        if outline is not None:
            path.addPath(outline, x, y)
        count, baseline = count + 1, y
    yield _emboldened(path, run)


def _emboldened(path: Any, run: GlyphRun) -> Any:
    """With strokes wider by what the layout asks for; Skia's own fake bold knows only one amount."""
    if not run.embolden:
        return path
    bolder = skia.Path()
    width = run.embolden * run.size
    skia.Paint(Style=skia.Paint.kStrokeAndFill_Style, StrokeWidth=width).getFillPath(path, bolder)
    return bolder


def _draw_colour_glyphs(run: GlyphRun, node: Node, context: PaintContext, ink: Ink) -> None:
    """Emoji bring their own colours; of the fill only its opacity counts."""
    builder = skia.TextBlobBuilder()
    builder.allocRunPos(font_of(run), run.glyphs, [skia.Point(x, y) for x, y in run.positions])
    blob = builder.make()
    if blob is None:
        return
    for fill in run.fills[:1]:
        draw_fill(
            fill,
            node,
            context,
            partial(context.canvas.drawTextBlob, blob, 0, 0),
            ink=ink,
            bounds=blob.bounds(),
        )


def font_of(run: GlyphRun) -> Any:
    """Outlines as the designer drew them: no hinting, no snapping, grey anti-aliasing."""
    font = skia.Font(run.typeface, run.size)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    font.setHinting(skia.FontHinting.kNone)
    font.setSubpixel(True)
    font.setLinearMetrics(True)
    font.setBaselineSnap(False)
    font.setSkewX(run.skew)
    font.setScaleX(run.stretch)
    return font
