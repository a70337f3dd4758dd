"""Pictures whose difference is known, because it was made here."""

from __future__ import annotations

import numpy as np

from renderer.pixels import Pixels


def picture(width: int = 120, height: int = 90, *, alpha: int = 255) -> Pixels:
    """Bands, ramps and an even corner."""
    rows, columns = np.mgrid[0:height, 0:width]
    made = np.empty((height, width, 4), np.uint8)
    made[..., 0] = columns * 255 // max(1, width - 1)
    made[..., 1] = np.where(rows // 8 % 2, 60, 180)
    made[..., 2] = rows * 255 // max(1, height - 1)
    made[..., 3] = alpha
    made[height // 2 :, : width // 3, :3] = 128
    return made


def edited(before: Pixels, x: int, y: int, width: int, height: int, rgb: tuple[int, int, int] = (255, 0, 0)) -> Pixels:
    after = before.copy()
    after[y : y + height, x : x + width, :3] = rgb
    return after


def noisy(before: Pixels, amount: int, seed: int = 1) -> Pixels:
    """Every channel but alpha moved by at most so much."""
    shift = np.random.default_rng(seed).integers(-amount, amount + 1, before.shape)
    shift[..., 3] = 0
    return np.clip(before.astype(int) + shift, 0, 255).astype(np.uint8)
