"""What a shape is painted with."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from renderer.geometry import Colour, Matrix, Point
from renderer.scene.blend import BlendMode


class SolidFill(Struct, frozen=True, gc=False):
    colour: Colour
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


class GradientKind(Enum):
    LINEAR = "LINEAR"
    RADIAL = "RADIAL"
    ANGULAR = "ANGULAR"
    DIAMOND = "DIAMOND"


class GradientStop(Struct, frozen=True, gc=False):
    position: float
    colour: Colour


class GradientFill(Struct, frozen=True, gc=False):
    """``handles``: start, end, and the width handle, in the unit square of the node's box (0,0 top left)."""

    kind: GradientKind
    handles: tuple[Point, Point, Point]
    stops: tuple[GradientStop, ...]
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


class ScaleMode(Enum):
    FILL = "FILL"
    FIT = "FIT"
    TILE = "TILE"
    STRETCH = "STRETCH"


class ImageFilters(Struct, frozen=True, gc=False):
    """Figma's sliders, each -1..1, 0 is neutral."""

    exposure: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    temperature: float = 0.0
    tint: float = 0.0
    highlights: float = 0.0
    shadows: float = 0.0


class ImageFill(Struct, frozen=True, gc=False):
    """``ref``: lower-case hex digest that names the image. ``transform`` (STRETCH) maps the node's unit square to the
    image's unit square; ``scaling_factor`` (TILE) is tile size over image size; ``quarter_turns`` are clockwise."""

    ref: str
    scale_mode: ScaleMode = ScaleMode.FILL
    transform: Matrix | None = None
    scaling_factor: float = 1.0
    quarter_turns: int = 0
    filters: ImageFilters | None = None
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


Fill = SolidFill | GradientFill | ImageFill
