"""Images, embedded once each: as JPEG where that is what they were and nothing shines through, else as PNG."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable
from typing import Final

import numpy as np
import skia

from renderer.displaylist import ColourAdjustment, Command, FillArea, FillGlyphs, ImagePaint
from renderer.draw.canvas.imagepaints import colour_filter
from renderer.draw.svg.sheet import Sheet
from renderer.encode.lossy import encode_jpeg
from renderer.encode.png import encode_png
from renderer.images import DecodedImage
from renderer.pixels import Pixels

_ENLARGEMENT: Final = 8.0  # image pixels per pixel of the picture that are worth keeping
_QUALITY: Final = 90
_DOTS_PER_INCH: Final = 72.0
_BYTES_PER_PIXEL: Final = 4
_SMOOTH: Final = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)


def embedded(paint: ImagePaint, sheet: Sheet) -> str:
    """The id of an ``image`` element whose units are the image's pixels."""
    key = (id(paint.image), paint.adjustment)
    known = sheet.images.get(key)
    if known is None:
        known = sheet.images[key] = _embed(paint.image, paint.adjustment, sheet)
    return known


def address(pixels: Pixels, *, lossy: bool = False) -> str:
    """A ``data:`` URI of straight RGBA."""
    if lossy:
        kind, content = "jpeg", encode_jpeg(pixels, quality=_QUALITY, dots_per_inch=_DOTS_PER_INCH)
    else:
        kind, content = "png", encode_png(pixels, dots_per_inch=_DOTS_PER_INCH)
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def finest_uses(commands: Iterable[Command]) -> dict[int, float]:
    """By the image's identity: document pixels per image pixel where the image is largest."""
    finest: dict[int, float] = {}
    for command in commands:
        if isinstance(command, FillArea | FillGlyphs):
            for paint in command.paints:
                if isinstance(paint, ImagePaint):
                    stretch = (command.matrix @ paint.matrix).stretch
                    finest[id(paint.image)] = max(finest.get(id(paint.image), 0.0), stretch)
    return finest


def _embed(image: DecodedImage, adjustment: ColourAdjustment | None, sheet: Sheet) -> str:
    size = f' width="{image.width}" height="{image.height}" preserveAspectRatio="none"'
    lossy = image.kind == "JPEG" and image.opaque
    pixels = _pixels(image, adjustment, _reduction(image, sheet))
    return sheet.define("image", f'{size} xlink:href="{address(pixels, lossy=lossy)}"', "")


def _reduction(image: DecodedImage, sheet: Sheet) -> int:
    """A power of two: by how much the image may be reduced without anybody seeing it."""
    finest = sheet.finest_uses.get(id(image), 1.0) * sheet.scale
    spare = 1.0 / max(finest * _ENLARGEMENT, 1e-6)
    most = max(1, min(image.width, image.height))
    return 1 << max(0, math.floor(math.log2(min(spare, most)))) if spare >= 2 else 1


def _pixels(image: DecodedImage, adjustment: ColourAdjustment | None, reduction: int) -> Pixels:
    """Straight RGBA."""
    width, height = max(1, image.width // reduction), max(1, image.height // reduction)
    surface = skia.Surface.MakeRaster(
        skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    )
    paint = skia.Paint(BlendMode=skia.BlendMode.kSrc)
    if adjustment is not None:
        paint.setColorFilter(colour_filter(adjustment))
    surface.getCanvas().drawImageRect(image.drawable, skia.Rect.MakeWH(width, height), _SMOOTH, paint)
    straight = np.empty((height, width, _BYTES_PER_PIXEL), np.uint8)
    info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType)
    if not surface.readPixels(info, straight, width * _BYTES_PER_PIXEL, 0, 0):
        raise RuntimeError("Skia could not read an image back")
    return straight
