"""Where a picture is drawn: a canvas, and the pixels it leaves behind."""

from __future__ import annotations

from renderer.surface.device import Device, Pixels, Surface
from renderer.surface.raster import RasterSurface, make_raster_surface

__all__ = ["Device", "Pixels", "RasterSurface", "Surface", "make_raster_surface"]
