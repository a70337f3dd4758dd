"""Groups: clips, and layers with opacity, blend mode and filters."""

from __future__ import annotations

import skia

from renderer.displaylist import PushClip, PushGroup
from renderer.draw.canvas.areas import clip_area
from renderer.draw.canvas.blend import has_paint_mode, open_linear_burn, paint_mode, whole_pixels
from renderer.draw.canvas.convert import to_rect
from renderer.draw.canvas.filters import image_filter
from renderer.draw.canvas.layers import open_layer
from renderer.draw.canvas.playback import Playback


def push_clip(command: PushClip, playback: Playback) -> None:
    playback.open()
    playback.place(command.matrix)
    clip_area(playback.canvas, command.area)


def push_group(command: PushGroup, playback: Playback) -> None:
    """The layer lies in device pixels, as its filters do."""
    through = image_filter(command.filters, playback) if command.filters else None
    # A filter reaches further than what is painted, which Skia knows.
    bounds = to_rect(playback.device.box(command.bounds if through is None else command.content))
    playback.open()
    playback.place_in_pixels()
    if has_paint_mode(command.blend):
        paint = skia.Paint(Alphaf=command.opacity, BlendMode=paint_mode(command.blend))
        if through is not None:
            paint.setImageFilter(through)
        open_layer(playback, bounds, paint)
        return
    area = whole_pixels(to_rect(playback.device.box(command.bounds)))
    open_linear_burn(playback, area, command.opacity)
    if through is not None:
        open_layer(playback, area, skia.Paint(ImageFilter=through))
