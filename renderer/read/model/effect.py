"""Effects: shadows, blurs and noise."""

from __future__ import annotations

from renderer.read.model.base import ColourModel, Extent, Fraction, HandleModel, Length, Model, VectorModel


class EffectModel(Model):
    type: str
    visible: bool | None = None
    color: ColourModel | None = None
    blend_mode: str | None = None
    offset: VectorModel | None = None
    radius: Extent | None = None
    spread: Length | None = None
    show_shadow_behind_node: bool | None = None
    blur_type: str | None = None
    start_radius: Extent | None = None
    start_offset: HandleModel | None = None
    end_offset: HandleModel | None = None
    noise_type: str | None = None
    noise_size: Extent | None = None
    density: Fraction | None = None
    secondary_color: ColourModel | None = None
    opacity: Fraction | None = None
