"""What every surface offers, and how it names the device that draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

import skia

from renderer.pixels import Pixels

BYTES_PER_PIXEL: Final = 4


@dataclass(frozen=True, slots=True)
class Device:
    """Who draws. ``software``: no graphics hardware is involved, whatever the API is called."""

    name: str
    software: bool
    api: str


class Surface(Protocol):
    """A canvas of a fixed size in device pixels, transparent at first."""

    @property
    def device(self) -> Device: ...

    @property
    def canvas(self) -> Any: ...

    def finish(self) -> None:
        """Wait until everything is drawn, so that drawing and reading can be timed apart."""
        ...

    def pixels(self) -> Pixels:
        """Read the finished drawing back. The array stays valid until the next call."""
        ...


def read_straight(surface: Any, into: Pixels) -> Pixels:
    """Read a Skia surface as straight-alpha RGBA into an array of the surface's size."""
    height, width, _ = into.shape
    info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType)
    if not surface.readPixels(info, into, width * BYTES_PER_PIXEL, 0, 0):
        raise RuntimeError("Skia could not read the surface back")
    return into
