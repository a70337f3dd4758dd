"""Where two pictures differ, and how much, as a picture."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderer.compare.ground import WHITE, laid_on
from renderer.compare.measure import Delta
from renderer.pixels import Pixels

# The scale is logarithmic: one step of 255 can be seen, and is told from ten. (delta, red, green, blue)
SCALE: Final = ((1, 255, 236, 158), (4, 254, 190, 82), (16, 240, 100, 60), (64, 190, 30, 90), (255, 60, 0, 90))
_PALE: Final = 0.12
_LUMA: Final = (0.2126, 0.7152, 0.0722)


def _colours() -> NDArray[np.uint8]:
    """The colour of every delta; shape (256, 3)."""
    positions = np.log2([step[0] for step in SCALE])
    deltas = np.log2(np.maximum(np.arange(256), 1))
    channels = [np.interp(deltas, positions, [step[channel] for step in SCALE]) for channel in (1, 2, 3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


_COLOURS: Final = _colours()


def heat_map(picture: Pixels, delta: Delta) -> Pixels:
    """The difference in colour on a pale grey copy of the picture; opaque."""
    grey = (laid_on(picture, WHITE) @ np.array(_LUMA, np.float32)) * _PALE + 255 * (1 - _PALE)
    drawn = np.full(picture.shape, 255, np.uint8)
    drawn[..., :3] = grey[..., np.newaxis].astype(np.uint8)
    changed = delta > 0
    drawn[changed, :3] = _COLOURS[delta[changed]]
    return drawn
