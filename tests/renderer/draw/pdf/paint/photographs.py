"""Images to paint with."""

from __future__ import annotations

import numpy as np

from renderer.images import DecodedImage, premultiplied, to_skia
from renderer.pixels import Pixels


def pixels(width: int = 60, height: int = 40) -> Pixels:
    """Opaque, smooth, in many colours."""
    y, x = np.mgrid[0:height, 0:width]
    made = np.empty((height, width, 4), np.uint8)
    made[..., 0], made[..., 1] = x * 255 // (width - 1), y * 255 // (height - 1)
    made[..., 2], made[..., 3] = 128 + 100 * np.sin(x / 9) * np.cos(y / 7), 255
    return made


def rounded(width: int = 60, height: int = 40) -> Pixels:
    """The same in a disc, clear around it."""
    y, x = np.mgrid[0:height, 0:width]
    made = pixels(width, height)
    made[..., 3] = np.where(np.hypot(x - width / 2, y - height / 2) < height / 2.5, 255, 0)
    return made


def image(straight: Pixels, kind: str = "PNG", ref: str = "photograph") -> DecodedImage:
    ready = premultiplied(np.ascontiguousarray(straight))
    return DecodedImage(ref, ready, to_skia(ready), kind)


def photograph(kind: str = "PNG") -> DecodedImage:
    return image(pixels(), kind)
