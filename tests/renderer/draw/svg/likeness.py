"""How alike our picture and another engine's are, and how alike they must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from renderer.compare.ground import grounds, laid_on
from renderer.compare.ssim import ssim_map
from renderer.pixels import Pixels

LEAST: Final = 0.98
"""SSIM, on white and, where something is translucent, on black too."""
_REACH: Final = 3

Exceptions = Mapping[str, tuple[float, str]]
"""By the name of a list or a scene: the least SSIM, and why it is not more."""


def similarity(ours: Pixels, theirs: Pixels) -> float:
    """SSIM away from the very edge, the worse of the grounds. A picture whose size is no whole number of pixels may be
    a row or a column larger in another engine."""
    height, width = ours.shape[:2]
    assert theirs.shape[0] - height in (0, 1)
    assert theirs.shape[1] - width in (0, 1)
    same = np.ascontiguousarray(theirs[:height, :width])
    inside = (slice(_REACH, -_REACH), slice(_REACH, -_REACH))
    return min(
        float(ssim_map(laid_on(ours, ground), laid_on(same, ground))[inside].mean()) for ground in grounds(ours, same)
    )


def least(name: str, exceptions: Exceptions) -> float:
    return exceptions[name][0] if name in exceptions else LEAST
