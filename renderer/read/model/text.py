"""The style of text. The same model serves a node's own style and, sparsely filled, the overrides of its runs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from renderer.read.model.base import Extent, Length, Model, Whole
from renderer.read.model.paint import PaintModel

_Weight = Annotated[float, Field(ge=0, le=2000)]


class StyleModel(Model):
    font_family: str | None = None
    font_post_script_name: str | None = None
    font_style: str | None = None
    font_weight: _Weight | None = None
    font_size: Extent | None = None
    italic: bool | None = None
    letter_spacing: Length | None = None
    line_height_px: Length | None = None
    line_height_percent: Length | None = None
    line_height_percent_font_size: Length | None = None
    line_height_unit: str | None = None
    text_case: str | None = None
    text_decoration: str | None = None
    text_decoration_style: str | None = None
    opentype_flags: dict[str, Whole | bool] | None = None
    fills: list[PaintModel] | None = None
    text_align_horizontal: str | None = None
    text_align_vertical: str | None = None
    text_auto_resize: str | None = None
    text_truncation: str | None = None
    max_lines: Whole | None = None
    paragraph_spacing: Length | None = None
    paragraph_indent: Length | None = None
    list_spacing: Length | None = None
    leading_trim: str | None = None
