"""What a group's picture goes through, as one image filter.

It works in device pixels, so that nothing is resampled for a node that is turned. None as an input of a filter means
what was painted into the group.
"""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.displaylist import Blur, Filter, InnerShadowFilter, Ramp, ShadowFilter
from renderer.draw.canvas.blur import LEAST_SIGMA, device_sigma, gaussian
from renderer.draw.canvas.convert import to_colour32
from renderer.draw.canvas.playback import Playback
from renderer.draw.canvas.progressive import Ends, ends_of, graded
from renderer.geometry import Colour, Point

_SIGMAS: Final = 3.0  # a Gaussian is nothing beyond three sigmas, at 8 bits
_DECAL: Final = skia.TileMode.kDecal


def image_filter(filters: tuple[Filter, ...], playback: Playback) -> Any | None:
    """A ``skia.ImageFilter``, or None where the filters change nothing."""
    result: Any | None = None
    below: Any | None = None
    for each in filters:
        match each:
            case ShadowFilter():
                below = _over(below, _cast(each, playback))
                result = skia.ImageFilters.Merge([below, None])
            case InnerShadowFilter():
                result = skia.ImageFilters.Merge([result, _inside(each, playback)])
            case Blur():
                result = _blurred(each, result, playback)
    return result


def _over(below: Any | None, cast: Any) -> Any:
    return cast if below is None else skia.ImageFilters.Merge([below, cast])


def _cast(shadow: ShadowFilter, playback: Playback) -> Any:
    flood = skia.ColorFilters.Blend(to_colour32(shadow.colour), skia.BlendMode.kSrcIn)
    cast = skia.ImageFilters.ColorFilter(flood, _copy(shadow.sigma, playback))
    cast = skia.ImageFilters.Offset(*_offset(shadow.offset, playback), cast)
    return cast if shadow.behind else skia.ImageFilters.Xfermode(skia.BlendMode.kDstOut, cast)


def _inside(shadow: InnerShadowFilter, playback: Playback) -> Any:
    copy = skia.ImageFilters.Offset(*_offset(shadow.offset, playback), _copy(shadow.sigma, playback))
    dark = skia.ImageFilters.ColorFilter(_where_nothing_is(shadow.colour), copy)
    return skia.ImageFilters.Xfermode(skia.BlendMode.kSrcIn, None, dark)


def _where_nothing_is(colour: Colour) -> Any:
    """The colour, as opaque as what was there was clear."""
    r, g, b, a = colour.r, colour.g, colour.b, colour.a
    return skia.ColorFilters.Matrix([0.0, 0, 0, 0, r, 0, 0, 0, 0, g, 0, 0, 0, 0, b, 0, 0, 0, -a, a])


def _copy(sigma: float, playback: Playback) -> Any | None:
    """What was painted, blurred."""
    width = device_sigma(sigma, playback)
    return gaussian(width, _DECAL) if width > LEAST_SIGMA else None


def _offset(offset: Point, playback: Playback) -> tuple[float, float]:
    moved = playback.device.vector(offset)
    return moved.x, moved.y


def _blurred(blur: Blur, source: Any | None, playback: Playback) -> Any | None:
    sigma = device_sigma(blur.sigma, playback)
    ends = None if blur.ramp is None else ends_of(blur.ramp, playback)
    if blur.ramp is not None and ends is not None:
        return _graded(sigma, blur.ramp, ends, source, playback)
    return gaussian(sigma, _DECAL, source) if sigma > LEAST_SIGMA else source


def _graded(sigma: float, ramp: Ramp, ends: Ends, source: Any | None, playback: Playback) -> Any:
    first = device_sigma(ramp.sigma, playback)
    reach = _SIGMAS * max(first, sigma)
    area = skia.Rect.Make(playback.canvas.getDeviceClipBounds()).makeOutset(reach, reach)
    return graded((first, sigma), ends, area, source=source, tiling=_DECAL, crop=None)
