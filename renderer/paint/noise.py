"""Noise: a grain of little squares over all that a node paints.

Figma does not publish its random numbers, so the grain is not the same, only as coarse, as dense and as coloured. It is
made of integers, by a hash of each square's place, so that it is the same everywhere and every time.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import skia
from numpy.typing import NDArray

from renderer.paint.blend import PLAIN
from renderer.paint.context import PaintContext
from renderer.scene import Colour, Node, Noise, NoiseKind

_SIDE: Final = 128  # squares after which the grain repeats
_CHANNELS: Final = 4  # how many random numbers a square has: whether it is there, and a colour
_LEAST_SIZE: Final = 1e-3


def _random_cells() -> NDArray[np.float32]:
    """0..1 in shape (side, side, channels)."""
    y, x, channel = np.indices((_SIDE, _SIDE, _CHANNELS), np.uint32)
    mixed = x * np.uint32(374_761_393) + y * np.uint32(668_265_263) + channel * np.uint32(2_246_822_519)
    for shift, factor in ((15, 2_246_822_519), (13, 3_266_489_917), (16, 1)):
        mixed = (mixed ^ (mixed >> np.uint32(shift))) * np.uint32(factor)
    cells: NDArray[np.float32] = (mixed >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)
    return cells


_CELLS: Final = _random_cells()


def draw_noise(effect: Noise, node: Node, context: PaintContext, bounds: Any) -> None:
    """Over what the layer holds already, and nowhere else. ``bounds``: of the node, in its coordinates."""
    if effect.blend not in PLAIN:
        detail = f"noise is drawn with NORMAL, not {effect.blend.value}"
        context.note("blend-mode-approximated", detail, node)
    size = max(effect.size, _LEAST_SIZE)
    image = skia.Image.fromarray(_tile(effect), colorType=skia.kRGBA_8888_ColorType)
    sampling = skia.SamplingOptions(skia.FilterMode.kNearest)
    repeat = skia.TileMode.kRepeat
    shader = image.makeShader(repeat, repeat, sampling, skia.Matrix.Scale(size, size))
    context.canvas.drawRect(bounds, skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kSrcATop))


def _tile(effect: Noise) -> NDArray[np.uint8]:
    """Straight RGBA."""
    present, colours = _CELLS[..., 0], np.empty((_SIDE, _SIDE, 4), np.float32)
    match effect.kind:
        case NoiseKind.MONOTONE:
            colours[...] = _components(effect.colour)
        case NoiseKind.DUOTONE:
            first = (_CELLS[..., 1] < 0.5)[..., None]
            colours[...] = np.where(first, _components(effect.colour), _components(effect.second))
        case NoiseKind.MULTITONE:
            colours[..., :3], colours[..., 3] = _CELLS[..., 1:], effect.opacity
    colours[present >= effect.density] = 0
    return np.rint(colours * 255).astype(np.uint8)


def _components(colour: Colour) -> NDArray[np.float32]:
    return np.array((colour.r, colour.g, colour.b, colour.a), np.float32)
