"""Paints: solid colours, gradients, images. ``type`` decides which of the fields count."""

from __future__ import annotations

from msgspec import Struct

from renderer.figma.base import Angle, Fraction, Ratio, UnitPoint, UnitTransform


class FigmaColour(Struct, frozen=True, gc=False):
    r: Fraction
    g: Fraction
    b: Fraction
    a: Fraction = 1.0


class FigmaStop(Struct, frozen=True, gc=False):
    position: Ratio
    color: FigmaColour


class ImageAdjustments(Struct, frozen=True, gc=False):
    """Figma's sliders, each -1..1, 0 is neutral."""

    exposure: Ratio | None = None
    contrast: Ratio | None = None
    saturation: Ratio | None = None
    temperature: Ratio | None = None
    tint: Ratio | None = None
    highlights: Ratio | None = None
    shadows: Ratio | None = None


class FigmaPaint(Struct, frozen=True, kw_only=True, gc=False):
    """One entry of a list of fills or strokes. ``image_ref``, ``gif_ref``: the digest that names an image."""

    type: str
    visible: bool | None = None
    opacity: Fraction | None = None
    blend_mode: str | None = None
    color: FigmaColour | None = None
    gradient_handle_positions: tuple[UnitPoint, ...] | None = None
    gradient_stops: tuple[FigmaStop, ...] | None = None
    scale_mode: str | None = None
    image_ref: str | None = None
    gif_ref: str | None = None
    image_transform: UnitTransform | None = None
    scaling_factor: Ratio | None = None
    rotation: Angle | None = None
    filters: ImageAdjustments | None = None
