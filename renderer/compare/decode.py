"""A picture's bytes to its pixels. Hostile bytes: the size is checked from the header, before anything is allocated."""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import Image

from renderer.exceptions import ImageError, LimitError, RenderError
from renderer.images import to_rgba
from renderer.pixels import Pixels
from renderer.webpsize import webp_size

# What the renderer writes, and with it what a reference may be.
FORMATS: Final = ("PNG", "JPEG", "WEBP", "AVIF")


def decode(data: bytes | memoryview, *, name: str, max_pixels: int) -> Pixels:
    """Upright RGBA in sRGB. ``name``: whose picture it is, for the refusal. Raises ImageError or LimitError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a warning would be written to stderr, under the lock
            early = webp_size(data)
            if early is not None:  # libwebp allocates the whole canvas as soon as it is opened
                _check(*early, name=name, max_pixels=max_pixels)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check(*image.size, name=name, max_pixels=max_pixels)
                image.load()
                return to_rgba(image, _unheard)
    except (RenderError, MemoryError):
        raise
    except Exception as error:  # Pillow's plugins raise whatever their parsers run into
        detail = f"The picture `{name}` cannot be decoded ({type(error).__name__}): send a complete PNG file."
        raise ImageError(detail, field=name) from error


def _check(width: int, height: int, *, name: str, max_pixels: int) -> None:
    if width * height > max_pixels:
        detail = f"The picture `{name}` is {width} x {height}: {max_pixels} pixels are allowed; send a smaller one."
        raise LimitError(detail, code="limit-image-pixels", field=name)


def _unheard(code: str, detail: str) -> None:
    """What a picture's colour profile says does not change which pixels it has."""
