"""Figma's blend modes on Skia's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import skia

from renderer.displaylist import BlendMode
from renderer.draw.canvas.layers import open_layer
from renderer.draw.canvas.playback import Playback, saved

_MODES: Final = {
    BlendMode.PASS_THROUGH: skia.BlendMode.kSrcOver,
    BlendMode.NORMAL: skia.BlendMode.kSrcOver,
    BlendMode.DARKEN: skia.BlendMode.kDarken,
    BlendMode.MULTIPLY: skia.BlendMode.kMultiply,
    BlendMode.COLOR_BURN: skia.BlendMode.kColorBurn,
    BlendMode.LIGHTEN: skia.BlendMode.kLighten,
    BlendMode.SCREEN: skia.BlendMode.kScreen,
    BlendMode.LINEAR_DODGE: skia.BlendMode.kPlus,
    BlendMode.COLOR_DODGE: skia.BlendMode.kColorDodge,
    BlendMode.OVERLAY: skia.BlendMode.kOverlay,
    BlendMode.SOFT_LIGHT: skia.BlendMode.kSoftLight,
    BlendMode.HARD_LIGHT: skia.BlendMode.kHardLight,
    BlendMode.DIFFERENCE: skia.BlendMode.kDifference,
    BlendMode.EXCLUSION: skia.BlendMode.kExclusion,
    BlendMode.HUE: skia.BlendMode.kHue,
    BlendMode.SATURATION: skia.BlendMode.kSaturation,
    BlendMode.COLOR: skia.BlendMode.kColor,
    BlendMode.LUMINOSITY: skia.BlendMode.kLuminosity,
}
_INVERT: Final = skia.ColorFilters.Matrix([-1.0, 0, 0, 0, 1.0, 0, -1.0, 0, 0, 1.0, 0, 0, -1.0, 0, 1.0, 0, 0, 0, 1.0, 0])


def has_paint_mode(mode: BlendMode) -> bool:
    """Whether one Skia paint can do it: all but LINEAR_BURN."""
    return mode is not BlendMode.LINEAR_BURN


def paint_mode(mode: BlendMode) -> Any:
    return _MODES[mode]


def open_linear_burn(playback: Playback, area: Any, opacity: float) -> None:
    """Linear burn, ``backdrop + source - 1``, for which Skia has no mode: a linear dodge between inverted colours.

    A layer starts as the inverted backdrop, takes the inverted source by addition, and replaces the backdrop
    inverted again. Exact over an opaque backdrop. ``area`` (``skia.Rect``, whole device pixels) must hold all that is
    drawn until the end of the group; the canvas must be placed in pixels.
    """
    playback.canvas.clipRect(area, skia.ClipOp.kIntersect, False)
    back = skia.Paint(ColorFilter=_INVERT, BlendMode=skia.BlendMode.kSrc)
    open_layer(playback, area, back, backdrop=skia.ImageFilters.ColorFilter(_INVERT))
    open_layer(playback, area, skia.Paint(ColorFilter=_INVERT, BlendMode=skia.BlendMode.kPlus, Alphaf=opacity))


def draw_linear_burn(playback: Playback, bounds: Any, draw: Callable[[], None]) -> None:
    """Draw by linear burn. ``bounds`` (``skia.Rect``, the canvas's present coordinates): of all that ``draw`` draws."""
    total, area = playback.total, whole_pixels(playback.placed.mapRect(bounds))
    with saved(playback):
        playback.place_in_pixels()
        open_linear_burn(playback, area, 1.0)
        playback.put(total)
        draw()


def whole_pixels(rect: Any) -> Any:
    return skia.Rect.Make(rect.roundOut())
