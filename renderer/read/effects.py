"""Effects of the document to effects of the scene."""

from __future__ import annotations

from collections.abc import Sequence

from renderer.exceptions import DocumentError
from renderer.read.model.effect import EffectModel
from renderer.read.paints import clamp, read_blend, read_colour
from renderer.read.reading import Reading
from renderer.scene import (
    BackgroundBlur,
    BlurRamp,
    Colour,
    DropShadow,
    Effect,
    InnerShadow,
    LayerBlur,
    Noise,
    NoiseKind,
    Point,
)

_NOISES = {kind.value: kind for kind in NoiseKind}
_BLACK = Colour(0.0, 0.0, 0.0)


def read_effects(models: Sequence[EffectModel] | None, reading: Reading) -> tuple[Effect, ...]:
    """The visible effects, in the document's order."""
    if not models:
        return ()
    reading.check_count(len(models), "effects")
    effects = (
        _effect(model, reading, f"effects[{index}]") for index, model in enumerate(models) if model.visible is not False
    )
    return tuple(effect for effect in effects if effect is not None)


def _effect(model: EffectModel, reading: Reading, field: str) -> Effect | None:
    match model.type:
        case "DROP_SHADOW" | "INNER_SHADOW":
            return _shadow(model, reading, field)
        case "LAYER_BLUR" | "BACKGROUND_BLUR":
            return _blur(model)
        case "NOISE":
            return _noise(model, reading)
    reading.warn("unsupported-effect", f"An effect of type {model.type[:40]} is not drawn.")
    return None


def _shadow(model: EffectModel, reading: Reading, field: str) -> Effect | None:
    if model.color is None:
        raise DocumentError("A shadow has no colour. Add its color.", field=f"{field}.color")
    colour = read_colour(model.color)
    if colour.a == 0:
        return None
    return _coloured_shadow(model, colour, reading)


def _coloured_shadow(model: EffectModel, colour: Colour, reading: Reading) -> Effect:
    offset = Point(model.offset.x, model.offset.y) if model.offset else Point(0.0, 0.0)
    radius, spread = max(0.0, model.radius or 0.0), model.spread or 0.0
    blend = read_blend(model.blend_mode, reading)
    if model.type == "INNER_SHADOW":
        return InnerShadow(offset, radius, spread, colour, blend)
    return DropShadow(offset, radius, spread, colour, blend, bool(model.show_shadow_behind_node))


def _blur(model: EffectModel) -> Effect | None:
    radius, ramp = max(0.0, model.radius or 0.0), _ramp(model)
    if radius <= 0 and (ramp is None or ramp.radius <= 0):
        return None
    return LayerBlur(radius, ramp) if model.type == "LAYER_BLUR" else BackgroundBlur(radius, ramp)


def _ramp(model: EffectModel) -> BlurRamp | None:
    """Figma's own places where the document leaves them out: from the top to the bottom."""
    if model.blur_type != "PROGRESSIVE":
        return None
    start = Point(model.start_offset.x, model.start_offset.y) if model.start_offset else Point(0.5, 0.0)
    end = Point(model.end_offset.x, model.end_offset.y) if model.end_offset else Point(0.5, 1.0)
    return BlurRamp(max(0.0, model.start_radius or 0.0), start, end)


def _noise(model: EffectModel, reading: Reading) -> Effect | None:
    density = 1.0 if model.density is None else clamp(model.density)
    opacity = 1.0 if model.opacity is None else clamp(model.opacity)
    if density == 0 or opacity == 0:
        return None
    reading.warn("approximate-noise", "The grain of a noise effect is like Figma's, square by square it is another.")
    colour = read_colour(model.color) if model.color is not None else _BLACK
    second = read_colour(model.secondary_color) if model.secondary_color is not None else colour
    kind = _NOISES.get(model.noise_type or "", NoiseKind.MONOTONE)
    size = 1.0 if model.noise_size is None else max(0.0, model.noise_size)
    return Noise(kind, size, density, colour, second, opacity, read_blend(model.blend_mode, reading))
