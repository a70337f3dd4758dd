"""One call for all formats that hold pixels."""

from __future__ import annotations

from typing import Final

from renderer.encode.lossy import encode_avif, encode_jpeg, encode_webp
from renderer.encode.png import encode_png
from renderer.formats import ImageFormat
from renderer.pixels import Pixels

_POINTS_PER_INCH: Final = 72.0  # a document pixel is a point, as in Figma


def encode(pixels: Pixels, image_format: ImageFormat, *, quality: int, scale: float) -> bytes:
    """``scale``: device pixels per document pixel; becomes the density where the format can say it.

    Raises ValueError for a vector format, which is written instead.
    """
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
        case _:
            raise ValueError(f"{image_format.label} is not made of pixels")
