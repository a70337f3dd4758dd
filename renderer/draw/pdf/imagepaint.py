"""Images as paint: drawn through a clip, or tiled as a pattern."""

from __future__ import annotations

import math
from typing import Final

from renderer.displaylist import ImagePaint
from renderer.draw.pdf.content import Content, Resource
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.imageplace import draw_image
from renderer.draw.pdf.paths import outline, rule
from renderer.draw.pdf.states import graphics_state
from renderer.draw.pdf.syntax import array, matrix_array
from renderer.geometry import IDENTITY, Matrix, Rect

# Pixels of an image per unit of the page, at most: 288 to the inch, as printers want them. What has more is reduced.
_DENSEST: Final = 4.0


def write_image(clip: str, paint: ImagePaint, matrix: Matrix, content: Content, drawing: Drawing) -> None:
    """``clip``: operators that let through what is painted; ``matrix``: from its coordinates to the picture's."""
    if paint.opacity <= 0:
        return
    content.write("q", clip)
    if paint.clip is not None:
        content.write(f"{outline(paint.clip, matrix, 0.0)}\nW{rule(paint.clip)} n")
    state = graphics_state(content, drawing.objects, alpha=paint.opacity, blend=paint.blend)
    space = matrix @ paint.matrix
    content.write(*([state] if state else []), _drawn(paint, _factor(space, drawing), space, content, drawing), "Q")


def tile_pattern(paint: ImagePaint, matrix: Matrix, content: Content, drawing: Drawing) -> str:
    """The name of a pattern that repeats the image."""
    space = matrix @ paint.matrix
    tile = Content(grey=content.grey)
    tile.write(_drawn(paint, _factor(space, drawing), IDENTITY, tile, drawing))
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


def _drawn(paint: ImagePaint, factor: int, space: Matrix, content: Content, drawing: Drawing) -> str:
    """Where an image is reduced, its last pixels stand for a part of a square: they reach beyond its edge."""
    image = paint.image
    number = drawing.images.image(image, paint.adjustment, factor, grey=content.grey)
    width, height = (math.ceil(length / factor) * factor for length in (image.width, image.height))
    return draw_image(number, Rect(0.0, 0.0, width, height), space, content)


def _factor(space: Matrix, drawing: Drawing) -> int:
    return max(1, math.floor(1 / max(1e-9, space.stretch * drawing.scale * _DENSEST)))
