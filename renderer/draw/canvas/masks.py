"""Masks: what is painted first is seen where what is painted next covers it."""

from __future__ import annotations

from typing import Final

import skia

from renderer.displaylist import MaskKind, PushMasked
from renderer.draw.canvas.convert import to_rect
from renderer.draw.canvas.layers import open_layer
from renderer.draw.canvas.playback import Playback
from renderer.geometry import IDENTITY

_LUMINANCE: Final = skia.LumaColorFilter.Make()


def push_masked(command: PushMasked, playback: Playback) -> None:
    bounds = to_rect(command.bounds)
    playback.open(command)
    playback.place(IDENTITY)
    playback.canvas.clipRect(bounds)
    open_layer(playback, bounds)


def mask_source(playback: Playback) -> None:
    """Keep of the layer below what is painted from here on. Both layers end with the group."""
    mask = playback.frames[-1].mask
    if mask is None:
        raise ValueError("a mask outside of what is masked")
    keep = skia.Paint(BlendMode=skia.BlendMode.kDstIn)
    if mask.kind is MaskKind.LUMINANCE:
        keep.setColorFilter(_LUMINANCE)
    playback.place(IDENTITY)
    open_layer(playback, to_rect(mask.bounds), keep)
