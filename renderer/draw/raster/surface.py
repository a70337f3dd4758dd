"""The CPU surface: Skia's rasteriser, drawing straight into a NumPy array."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import skia

from renderer.draw.surface import BYTES_PER_PIXEL, Device, read_straight
from renderer.pixels import Pixels, is_opaque

DEVICE: Final = Device(name=f"Skia raster {skia.__version__.split('.')[0]}", software=True, api="raster")


class RasterSurface:
    """Draws premultiplied RGBA into memory of its own; ``pixels`` converts to straight alpha in one pass."""

    def __init__(self, width: int, height: int) -> None:
        self._memory = np.zeros((height, width, BYTES_PER_PIXEL), np.uint8)
        info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
        self._surface = skia.Surface.MakeRasterDirect(info, self._memory, width * BYTES_PER_PIXEL)

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
