"""Pictures laid on an even ground."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from renderer.pixels import Pixels, is_opaque

Rgb = NDArray[np.uint8]
"""Shape (height, width, 3)."""

WHITE, BLACK = 255, 0
_BOTH: Final = (WHITE, BLACK)


def grounds(one: Pixels, other: Pixels) -> tuple[int, ...]:
    """The grounds two pictures have to be looked at on."""
    return (WHITE,) if is_opaque(one) and is_opaque(other) else _BOTH


def laid_on(pixels: Pixels, ground: int) -> Rgb:
    """``ground``: the value of all three channels. Rounded to nearest."""
    alpha = pixels[..., 3:].astype(np.uint16)
    mixed: Rgb = ((pixels[..., :3] * alpha + ground * (255 - alpha) + 127) // 255).astype(np.uint8)
    return mixed
