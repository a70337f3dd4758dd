"""FLIP, the difference that is seen when two pictures take turns: Andersson et al., *FLIP: A Difference Evaluator for
Alternating Images* (2020), as NVIDIA's own evaluator computes it."""

from __future__ import annotations

import platform
from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderer.compare.ground import Rgb

try:
    import flip_evaluator
except ImportError:  # not built for every platform
    flip_evaluator = None

# Half a metre from a screen of 0.7 m and 3840 pixels; the evaluator's default, said so that it stays.
PIXELS_PER_DEGREE: Final = 67.02064514160156
MISSING: Final = (
    None
    if flip_evaluator is not None
    else f"flip-evaluator is not built for {platform.machine()} with Python {platform.python_version()}"
)
"""Why there is no FLIP on this machine, or None."""


def flip_map(reference: Rgb, test: Rgb) -> NDArray[np.float32]:
    """Shape (height, width), 0 (the same) to 1."""
    pair = (picture.astype(np.float32) / 255 for picture in (reference, test))
    parameters = {"ppd": PIXELS_PER_DEGREE}
    errors, _, _ = flip_evaluator.evaluate(
        *pair, "LDR", applyMagma=False, computeMeanError=False, parameters=parameters
    )
    found: NDArray[np.float32] = errors[..., 0]
    return found
