"""Structural similarity, per pixel: Wang et al., *Image quality assessment: from error visibility to structural
similarity* (2004), with a 7 x 7 window, as scikit-image computes it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from renderer.compare.ground import Rgb

WINDOW: Final = 7
REACH: Final = WINDOW // 2


def ssim_map(one: Rgb, other: Rgb) -> NDArray[np.float64]:
    """Shape (height, width), at most 1; the mean of the three channels. Pictures smaller than the window are continued
    past their edge."""
    height, width, _ = one.shape
    missing = ((0, max(0, WINDOW - height)), (0, max(0, WINDOW - width)), (0, 0))
    pair = (np.pad(picture, missing, mode="edge") for picture in (one, other))
    _, similarity = structural_similarity(  # type: ignore[no-untyped-call]
        *pair, win_size=WINDOW, channel_axis=2, data_range=255, full=True
    )
    mean: NDArray[np.float64] = similarity.mean(axis=2)[:height, :width]
    return mean
