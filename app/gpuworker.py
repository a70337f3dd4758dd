"""The GPU path's entry. On its own, because what it imports (PyOpenGL and the GL libraries, 12 MB) would make every
fork of the CPU path slower."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Final

from app.worker import RendererEntry
from renderer.draw import MakeSurface
from renderer.draw.ganesh import GaneshDevice
from renderer.warm import exercises, warm_surface

# PyOpenGL would import these by name at the first call that takes an array; a locked worker has no file to import from.
_ARRAY_KINDS: Final = ("ctypesarrays", "ctypesparameters", "ctypespointers", "nones")


class GpuEntry(RendererEntry):
    """Skia Ganesh on a GL context that is made in :meth:`warm`."""

    _device: GaneshDevice

    def preload(self) -> None:
        super().preload()
        for kind in _ARRAY_KINDS:
            importlib.import_module(f"OpenGL.arrays.{kind}")

    def probe(self) -> dict[str, object]:
        """Make the context, and have its driver compile and read back something small."""
        self._device = GaneshDevice()
        surface = self._device.make_surface(8, 8)
        surface.canvas.clear(0xFF336699)
        surface.pixels()
        device = self._device.device
        return {"name": device.name, "software": device.software, "api": device.api}

    def warm(self) -> dict[str, object]:
        """Also draw what compiles the shaders most documents need."""
        facts = self.probe()
        warm_surface(self._device.make_surface, self.fonts)
        self._device.forget()
        return facts

    def exercises(self) -> Iterator[None]:
        return exercises(self._device.make_surface, self.fonts)

    def touch(self) -> None:
        super().touch()
        self._device.forget()

    def forget(self) -> None:
        """Or a picture would depend on those before it."""
        self._device.forget()

    def make_surface(self) -> MakeSurface:
        return self._device.make_surface
