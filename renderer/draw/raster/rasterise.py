"""A part of a display list as pixels, for targets that cannot say it otherwise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from renderer.displaylist import Command, DisplayList
from renderer.draw.canvas import perform_all
from renderer.draw.canvas.playback import Playback
from renderer.draw.raster.surface import make_raster_surface
from renderer.geometry import Matrix, Rect
from renderer.pixels import Pixels
from renderer.warnings import Warnings

_ROUNDING_PX: Final = 1e-3  # places come from sums of floats


def rasterise(
    display_list: DisplayList, commands: Sequence[Command], area: Rect, scale: float, *, warnings: Warnings
) -> Pixels:
    """Straight RGBA of some of the list's commands alone, on a clear ground. Groups that they leave open are closed.

    ``area``: what of the page is shown, in page coordinates; ``scale``: pixels per document pixel. The top left of the
    first pixel is that of the area, and the last row and column reach beyond it where its size is no whole number of
    pixels: ``ceil(area.width * scale)`` of them, one at least. The caller bounds the size. Raises :class:`LimitError`
    and MemoryError as :func:`renderer.draw.canvas.play` does.
    """
    surface = make_raster_surface(_pixels(area.width * scale), _pixels(area.height * scale))
    device = Matrix(scale, 0.0, 0.0, scale, -area.x * scale, -area.y * scale)
    perform_all(commands, Playback(surface.canvas, device, display_list, warnings))
    return surface.pixels()


def _pixels(length: float) -> int:
    return max(1, math.ceil(length - _ROUNDING_PX))
