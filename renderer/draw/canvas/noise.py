"""Noise: a grain of little squares over all that a group holds.

Figma does not publish its random numbers, so the grain is not the same, only as coarse, as dense and as coloured. It is
made of integers, by a hash of each square's place, so that it is the same everywhere and every time.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import skia
from numpy.typing import NDArray

from renderer.displaylist import DrawNoise, Noise, NoiseKind
from renderer.draw.canvas.convert import to_rect
from renderer.draw.canvas.playback import Playback
from renderer.geometry import Colour

SIDE: Final = 128  # squares after which the grain repeats
_CHANNELS: Final = 4  # how many random numbers a square has: whether it is there, and a colour
LEAST_SIZE: Final = 1e-3
_SAMPLING: Final = skia.SamplingOptions(skia.FilterMode.kNearest)


def _random_cells() -> NDArray[np.float32]:
    """0..1 in shape (side, side, channels)."""
    y, x, channel = np.indices((SIDE, SIDE, _CHANNELS), np.uint32)
    mixed = x * np.uint32(374_761_393) + y * np.uint32(668_265_263) + channel * np.uint32(2_246_822_519)
    for shift, factor in ((15, 2_246_822_519), (13, 3_266_489_917), (16, 1)):
        mixed = (mixed ^ (mixed >> np.uint32(shift))) * np.uint32(factor)
    cells: NDArray[np.float32] = (mixed >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)
    return cells


_CELLS: Final = _random_cells()


def draw_noise(command: DrawNoise, playback: Playback) -> None:
    noise = command.noise
    size = max(noise.size, LEAST_SIZE)
    image = skia.Image.fromarray(tile(noise), colorType=skia.kRGBA_8888_ColorType)
    repeat = skia.TileMode.kRepeat
    shader = image.makeShader(repeat, repeat, _SAMPLING, skia.Matrix.Scale(size, size))
    playback.place(command.matrix)
    playback.canvas.drawRect(to_rect(command.box), skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kSrcATop))


def tile(noise: Noise) -> NDArray[np.uint8]:
    """Straight RGBA."""
    present, colours = _CELLS[..., 0], np.empty((SIDE, SIDE, 4), np.float32)
    match noise.kind:
        case NoiseKind.MONOTONE:
            colours[...] = _components(noise.colour)
        case NoiseKind.DUOTONE:
            first = (_CELLS[..., 1] < 0.5)[..., None]
            colours[...] = np.where(first, _components(noise.colour), _components(noise.second))
        case NoiseKind.MULTITONE:
            colours[..., :3], colours[..., 3] = _CELLS[..., 1:], noise.opacity
    colours[present >= noise.density] = 0
    return np.rint(colours * 255).astype(np.uint8)


def _components(colour: Colour) -> NDArray[np.float32]:
    return np.array((colour.r, colour.g, colour.b, colour.a), np.float32)
