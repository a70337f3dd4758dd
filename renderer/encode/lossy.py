"""JPEG, WebP and AVIF through Pillow, tagged as sRGB."""

from __future__ import annotations

import io
import re
from typing import Any, Final

import numpy as np
from PIL import AvifImagePlugin, Image, ImageCms, JpegImagePlugin, WebPImagePlugin

from renderer.encode.png import drop_alpha
from renderer.pixels import Pixels, is_opaque

# A thread would be a clone() under the lock, and codec threads make the bytes depend on the number of processors.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
_PLUGINS: Final = (JpegImagePlugin, WebPImagePlugin, AvifImagePlugin)  # imported by name: Pillow would do it lazily
# Made once, at import: littlecms writes the current time into a profile, so its header is fixed below.
_DATE: Final = slice(24, 36)
# libavif, libwebp and libjpeg through Pillow; libavif says of its encoders' own failures only where they happened.
_OUT_OF_MEMORY: Final = re.compile(r"out of memory|of (?:color|alpha) planes failed", re.IGNORECASE)
_WEBP_EFFORT: Final = 2  # 0 fast .. 6 small
_AVIF_SPEED: Final = 9  # 0 small .. 10 fast


def _srgb_profile() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_DATE] = bytes((0x07, 0xE8, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))  # 2024-01-01 00:00:00
    return bytes(profile)


SRGB_PROFILE: Final = _srgb_profile()


def encode_jpeg(pixels: Pixels, *, quality: int, dots_per_inch: float) -> bytes:
    """Transparent pixels are laid on white: JPEG has no alpha."""
    dots = max(1, round(dots_per_inch))
    subsampling = 0 if quality >= 90 else 2  # 4:4:4 or 4:2:0
    return _save(Image.fromarray(flatten(pixels)), "JPEG", quality=quality, dpi=(dots, dots), subsampling=subsampling)


def encode_webp(pixels: Pixels, *, quality: int) -> bytes:
    return _save(_image(pixels), "WEBP", quality=quality, method=_WEBP_EFFORT)


def encode_avif(pixels: Pixels, *, quality: int) -> bytes:
    return _save(_image(pixels), "AVIF", quality=quality, speed=_AVIF_SPEED, max_threads=1)


def flatten(pixels: Pixels) -> Pixels:
    """RGB over white, rounded to nearest."""
    if is_opaque(pixels):
        return drop_alpha(pixels)
    alpha = pixels[..., 3:].astype(np.uint16)
    mixed = pixels[..., :3] * alpha + 255 * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(drop_alpha(pixels) if is_opaque(pixels) else pixels)


def _save(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Raises MemoryError for what the codecs call by other names when they are out of it."""
    buffer = io.BytesIO()
    try:
        image.save(buffer, kind, icc_profile=SRGB_PROFILE, **options)
    except (RuntimeError, OSError, ValueError) as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise MemoryError from None
        raise
    return buffer.getvalue()
