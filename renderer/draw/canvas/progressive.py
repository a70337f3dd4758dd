"""Progressive blurs: one that grows from one place to another.

Skia blurs a layer by one width. So the layer is blurred by several, and each is faded into the next along the way; a
few steps are enough that nobody sees them.
"""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.displaylist import Ramp
from renderer.draw.canvas.blur import LEAST_SIGMA, gaussian
from renderer.draw.canvas.convert import to_point
from renderer.draw.canvas.playback import Playback

_STEPS: Final = 3
_WHITE: Final = 0xFFFFFFFF
_CLEAR: Final = 0x00FFFFFF
_FLAT_PX: Final = 1e-3

Ends = tuple[Any, Any]
"""Two places (``skia.Point``), in device pixels."""


def graded(sigmas: tuple[float, float], ends: Ends, area: Any, *, source: Any, tiling: Any, crop: Any) -> Any:
    """An image filter in device pixels: blurred by ``sigmas[0]`` up to ``ends[0]``, by ``sigmas[1]`` from ``ends[1]``
    on, and in between by what lies between. ``area``: a ``skia.Rect`` that holds all it draws."""
    first, last = sigmas
    result = _blurred(first, source, tiling, crop)
    for step in range(1, _STEPS + 1):
        blurred = _blurred(first + (last - first) * step / _STEPS, source, tiling, crop)
        fade = _fade(_between(ends, (step - 1) / _STEPS), _between(ends, step / _STEPS), area)
        kept = skia.ImageFilters.Xfermode(skia.BlendMode.kDstOut, result, fade)
        faded = skia.ImageFilters.Xfermode(skia.BlendMode.kDstIn, blurred, fade)
        result = skia.ImageFilters.Xfermode(skia.BlendMode.kPlus, kept, faded)
    return result


def ends_of(ramp: Ramp, playback: Playback) -> Ends | None:
    """Where a ramp begins and ends; None where the device cannot tell the two places apart."""
    start, end = (to_point(playback.device.apply(point)) for point in (ramp.start, ramp.end))
    return None if skia.Point.Distance(start, end) < _FLAT_PX else (start, end)


def _blurred(sigma: float, source: Any, tiling: Any, crop: Any) -> Any:
    return gaussian(sigma, tiling, source, crop) if sigma > LEAST_SIGMA else source


def _between(ends: Ends, share: float) -> Any:
    (x0, y0), (x1, y1) = ((point.x(), point.y()) for point in ends)
    return skia.Point(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)


def _fade(start: Any, end: Any, area: Any) -> Any:
    """Clear up to ``start``, opaque from ``end`` on."""
    ramp = skia.GradientShader.MakeLinear([start, end], [_CLEAR, _WHITE], None, skia.TileMode.kClamp, 0)
    recorder = skia.PictureRecorder()
    recorder.beginRecording(area).drawRect(area, skia.Paint(Shader=ramp))
    return skia.ImageFilters.Picture(recorder.finishRecordingAsPicture(), area)
