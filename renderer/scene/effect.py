"""Effects."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from renderer.geometry import Colour, Point
from renderer.scene.blend import BlendMode


class DropShadow(Struct, frozen=True, gc=False):
    offset: Point
    radius: float
    spread: float
    colour: Colour
    blend: BlendMode = BlendMode.NORMAL
    show_behind_node: bool = False


class InnerShadow(Struct, frozen=True, gc=False):
    offset: Point
    radius: float
    spread: float
    colour: Colour
    blend: BlendMode = BlendMode.NORMAL


class BlurRamp(Struct, frozen=True, gc=False):
    """A blur that grows: ``radius`` at ``start``, the effect's own at ``end``, both in the unit square of the node."""

    radius: float
    start: Point
    end: Point


class LayerBlur(Struct, frozen=True, gc=False):
    radius: float
    ramp: BlurRamp | None = None


class BackgroundBlur(Struct, frozen=True, gc=False):
    radius: float
    ramp: BlurRamp | None = None


class NoiseKind(Enum):
    MONOTONE = "MONOTONE"
    DUOTONE = "DUOTONE"
    MULTITONE = "MULTITONE"


class Noise(Struct, frozen=True, gc=False):
    """Grain in squares of ``size`` pixels, ``density`` (0..1) of which are painted: in ``colour``, in that or
    ``second``, or in any colour with ``opacity``."""

    kind: NoiseKind
    size: float
    density: float
    colour: Colour
    second: Colour
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


Effect = DropShadow | InnerShadow | LayerBlur | BackgroundBlur | Noise
