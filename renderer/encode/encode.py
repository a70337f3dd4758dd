"""One call for all formats."""

from __future__ import annotations

from typing import Final

from renderer.encode.lossy import encode_avif, encode_jpeg, encode_webp
from renderer.encode.png import encode_png
from renderer.options import ImageFormat
from renderer.pixels import Pixels

_POINTS_PER_INCH: Final = 72.0  # a document pixel is a point, as in Figma
_MEDIA_TYPES: Final = {
    ImageFormat.PNG: "image/png",
    ImageFormat.JPEG: "image/jpeg",
    ImageFormat.WEBP: "image/webp",
    ImageFormat.AVIF: "image/avif",
}


def media_type(image_format: ImageFormat) -> str:
    return _MEDIA_TYPES[image_format]


def encode(pixels: Pixels, image_format: ImageFormat, *, quality: int, scale: float) -> bytes:
    """``scale``: device pixels per document pixel; becomes the density where the format can say it."""
    dots_per_inch = _POINTS_PER_INCH * scale
    match image_format:
        case ImageFormat.PNG:
            return encode_png(pixels, dots_per_inch=dots_per_inch)
        case ImageFormat.JPEG:
            return encode_jpeg(pixels, quality=quality, dots_per_inch=dots_per_inch)
        case ImageFormat.WEBP:
            return encode_webp(pixels, quality=quality)
        case ImageFormat.AVIF:
            return encode_avif(pixels, quality=quality)
