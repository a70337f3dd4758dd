"""Text: laid out to glyph runs in places, with the lines drawn under and through them, their strokes and their
links."""

from __future__ import annotations

from msgspec import Struct

from renderer.displaylist import FillArea, FillGlyphs, Link
from renderer.geometry import Matrix, Rect
from renderer.geometry.skiapath import from_skia
from renderer.lower.lowering import Lowering
from renderer.lower.paints import Ink, paints_of
from renderer.lower.strokes import lower_pen, lower_stroke_outlines
from renderer.scene import OutlinedStroke, Text
from renderer.text import GlyphRun, TextLayout, layout_text
from renderer.text.outlines import outlines

# How far a glyph reaches from its origin at most, in ems: an over-estimate.
_REACH_EMS = 2.0


class LaidOut(Struct, frozen=True):
    """A text and where its glyphs are."""

    text: Text
    layout: TextLayout


def lay_out(text: Text, lowering: Lowering) -> LaidOut:
    layout = layout_text(text.block, text.width, text.height, lowering.fonts)
    for code, detail in layout.warnings:
        lowering.warnings.add(code, detail, text.id)
    return LaidOut(text, layout)


def lower_glyphs(laid: LaidOut, matrix: Matrix, lowering: Lowering, ink: Ink) -> None:
    text, layout = laid.text, laid.layout
    for run in layout.runs:
        paints = paints_of(run.fills, text, lowering, ink) if run.size > 0 else ()
        if paints:
            lowering.commands.append(FillGlyphs(run, matrix, paints, matrix.box(_reach(run))))
    for decoration in layout.decorations:
        paints = paints_of(decoration.fills, text, lowering, ink)
        if paints:
            lowering.commands.append(FillArea(decoration.rect, matrix, paints, matrix.box(decoration.rect)))
    lowering.links.extend([Link(matrix.box(area.rect), area.url) for area in layout.links])


def lower_text_stroke(laid: LaidOut, matrix: Matrix, lowering: Lowering, ink: Ink) -> None:
    """Around the glyphs, unless the document gives the stroke as an outline of its own."""
    stroke = laid.text.stroke
    if stroke is None:
        return
    if isinstance(stroke, OutlinedStroke):
        lower_stroke_outlines(stroke, laid.text, matrix, lowering, ink)
        return
    for run in laid.layout.runs:
        for path in () if run.colour_glyphs else outlines(run):
            lower_pen(from_skia(path), laid.text, stroke, matrix, lowering, ink)


def _reach(run: GlyphRun) -> Rect:
    across = [x for x, _ in run.positions]
    down = [y for _, y in run.positions]
    reach = _REACH_EMS * run.size * max(1.0, run.stretch)
    left, top = min(across), min(down)
    return Rect(left, top, max(across) - left, max(down) - top).outset(reach)
