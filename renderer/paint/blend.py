"""Figma's blend modes on Skia's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import skia

from renderer.paint.context import PaintContext
from renderer.paint.layers import layer
from renderer.scene import BlendMode

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
PLAIN: Final = frozenset({BlendMode.PASS_THROUGH, BlendMode.NORMAL})
_INVERT: Final = skia.ColorFilters.Matrix([-1.0, 0, 0, 0, 1.0, 0, -1.0, 0, 0, 1.0, 0, 0, -1.0, 0, 1.0, 0, 0, 0, 1.0, 0])


def has_paint_mode(mode: BlendMode) -> bool:
    """Whether one Skia paint can do it: all but LINEAR_BURN."""
    return mode in _MODES


def paint_mode(mode: BlendMode) -> Any:
    return _MODES[mode]


def draw_linear_burn(context: PaintContext, bounds: Any, opacity: float, draw: Callable[[], None]) -> None:
    """Linear burn, ``backdrop + source - 1``, for which Skia has no mode: a linear dodge between inverted colours.

    A layer starts as the inverted backdrop, takes the inverted source by addition, and replaces the backdrop
    inverted again. Exact over an opaque backdrop; ``bounds`` (node coordinates) must hold all that ``draw`` draws.
    """
    canvas = context.canvas
    canvas.save()
    canvas.clipRect(bounds, skia.ClipOp.kIntersect, False)
    back = skia.Paint(ColorFilter=_INVERT, BlendMode=skia.BlendMode.kSrc)
    source = skia.Paint(ColorFilter=_INVERT, BlendMode=skia.BlendMode.kPlus, Alphaf=opacity)
    with layer(context, bounds, back, backdrop=skia.ImageFilters.ColorFilter(_INVERT)), layer(context, bounds, source):
        draw()
    canvas.restore()
