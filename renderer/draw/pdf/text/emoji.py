"""Pictures of colour glyphs."""

from __future__ import annotations

from typing import Final

from renderer.displaylist import FillGlyphs, SolidPaint
from renderer.draw.pdf.file.content import ContentStream
from renderer.draw.pdf.paint.imageplace import draw_exactly
from renderer.draw.pdf.paint.images import Images
from renderer.draw.pdf.raster.pictures import Pictures
from renderer.fonts import FaceInstance
from renderer.geometry import IDENTITY, Colour, Matrix, Rect
from renderer.text.model import GlyphRun

_MARGIN_PX: Final = 2.0
_BLACK: Final = SolidPaint(Colour(0.0, 0.0, 0.0))
_PER_EM: Final = 1000.0


def draw_glyph(
    instance: FaceInstance, size: int, glyph: int, content: ContentStream, *, images: Images, pictures: Pictures
) -> None:
    """Into a glyph procedure: in thousandths of an em, y up. ``size``: pixels per em."""
    box = _box(instance, size, glyph)
    run = GlyphRun(instance, size, (glyph,), ((0.0, 0.0),), ("",), (), colour_glyphs=True)
    pixels = pictures.pixels((FillGlyphs(run, IDENTITY, (_BLACK,), box),), box, 1.0)
    if pixels[..., 3].any():
        to_glyph = Matrix.scaling(_PER_EM / size, -_PER_EM / size)
        content.write(draw_exactly(images.picture(pixels, grey=False), box, content, to_glyph))


def _box(instance: FaceInstance, size: int, glyph: int) -> Rect:
    """Where the glyph can paint, y down from its baseline, whole pixels."""
    scale, metrics = size / instance.upem, instance.metrics
    advance = instance.font.get_glyph_h_advance(glyph) * scale
    box = Rect(0.0, -metrics.ascent * size, advance, (metrics.ascent + metrics.descent) * size)
    extents = instance.font.get_glyph_extents(glyph)
    if extents is not None and extents.width:
        left, top = extents.x_bearing * scale, -extents.y_bearing * scale
        box = box.union(Rect(left, top, extents.width * scale, -extents.height * scale))
    box = box.outset(_MARGIN_PX)
    left, top = float(int(box.x) - 1), float(int(box.y) - 1)
    return Rect(left, top, float(int(box.right - left) + 1), float(int(box.bottom - top) + 1))
