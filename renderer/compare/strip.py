"""Several pictures in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from renderer.pixels import Pixels

GAP: Final = 16


def strip(pictures: Sequence[Pixels]) -> Pixels:
    """Side by side, tops aligned, with a clear gap between them."""
    height = max(picture.shape[0] for picture in pictures)
    width = sum(picture.shape[1] for picture in pictures) + GAP * (len(pictures) - 1)
    drawn = np.zeros((height, width, 4), np.uint8)
    left = 0
    for picture in pictures:
        drawn[: picture.shape[0], left : left + picture.shape[1]] = picture
        left += picture.shape[1] + GAP
    return drawn
