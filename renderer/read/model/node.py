"""One node's own properties, all kinds in one model: a kind simply leaves the rest absent."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from renderer.read.model.base import (
    Angle,
    ColourModel,
    Extent,
    Fraction,
    Model,
    Ratio,
    RectangleModel,
    RelativeTransform,
    SizeModel,
    Whole,
)
from renderer.read.model.effect import EffectModel
from renderer.read.model.paint import PaintModel, PaintOverrideModel
from renderer.read.model.text import StyleModel


class PathModel(Model):
    path: str
    winding_rule: str | None = None
    override_id: Whole | None = Field(default=None, alias="overrideID")


class ArcModel(Model):
    starting_angle: Angle
    ending_angle: Angle
    inner_radius: Ratio


class SideWeightsModel(Model):
    top: Extent = 0.0
    right: Extent = 0.0
    bottom: Extent = 0.0
    left: Extent = 0.0


class StrokeKindModel(Model):
    stroke_type: str | None = None


class PlaceModel(Model):
    """Where a node lies: all that counts of the ancestors of the node to draw."""

    type: str
    absolute_bounding_box: RectangleModel | None = None
    rotation: Angle | None = None
    size: SizeModel | None = None
    relative_transform: RelativeTransform | None = None


class NodeModel(PlaceModel):
    id: str = ""
    name: str = ""
    visible: bool | None = None
    absolute_render_bounds: RectangleModel | None = None
    # compositing
    opacity: Fraction | None = None
    blend_mode: str | None = None
    is_mask: bool | None = None
    is_mask_outline: bool | None = None
    mask_type: str | None = None
    clips_content: bool | None = None
    item_reverse_z_index: bool | None = None
    section_contents_hidden: bool | None = None
    effects: list[EffectModel] | None = None
    # fills
    fills: list[PaintModel] | None = None
    background: list[PaintModel] | None = None
    background_color: ColourModel | None = None
    fill_geometry: list[PathModel] | None = None
    fill_override_table: dict[str, PaintOverrideModel | None] | None = None
    # strokes
    strokes: list[PaintModel] | None = None
    stroke_weight: Extent | None = None
    individual_stroke_weights: SideWeightsModel | None = None
    stroke_align: str | None = None
    stroke_join: str | None = None
    stroke_cap: str | None = None
    stroke_miter_angle: Angle | None = None
    stroke_dashes: list[Extent] | None = None
    stroke_geometry: list[PathModel] | None = None
    complex_stroke_properties: StrokeKindModel | None = None
    # shape
    corner_radius: Extent | None = None
    rectangle_corner_radii: Annotated[list[Extent], Field(min_length=4, max_length=4)] | None = None
    corner_smoothing: Fraction | None = None
    arc_data: ArcModel | None = None
    boolean_operation: str | None = None
    shape_type: str | None = None


class TextModel(NodeModel):
    characters: str = ""
    style: StyleModel | None = None
    character_style_overrides: list[Whole] | None = None
    style_override_table: dict[str, StyleModel | None] | None = None
    line_types: list[str] | None = None
    line_indentations: list[Whole] | None = None
