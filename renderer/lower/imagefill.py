"""Image fills: where an image lands in an item, as one map from image pixels to the item's coordinates."""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.displaylist import ImagePaint
from renderer.geometry import Matrix, PathData, Point, Rect
from renderer.geometry.path import PathBuilder
from renderer.images import DecodedImage
from renderer.lower.adjustment import adjustment
from renderer.lower.lowering import Lowering
from renderer.scene import BlendMode, ImageFill, ScaleMode, Shape, Text

_SLACK: Final = 1e-3  # of the image's longer side


def image_paint(
    fill: ImageFill, item: Shape | Text, opacity: float, blend: BlendMode, lowering: Lowering
) -> ImagePaint | None:
    """None, and a warning, when nobody has the image; None when its transform flattens it to nothing."""
    image = lowering.images.get(fill.ref)
    if image is None:
        detail = f"no image with the digest {fill.ref} was given; the fill is left out"
        lowering.warnings.add("image-missing", detail, item.id)
        return None
    matrix = place(fill, image.width, image.height, item.width, item.height)
    if matrix is None:
        return None
    repeats = fill.scale_mode is ScaleMode.TILE
    adjusted = adjustment(fill.filters) if fill.filters is not None else None
    if adjusted is not None:
        lowering.warnings.add("image-filter-approximated", "image adjustments are close to Figma's, not equal", item.id)
    clip = None if repeats or _covers(matrix, image, item) else _outline(matrix, image)
    return ImagePaint(image, matrix, repeats, clip, adjusted, opacity, blend)


def place(fill: ImageFill, image_width: int, image_height: int, width: float, height: float) -> Matrix | None:
    """From image pixels to the item: FILL, FIT, TILE or STRETCH. None when that flattens the image to nothing."""
    if fill.scale_mode is ScaleMode.STRETCH:
        return _stretch(fill.transform or Matrix(), image_width, image_height, width, height)
    turned = _turned(fill.quarter_turns, image_width, image_height)
    if fill.scale_mode is ScaleMode.TILE:
        factor = fill.scaling_factor
        return _scaled(turned, factor, 0.0, 0.0) if factor > 0 else None
    across, down = (image_width, image_height) if fill.quarter_turns % 2 == 0 else (image_height, image_width)
    scales = width / across, height / down
    scale = max(scales) if fill.scale_mode is ScaleMode.FILL else min(scales)
    if scale <= 0:
        return None
    return _scaled(turned, scale, (width - across * scale) / 2, (height - down * scale) / 2)


def _stretch(transform: Matrix, image_width: int, image_height: int, width: float, height: float) -> Matrix | None:
    """From the image's unit square to the item is the inverse of the document's map."""
    t, unit = transform, skia.Matrix()
    if not skia.Matrix.MakeAll(t.a, t.c, t.e, t.b, t.d, t.f, 0.0, 0.0, 1.0).invert(unit):
        return None
    unit.postScale(width, height)
    unit.preScale(1 / image_width, 1 / image_height)
    return _values(unit)


def _values(matrix: Any) -> Matrix:
    return Matrix(
        matrix.getScaleX(),
        matrix.getSkewY(),
        matrix.getSkewX(),
        matrix.getScaleY(),
        matrix.getTranslateX(),
        matrix.getTranslateY(),
    )


def _turned(quarter_turns: int, width: int, height: int) -> Matrix:
    """Turn clockwise about the origin, then move back so that the top left corner is at the origin again."""
    match quarter_turns % 4:
        case 1:
            return Matrix(0.0, 1.0, -1.0, 0.0, height, 0.0)
        case 2:
            return Matrix(-1.0, 0.0, 0.0, -1.0, width, height)
        case 3:
            return Matrix(0.0, -1.0, 1.0, 0.0, 0.0, width)
        case _:
            return Matrix()


def _scaled(matrix: Matrix, scale: float, left: float, top: float) -> Matrix:
    return Matrix(scale, 0.0, 0.0, scale, left, top) @ matrix


def _outline(matrix: Matrix, image: DecodedImage) -> PathData:
    built = PathBuilder()
    corners = [(0.0, 0.0), (image.width, 0.0), (image.width, image.height), (0.0, image.height)]
    places = [matrix.apply(Point(x, y)) for x, y in corners]
    built.move(places[0].x, places[0].y)
    for place_ in places[1:]:
        built.line(place_.x, place_.y)
    built.close()
    return built.build()


def _covers(matrix: Matrix, image: DecodedImage, item: Shape | Text) -> bool:
    """Whether the placed image contains the whole item, give or take a rounding error."""
    inverse = matrix.inverse()
    if inverse is None or not inverse.keeps_axes:
        return False
    needed = inverse.box(Rect(0.0, 0.0, item.width, item.height))
    slack = _SLACK * max(image.width, image.height)
    return Rect(0.0, 0.0, image.width, image.height).outset(slack).holds(needed)
