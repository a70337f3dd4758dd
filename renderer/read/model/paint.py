"""Paints: solid colours, gradients, images. ``type`` decides which of the fields count."""

from __future__ import annotations

from renderer.read.model.base import Angle, ColourModel, Fraction, HandleModel, ImageTransform, Model, Ratio


class StopModel(Model):
    position: Ratio
    color: ColourModel


class FiltersModel(Model):
    exposure: Ratio | None = None
    contrast: Ratio | None = None
    saturation: Ratio | None = None
    temperature: Ratio | None = None
    tint: Ratio | None = None
    highlights: Ratio | None = None
    shadows: Ratio | None = None


class PaintModel(Model):
    type: str
    visible: bool | None = None
    opacity: Fraction | None = None
    blend_mode: str | None = None
    color: ColourModel | None = None
    gradient_handle_positions: list[HandleModel] | None = None
    gradient_stops: list[StopModel] | None = None
    scale_mode: str | None = None
    image_ref: str | None = None
    gif_ref: str | None = None
    image_transform: ImageTransform | None = None
    scaling_factor: Ratio | None = None
    rotation: Angle | None = None
    filters: FiltersModel | None = None


class PaintOverrideModel(Model):
    """A region of a vector with fills of its own."""

    fills: list[PaintModel] | None = None
