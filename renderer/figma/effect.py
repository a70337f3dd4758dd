"""Effects: shadows, blurs and noise. ``type`` decides which of the fields count."""

from __future__ import annotations

from msgspec import Struct

from renderer.figma.base import Extent, Fraction, Length, UnitPoint, Vector
from renderer.figma.paint import FigmaColour


class FigmaEffect(Struct, frozen=True, kw_only=True, gc=False):
    type: str
    visible: bool | None = None
    color: FigmaColour | None = None
    blend_mode: str | None = None
    offset: Vector | None = None
    radius: Extent | None = None
    spread: Length | None = None
    show_shadow_behind_node: bool | None = None
    blur_type: str | None = None
    start_radius: Extent | None = None
    start_offset: UnitPoint | None = None
    end_offset: UnitPoint | None = None
    noise_type: str | None = None
    noise_size: Extent | None = None
    density: Fraction | None = None
    secondary_color: FigmaColour | None = None
    opacity: Fraction | None = None
