"""Images as paint: drawn through a clip, or tiled as a pattern."""

from __future__ import annotations

import math
from typing import Final

from renderer.displaylist import ImagePaint
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream, Resource
from renderer.draw.pdf.file.states import graphics_state
from renderer.draw.pdf.file.syntax import array, matrix_array
from renderer.draw.pdf.paint.imageplace import draw_exactly, draw_image
from renderer.draw.pdf.paths import outline
from renderer.geometry import Matrix, Rect

# Pixels of an image per unit of the page, at most: 288 to the inch, as printers want them. What has more is reduced.
_DENSEST: Final = 4.0


def write_image(clip: str, paint: ImagePaint, matrix: Matrix, content: ContentStream, drawing: Drawing) -> None:
    """``clip``: operators that let through what is painted; ``matrix``: from its coordinates to the picture's."""
    if paint.opacity <= 0:
        return
    space = matrix @ paint.matrix
    content.write("q", clip)
    if paint.clip is not None:
        own = Rect(0.0, 0.0, paint.image.width, paint.image.height)
        content.write(f"{outline(own, space, 0.0, scale=drawing.scale)}\nW n")
    state = graphics_state(content, drawing.objects, alpha=paint.opacity, blend=paint.blend)
    number, box = _image(paint, _factor(space, drawing), content, drawing)
    content.write(*([state] if state else []), draw_image(number, box, content, space), "Q")


def tile_pattern(paint: ImagePaint, matrix: Matrix, content: ContentStream, drawing: Drawing) -> str:
    """The name of a pattern that repeats the image."""
    space = matrix @ paint.matrix
    tile = ContentStream(grey=content.grey)
    number, box = _image(paint, _factor(space, drawing), tile, drawing)
    tile.write(draw_exactly(number, box, tile))
    width, height = str(paint.image.width), str(paint.image.height)
    entries = {
        "PatternType": "1",
        "PaintType": "1",
        "TilingType": "1",
        "BBox": array(["0 0", width, height]),
        "XStep": width,
        "YStep": height,
        "Resources": tile.resources(),
        "Matrix": matrix_array(space),
    }
    return content.use(Resource.PATTERN, drawing.objects.add_stream(entries, tile.body()))


def _image(paint: ImagePaint, factor: int, content: ContentStream, drawing: Drawing) -> tuple[int, Rect]:
    """The XObject, and the box of the image's pixels that it covers: where it is reduced, its last pixels stand for a
    part of a square and reach beyond the edge."""
    image = paint.image
    number = drawing.images.image(image, paint.adjustment, factor, grey=content.grey)
    width, height = (math.ceil(length / factor) * factor for length in (image.width, image.height))
    return number, Rect(0.0, 0.0, width, height)


def _factor(space: Matrix, drawing: Drawing) -> int:
    return max(1, math.floor(1 / max(1e-9, space.stretch * drawing.scale * _DENSEST)))
