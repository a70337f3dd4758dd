"""The CPU surface: Skia's rasteriser, drawing straight into a NumPy array."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import skia

from renderer.surface.device import Device, Pixels

DEVICE: Final = Device(name=f"Skia raster {skia.__version__.split('.')[0]}", software=True, api="raster")
_BYTES_PER_PIXEL: Final = 4


class RasterSurface:
    """Draws premultiplied RGBA into memory of its own; ``pixels`` converts to straight alpha in one pass."""

    def __init__(self, width: int, height: int) -> None:
        self._memory = np.zeros((height, width, _BYTES_PER_PIXEL), np.uint8)
        info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
        self._surface = skia.Surface.MakeRasterDirect(info, self._memory, width * _BYTES_PER_PIXEL)

    @property
    def device(self) -> Device:
        return DEVICE

    @property
    def canvas(self) -> Any:
        return self._surface.getCanvas()

    def finish(self) -> None:
        """The rasteriser draws at once."""

    def pixels(self) -> Pixels:
        if is_opaque(self._memory):
            return self._memory
        return read_straight(self._surface, np.empty_like(self._memory))


def make_raster_surface(width: int, height: int) -> RasterSurface:
    return RasterSurface(width, height)


def is_opaque(pixels: Pixels) -> bool:
    """Whether every alpha is 255. One AND over whole pixels: 0.06 ms for 1024 x 1024."""
    if pixels.size == 0:
        return False
    return int(np.bitwise_and.reduce(pixels.view("<u4"), axis=None)) >> 24 == 0xFF


def read_straight(surface: Any, into: Pixels) -> Pixels:
    """Read a Skia surface as straight-alpha RGBA into an array of the surface's size."""
    height, width, _ = into.shape
    info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType)
    if not surface.readPixels(info, into, width * _BYTES_PER_PIXEL, 0, 0):
        raise RuntimeError("Skia could not read the surface back")
    return into
