"""Glyphs: as text that can be selected, searched and copied."""

from __future__ import annotations

from typing import Final

from renderer.displaylist import FillGlyphs, ImagePaint, Paint, SolidPaint
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream
from renderer.draw.pdf.file.states import graphics_state
from renderer.draw.pdf.file.syntax import number
from renderer.draw.pdf.paint.stencils import Stencil, paint_through
from renderer.draw.pdf.paths import path_operators
from renderer.draw.pdf.text.outlinefonts import OutlineFont
from renderer.draw.pdf.text.textobject import BLANK, FILLED, Coded, text_object, unsaid
from renderer.geometry.skiapath import from_skia
from renderer.text.model import GlyphRun
from renderer.text.outlines import outlines

_LENGTH_DIGITS: Final = 4
_FINER: Final = 2.0  # pictures of glyphs than the page


def fill_glyphs(command: FillGlyphs, content: ContentStream, drawing: Drawing) -> None:
    if command.run.colour_glyphs:
        _draw_colour_glyphs(command, content, drawing)
        return
    font = drawing.fonts.outline_font(command.run.face)
    if font is None:
        family = command.run.face.face.family
        drawing.warn("font-not-embedded", f"{family} cannot be embedded in a PDF; its text is drawn as outlines")
        _fill_outlines(command, command.paints, content, drawing)
        content.write(_text(command, _coded_blank(command.run, drawing), BLANK, content, drawing))
        return
    coded, said = _coded(command.run, font), False
    for paint in command.paints:
        if isinstance(paint, ImagePaint) and not paint.repeats:
            _fill_outlines(command, (paint,), content, drawing)
            continue
        paint_through(_stencil(command, coded, said=said, content=content, drawing=drawing), paint, content, drawing)
        said = True
    if not said:
        content.write(_text(command, coded, BLANK, content, drawing))


def _stencil(
    command: FillGlyphs, coded: list[Coded], *, said: bool, content: ContentStream, drawing: Drawing
) -> Stencil:
    run = command.run
    body = _text(command, coded, _mode(run), content, drawing)
    return Stencil(
        unsaid(body) if said else body,
        "",
        drawing.placed(command.matrix),
        drawing.box(command.bounds),
        strokes=bool(run.embolden),
        overlaps=bool(run.embolden) or _overlaps(run),
        fonts=(coded[0][0],) if coded else (),
    )


def _text(command: FillGlyphs, coded: list[Coded], mode: str, content: ContentStream, drawing: Drawing) -> str:
    return text_object(command.run, coded, drawing.placed(command.matrix), mode, content)


def _mode(run: GlyphRun) -> str:
    """Filled; to be bolder than the font is, stroked too."""
    if not run.embolden:
        return FILLED
    return f"2 Tr {number(run.embolden * run.size, _LENGTH_DIGITS)} w 0 j 4 M"


def _coded(run: GlyphRun, font: OutlineFont) -> list[Coded]:
    """A cluster of several glyphs is said beside them: no code of theirs could say it alone."""
    followed = [*(not text for text in run.characters[1:]), False]
    return [
        (font.number, font.code(glyph), font.width(glyph), not more and font.says(glyph, text))
        for glyph, text, more in zip(run.glyphs, run.characters, followed, strict=True)
    ]


def _coded_blank(run: GlyphRun, drawing: Drawing) -> list[Coded]:
    coded: list[Coded] = []
    for glyph, text in zip(run.glyphs, run.characters, strict=True):
        font = drawing.fonts.blank_font(run.face, glyph, text)
        coded.append((font.number, font.code(glyph, text), font.width(glyph), bool(text)))
    return coded


def _coded_pictures(run: GlyphRun, pixels_per_em: float, drawing: Drawing) -> list[Coded]:
    coded: list[Coded] = []
    for glyph, text in zip(run.glyphs, run.characters, strict=True):
        font = drawing.fonts.picture_font(run.face, glyph, text, pixels_per_em)
        coded.append((font.number, font.code(glyph, text), font.width(glyph), bool(text)))
    return coded


def _draw_colour_glyphs(command: FillGlyphs, content: ContentStream, drawing: Drawing) -> None:
    """Of their paint only opacity and blend mode count."""
    pixels_per_em = _FINER * drawing.scale * command.run.size * command.matrix.stretch
    coded = _coded_pictures(command.run, pixels_per_em, drawing)
    for paint in command.paints[:1]:
        alpha = paint.colour.a if isinstance(paint, SolidPaint) else paint.opacity
        state = graphics_state(content, drawing.objects, alpha=alpha, blend=paint.blend)
        content.write("q", *([state] if state else []), _text(command, coded, FILLED, content, drawing), "Q")


def _fill_outlines(command: FillGlyphs, paints: tuple[Paint, ...], content: ContentStream, drawing: Drawing) -> None:
    matrix, tolerance = drawing.placed(command.matrix), drawing.tolerance(command.matrix)
    for line in outlines(command.run):
        path = path_operators(from_skia(line), matrix, tolerance)
        stencil = Stencil(f"{path}\nf", f"{path}\nW n", matrix, drawing.box(command.bounds))
        for paint in paints if path else ():
            paint_through(stencil, paint, content, drawing)


def _overlaps(run: GlyphRun) -> bool:
    """Whether the box of some glyph meets that of the next one on its line: their outlines can then overlap."""
    font, scale = run.face.font, run.size * run.stretch / run.face.upem
    last_row, last_right = None, 0.0
    for glyph, (x, y) in zip(run.glyphs, run.positions, strict=True):
        extents = font.get_glyph_extents(glyph)
        if extents is None or not extents.width:
            continue
        left = x + extents.x_bearing * scale
        if y == last_row and left < last_right:
            return True
        last_row, last_right = y, left + extents.width * scale
    return False
