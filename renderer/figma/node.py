"""One node, all kinds in one type: a kind simply leaves the rest unsaid."""

from __future__ import annotations

from msgspec import Struct

from renderer.figma.base import Angle, Extent, Fraction, PageBox, Ratio, Size, Transform, Whole
from renderer.figma.effect import FigmaEffect
from renderer.figma.paint import FigmaColour, FigmaPaint
from renderer.figma.text import FigmaTextStyle
from renderer.geometry import PathData


class OutlineProblem(Struct, frozen=True, gc=False):
    """Why an outline could not be read. ``code``: of the warning, or of the refusal, that it gives where it is
    drawn."""

    code: str
    detail: str


class Outline(Struct, frozen=True, kw_only=True, gc=False):
    """One region of a node's shape, in the node's coordinates. ``override_id`` names the fills that are its own.
    ``problem``: the document has something else than a path here, and ``path`` is empty."""

    path: PathData
    override_id: Whole | None = None
    problem: OutlineProblem | None = None


class Arc(Struct, frozen=True, kw_only=True, gc=False):
    starting_angle: Angle
    ending_angle: Angle
    inner_radius: Ratio


class SideWeights(Struct, frozen=True, kw_only=True, gc=False):
    top: Extent = 0.0
    right: Extent = 0.0
    bottom: Extent = 0.0
    left: Extent = 0.0


class PaintOverride(Struct, frozen=True, kw_only=True, gc=False):
    """What a region of a vector has instead of the node's."""

    fills: tuple[FigmaPaint, ...] | None = None


class FigmaNode(Struct, frozen=True, kw_only=True, gc=False):
    """``stroke_type``: of a stroke that is not plain (a brush, one of varying width). ``children``: in the document's
    order, each at its place; one that cannot be seen may say nothing but that."""

    type: str
    id: str = ""
    name: str = ""
    visible: bool | None = None
    children: tuple[FigmaNode, ...] | None = None
    # place
    absolute_bounding_box: PageBox | None = None
    absolute_render_bounds: PageBox | None = None
    rotation: Angle | None = None
    size: Size | None = None
    relative_transform: Transform | None = None
    # compositing
    opacity: Fraction | None = None
    blend_mode: str | None = None
    is_mask: bool | None = None
    is_mask_outline: bool | None = None
    mask_type: str | None = None
    clips_content: bool | None = None
    item_reverse_z_index: bool | None = None
    section_contents_hidden: bool | None = None
    effects: tuple[FigmaEffect, ...] | None = None
    # fills
    fills: tuple[FigmaPaint, ...] | None = None
    background: tuple[FigmaPaint, ...] | None = None
    background_color: FigmaColour | None = None
    fill_geometry: tuple[Outline, ...] | None = None
    fill_override_table: dict[str, PaintOverride | None] | None = None
    # strokes
    strokes: tuple[FigmaPaint, ...] | None = None
    stroke_weight: Extent | None = None
    individual_stroke_weights: SideWeights | None = None
    stroke_align: str | None = None
    stroke_join: str | None = None
    stroke_cap: str | None = None
    stroke_miter_angle: Angle | None = None
    stroke_dashes: tuple[Extent, ...] | None = None
    stroke_geometry: tuple[Outline, ...] | None = None
    stroke_type: str | None = None
    # shape
    corner_radius: Extent | None = None
    rectangle_corner_radii: tuple[Extent, Extent, Extent, Extent] | None = None
    corner_smoothing: Fraction | None = None
    arc_data: Arc | None = None
    boolean_operation: str | None = None
    shape_type: str | None = None
    # text
    characters: str = ""
    style: FigmaTextStyle | None = None
    character_style_overrides: tuple[Whole, ...] | None = None
    style_override_table: dict[str, FigmaTextStyle | None] | None = None
    line_types: tuple[str, ...] | None = None
    line_indentations: tuple[Whole, ...] | None = None
