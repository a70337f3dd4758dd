"""Effects: shadows and blurs."""

from __future__ import annotations

from renderer.read.model.base import ColourModel, Extent, HandleModel, Length, Model, VectorModel


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
