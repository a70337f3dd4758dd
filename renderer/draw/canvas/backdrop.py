"""Background blurs: what lies below a node, blurred, seen through it."""

from __future__ import annotations

from typing import Any

import skia

from renderer.displaylist import BlurBackdrop
from renderer.draw.canvas.areas import clip_area
from renderer.draw.canvas.blur import LEAST_SIGMA, device_sigma, gaussian
from renderer.draw.canvas.layers import open_layer
from renderer.draw.canvas.playback import Playback, saved
from renderer.draw.canvas.progressive import ends_of, graded


def blur_backdrop(command: BlurBackdrop, playback: Playback) -> None:
    playback.place(command.matrix)
    with saved(playback):
        clip_area(playback.canvas, command.area)
        seen = playback.canvas.getDeviceClipBounds()
        backdrop = _backdrop(command, seen, playback)
        if backdrop is not None and not seen.isEmpty():
            playback.place_in_pixels()
            _lay(backdrop, command.opacity, seen, playback)


def _backdrop(command: BlurBackdrop, seen: Any, playback: Playback) -> Any | None:
    """The filter, in device pixels; None where it would change nothing."""
    sigma, clamp = device_sigma(command.sigma, playback), skia.TileMode.kClamp
    ends = None if command.ramp is None else ends_of(command.ramp, playback)
    if command.ramp is not None and ends is not None:
        first = device_sigma(command.ramp.sigma, playback)
        return graded((first, sigma), ends, skia.Rect.Make(seen), source=None, tiling=clamp, crop=seen)
    return gaussian(sigma, clamp, None, seen) if sigma > LEAST_SIGMA else None


def _lay(backdrop: Any, opacity: float, seen: Any, playback: Playback) -> None:
    # An opaque layer replaces what is there: a clear backdrop would otherwise show through its own blur.
    mode = skia.BlendMode.kSrc if opacity >= 1 else skia.BlendMode.kSrcOver
    open_layer(playback, skia.Rect.Make(seen), skia.Paint(Alphaf=opacity, BlendMode=mode), backdrop=backdrop)
