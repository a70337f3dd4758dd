"""The GPU surface: Skia Ganesh on an OpenGL ES context."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import skia

from renderer.draw.ganesh.egl import GlContext, make_gl_context
from renderer.draw.surface import BYTES_PER_PIXEL, Device, read_straight
from renderer.pixels import Pixels

# Skia's analytic anti-aliasing, as on the rasteriser. With 4 samples the same document is half as far off again (FLIP
# 0.0126 instead of 0.0086), for edges in steps of a quarter.
SAMPLES: Final = 0


class GaneshSurface:
    """A render target of its own on a device that outlives it."""

    def __init__(self, device: GaneshDevice, width: int, height: int, *, samples: int = SAMPLES) -> None:
        self._device = device
        self._size = (height, width, BYTES_PER_PIXEL)
        info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
        self._surface = skia.Surface.MakeRenderTarget(device.context, skia.Budgeted.kYes, info, samples)
        if self._surface is None:
            raise RuntimeError(f"the GL device has no render target of {width} x {height}")
        self._surface.getCanvas().clear(skia.ColorTRANSPARENT)

    @property
    def device(self) -> Device:
        return self._device.device

    @property
    def canvas(self) -> Any:
        return self._surface.getCanvas()

    def finish(self) -> None:
        self._surface.flushAndSubmit(skia.GrSyncCpu.kYes)

    def pixels(self) -> Pixels:
        return read_straight(self._surface, np.empty(self._size, np.uint8))


class GaneshDevice:
    """Skia's context on a current GL context. Makes surfaces; one thread only."""

    def __init__(self, gl: GlContext | None = None) -> None:
        self.gl = gl or make_gl_context()
        interface = skia.GrGLInterface.MakeEGL()
        context = skia.GrDirectContext.MakeGL(interface) if interface else None
        if context is None:
            raise RuntimeError(f"Skia cannot use the GL context of {self.gl.renderer}")
        self.context: Any = context
        api = f"{_api_of(self.gl.version)} via EGL {self.gl.platform}"
        self.device = Device(name=self.gl.renderer, software=self.gl.software, api=api)

    def make_surface(self, width: int, height: int) -> GaneshSurface:
        return GaneshSurface(self, width, height)

    def forget(self) -> None:
        """Drop what Skia has kept of earlier pictures; compiled shaders stay.

        It finds the mask of a blurred rounded rectangle again by its radii and by sigma *rounded up* (Ganesh's
        GrRRectBlurEffect), so a picture would depend on what was drawn before it: 13 of 255 in a soft shadow.
        """
        self.context.freeGpuResources()

    def close(self) -> None:
        self.context.releaseResourcesAndAbandonContext()
        self.gl.close()


def _api_of(version: str) -> str:
    """``OpenGL ES 3.2 Mesa 22.3.6`` -> ``OpenGL ES 3.2``."""
    return " ".join(version.split(" ")[:3])
