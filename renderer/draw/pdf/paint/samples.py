"""Pixels as the samples of an image: colours apart from alpha, both of a resolution that a page has use for."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from renderer.displaylist import ColourAdjustment
from renderer.draw.pdf.paint.colours import LUMA
from renderer.encode.png import drop_alpha
from renderer.pixels import Pixels, is_opaque

Samples = NDArray[np.uint8]
"""Shape (height, width) or (height, width, 3)."""

_BLOCK: Final = 16
_ROWS: Final = 256  # a multiple of the block


def reduced(premultiplied: Pixels, factor: int) -> Pixels:
    """Each square of ``factor`` pixels averaged; those at the right and lower edges can be smaller."""
    if factor <= 1:
        return premultiplied
    # A mode of four bands that Pillow takes for no alpha: the pixels are premultiplied already.
    height, width, _ = premultiplied.shape
    averaged = Image.frombuffer("CMYK", (width, height), premultiplied, "raw", "CMYK", 0, 1).reduce(factor)
    return np.ascontiguousarray(np.asarray(averaged))


def straight(premultiplied: Pixels) -> Pixels:
    """A copy with straight alpha; the same array where it is opaque."""
    if is_opaque(premultiplied):
        return premultiplied
    pixels = np.empty_like(premultiplied)
    for top in range(0, len(pixels), _ROWS):
        band = premultiplied[top : top + _ROWS]
        alpha = band[..., 3:]
        divided = (band[..., :3].astype(np.uint32) * 255 + alpha // 2) // np.maximum(alpha, 1)
        pixels[top : top + _ROWS, :, :3] = np.minimum(divided, 255)
        pixels[top : top + _ROWS, :, 3:] = alpha
    return pixels


def bled(pixels: Pixels) -> Samples:
    """The colours of straight pixels. Clear ones get the mean colour of what is around them: a reader that interpolates
    colours apart from alpha would mix black into the edges."""
    colours = drop_alpha(pixels)
    means = _mean_colours(pixels)
    for top in range(0, len(pixels), _ROWS):
        rows, columns = np.nonzero(pixels[top : top + _ROWS, :, 3] == 0)
        colours[rows + top, columns] = means[(rows + top) // _BLOCK, columns // _BLOCK]
    return colours


def adjusted(pixels: Pixels, adjustment: ColourAdjustment) -> Pixels:
    """Straight pixels with other colours; alpha as the matrix makes it."""
    made = np.empty_like(pixels)
    matrix = np.array(adjustment.matrix, np.float32).reshape(4, 5)
    for top in range(0, len(pixels), _ROWS):
        band = pixels[top : top + _ROWS].copy()
        if adjustment.curve:
            band[..., :3] = np.array(adjustment.curve, np.uint8)[band[..., :3]]
        mapped = band.astype(np.float32) @ matrix[:, :4].T + matrix[:, 4] * 255
        made[top : top + _ROWS] = np.rint(np.clip(mapped, 0, 255))
    return made


def greys(colours: Samples) -> Samples:
    """Their luminance."""
    return np.rint(colours.astype(np.float32) @ np.array(LUMA, np.float32)).astype(np.uint8)


def _mean_colours(pixels: Pixels) -> Samples:
    """Of each block of straight pixels; that of the whole image where a block is clear."""
    columns = np.arange(0, pixels.shape[1], _BLOCK)
    bands: list[NDArray[np.uint64]] = []
    for top in range(0, len(pixels), _ROWS):
        band = pixels[top : top + _ROWS].astype(np.uint32)
        band[..., :3] *= band[..., 3:]
        across = np.add.reduceat(band, columns, axis=1)
        bands.append(np.add.reduceat(across, np.arange(0, len(band), _BLOCK), axis=0, dtype=np.uint64))
    sums = np.concatenate(bands)
    whole = sums.sum(axis=(0, 1))
    sums[sums[..., 3] == 0] = whole if whole[3] else (0, 0, 0, 1)
    return (sums[..., :3] // sums[..., 3:]).astype(np.uint8)
