"""Effects of the document to effects of the scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from renderer.build.building import Building
from renderer.build.paints import clamp, read_blend, read_colour
from renderer.exceptions import DocumentError
from renderer.figma import FigmaEffect
from renderer.geometry import Colour, Point
from renderer.scene import (
    BackgroundBlur,
    BlendMode,
    BlurRamp,
    DropShadow,
    Effect,
    InnerShadow,
    LayerBlur,
    Noise,
    NoiseKind,
)

_NOISES: Final = {kind.value: kind for kind in NoiseKind}
_BLACK: Final = Colour(0.0, 0.0, 0.0)


def read_effects(entries: Sequence[FigmaEffect] | None, building: Building) -> tuple[Effect, ...]:
    """The visible effects, in the document's order."""
    if not entries:
        return ()
    building.check_count(len(entries), "effects")
    seen = (
        _effect(entry, building, f"effects[{index}]")
        for index, entry in enumerate(entries)
        if entry.visible is not False
    )
    return tuple(effect for effect in seen if effect is not None)


def _effect(effect: FigmaEffect, building: Building, field: str) -> Effect | None:
    match effect.type:
        case "DROP_SHADOW" | "INNER_SHADOW":
            return _shadow(effect, building, field)
        case "LAYER_BLUR" | "BACKGROUND_BLUR":
            return _blur(effect)
        case "NOISE":
            return _noise(effect, building)
    building.warn("unsupported-effect", f"An effect of type {effect.type[:40]} is not drawn.")
    return None


def _shadow(effect: FigmaEffect, building: Building, field: str) -> Effect | None:
    if effect.color is None:
        raise DocumentError("A shadow has no colour. Add its color.", field=f"{field}.color")
    colour = read_colour(effect.color)
    if colour.a == 0:
        return None
    return _coloured_shadow(effect, colour, building)


def _coloured_shadow(effect: FigmaEffect, colour: Colour, building: Building) -> Effect:
    offset = Point(effect.offset.x, effect.offset.y) if effect.offset else Point(0.0, 0.0)
    radius, spread = max(0.0, effect.radius or 0.0), effect.spread or 0.0
    blend = read_blend(effect.blend_mode, building, BlendMode.NORMAL)
    if effect.type == "INNER_SHADOW":
        return InnerShadow(offset, radius, spread, colour, blend)
    return DropShadow(offset, radius, spread, colour, blend, bool(effect.show_shadow_behind_node))


def _blur(effect: FigmaEffect) -> Effect | None:
    radius, ramp = max(0.0, effect.radius or 0.0), _ramp(effect)
    if radius <= 0 and (ramp is None or ramp.radius <= 0):
        return None
    return LayerBlur(radius, ramp) if effect.type == "LAYER_BLUR" else BackgroundBlur(radius, ramp)


def _ramp(effect: FigmaEffect) -> BlurRamp | None:
    """Figma's own places where the document leaves them out: from the top to the bottom."""
    if effect.blur_type != "PROGRESSIVE":
        return None
    start = Point(effect.start_offset.x, effect.start_offset.y) if effect.start_offset else Point(0.5, 0.0)
    end = Point(effect.end_offset.x, effect.end_offset.y) if effect.end_offset else Point(0.5, 1.0)
    return BlurRamp(max(0.0, effect.start_radius or 0.0), start, end)


def _noise(effect: FigmaEffect, building: Building) -> Effect | None:
    density = 1.0 if effect.density is None else clamp(effect.density)
    opacity = 1.0 if effect.opacity is None else clamp(effect.opacity)
    if density == 0 or opacity == 0:
        return None
    building.warn("approximate-noise", "The grain of a noise effect is like Figma's, square by square it is another.")
    colour = read_colour(effect.color) if effect.color is not None else _BLACK
    second = read_colour(effect.secondary_color) if effect.secondary_color is not None else colour
    kind = _NOISES.get(effect.noise_type or "", NoiseKind.MONOTONE)
    size = 1.0 if effect.noise_size is None else max(0.0, effect.noise_size)
    return Noise(
        kind, size, density, colour, second, opacity, read_blend(effect.blend_mode, building, BlendMode.NORMAL)
    )
