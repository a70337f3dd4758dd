"""What PDF has no words for, as pixels: that area alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from renderer.displaylist import Command, DisplayList, MaskSource, Pop, PushClip, PushGroup, PushMasked
from renderer.draw.raster import rasterise
from renderer.geometry import Rect
from renderer.limits import MAX_COARSENING_PIXELS, MAX_REPLAYED_COMMANDS
from renderer.pixels import Pixels
from renderer.warnings import Warnings

_FINER: Final = 2.0  # than the picture itself
# Samples per standard deviation of a blur: between them a reader that interpolates is less than one of 255 off.
_PER_SIGMA: Final = 8.0
_SHARE: Final = 0.25  # of what is left of them, for one area
_KEPT: Final = (PushClip, PushGroup, PushMasked, MaskSource, Pop)
_LEAST_PIXELS: Final = 64.0  # for one area, when nothing is left


class Pictures:
    """``scale``: units of the page per document pixel. All areas together have a limited number of pixels; as it runs
    out, areas get coarser."""

    def __init__(self, display_list: DisplayList, scale: float, warnings: Warnings) -> None:
        self._display_list = display_list
        self._scale = scale
        self._warnings = warnings
        self._pixels_left = MAX_COARSENING_PIXELS
        self._replays_left = MAX_REPLAYED_COMMANDS

    def resolution(self, area: Rect, sigma: float | None = None) -> float:
        """Pixels per document pixel. ``sigma``: of the blur that all of it went through."""
        wanted = self._scale * _FINER
        if sigma is not None and sigma > 0:
            wanted = min(wanted, _PER_SIGMA / sigma)
        most = max(_LEAST_PIXELS, self._pixels_left * _SHARE)
        size, side = max(1e-6, area.width * area.height), max(1e-6, area.width, area.height)  # there may be nothing
        return min(wanted, math.sqrt(most / size), most / side)

    def can_replay(self, count: int) -> bool:
        """Whether so many commands may be drawn once more for the sake of others. A background blur draws all that lies
        below it: many of them must not take for ever."""
        self._replays_left -= count
        return self._replays_left >= 0

    def pixels(self, commands: Sequence[Command], area: Rect, resolution: float) -> Pixels:
        """Straight RGBA of the commands alone. ``area``: of the page."""
        made = rasterise(self._display_list, commands, area, resolution, warnings=self._warnings)
        self._pixels_left -= made.shape[0] * made.shape[1]
        return made


def covered(area: Rect, resolution: float, pixels: Pixels) -> Rect:
    """What of the page the pixels show: up to a pixel more than the area, to the right and below."""
    height, width = pixels.shape[:2]
    return Rect(area.x, area.y, width / resolution, height / resolution)


def on_grid(area: Rect, resolution: float, origin: Rect) -> Rect:
    """The area with its edges moved outwards to where pixels begin, counted from the picture's top left: so each pixel
    of it falls on one of a page that is shown as finely."""
    left = math.floor((area.x - origin.x) * resolution + 1e-6) / resolution + origin.x
    top = math.floor((area.y - origin.y) * resolution + 1e-6) / resolution + origin.y
    right = math.ceil((area.right - origin.x) * resolution - 1e-6) / resolution + origin.x
    bottom = math.ceil((area.bottom - origin.y) * resolution - 1e-6) / resolution + origin.y
    return Rect(left, top, right - left, bottom - top)


def within(area: Rect, commands: Sequence[Command]) -> tuple[Command, ...]:
    """The commands that can touch an area; groups stay whole."""
    return tuple([each for each in commands if isinstance(each, _KEPT) or each.bounds.meets(area)])
