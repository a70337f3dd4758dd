"""Pixels as the samples of an image: colours apart from alpha, both of a resolution that a page has use for."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from renderer.displaylist import ColourAdjustment
from renderer.draw.pdf.colours import LUMA
from renderer.pixels import Pixels, is_opaque

Samples = NDArray[np.uint8]
"""Shape (height, width) or (height, width, 3)."""

_BLOCK: Final = 16
_ROWS: Final = 256


def reduced(premultiplied: Pixels, factor: int) -> Pixels:
    """Each square of ``factor`` pixels averaged; those at the right and lower edges can be smaller."""
    if factor <= 1:
        return premultiplied
    # A mode of four bands that Pillow takes for no alpha: the pixels are premultiplied already.
    height, width, _ = premultiplied.shape
    averaged = Image.frombuffer("CMYK", (width, height), premultiplied, "raw", "CMYK", 0, 1).reduce(factor)
    return np.ascontiguousarray(np.asarray(averaged))


def straight(premultiplied: Pixels) -> Pixels:
    """A copy with straight alpha. Clear pixels get the mean colour of what is around them: a reader that interpolates
    would mix black into the edges."""
    if is_opaque(premultiplied):
        return premultiplied
    pixels = np.empty_like(premultiplied)
    around = _mean_colours(premultiplied)
    for top in range(0, len(pixels), _ROWS):
        band = premultiplied[top : top + _ROWS]
        alpha = band[..., 3:]
        divided = (band[..., :3].astype(np.uint32) * 255 + alpha // 2) // np.maximum(alpha, 1)
        clear = alpha[..., 0] == 0
        divided[clear] = around[_blocks(top, band, clear)]
        pixels[top : top + _ROWS, :, :3] = np.minimum(divided, 255)
        pixels[top : top + _ROWS, :, 3:] = alpha
    return pixels


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


def greys(pixels: Pixels) -> Samples:
    """The luminance of straight pixels."""
    return np.rint(pixels[..., :3].astype(np.float32) @ np.array(LUMA, np.float32)).astype(np.uint8)


def _blocks(top: int, band: Pixels, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    rows, columns = np.nonzero(chosen)
    return (rows + top) // _BLOCK, columns // _BLOCK


def _mean_colours(premultiplied: Pixels) -> NDArray[np.uint32]:
    """Straight, of each block of pixels; that of the whole image where a block is clear."""
    height, width, _ = premultiplied.shape
    rows, columns = np.arange(0, height, _BLOCK), np.arange(0, width, _BLOCK)
    across = np.add.reduceat(premultiplied, columns, axis=1, dtype=np.uint32)
    sums = np.add.reduceat(across, rows, axis=0, dtype=np.uint64)
    whole = sums.sum(axis=(0, 1))
    sums[sums[..., 3] == 0] = whole if whole[3] else (0, 0, 0, 1)
    return np.minimum(sums[..., :3] * 255 // sums[..., 3:], 255).astype(np.uint32)
