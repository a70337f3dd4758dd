"""Pixels drawn by the CPU."""

from __future__ import annotations

from renderer.draw.raster.rasterise import rasterise
from renderer.draw.raster.surface import DEVICE, RasterSurface, make_raster_surface

__all__ = ["DEVICE", "RasterSurface", "make_raster_surface", "rasterise"]
