"""The style of text. The same type serves a node's own style and, sparsely filled, the overrides of its runs."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from renderer.figma.base import Extent, Length, Whole
from renderer.figma.paint import FigmaPaint

_Weight = Annotated[float, Meta(ge=0, le=2000)]


class Hyperlink(Struct, frozen=True, kw_only=True, gc=False):
    """``type`` URL, with ``url``, or NODE, with the id of a node of the file."""

    type: str | None = None
    url: str | None = None
    node_id: str | None = None


class FigmaTextStyle(Struct, frozen=True, kw_only=True, gc=False):
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
    fills: tuple[FigmaPaint, ...] | None = None
    hyperlink: Hyperlink | None = None
    text_align_horizontal: str | None = None
    text_align_vertical: str | None = None
    text_auto_resize: str | None = None
    text_truncation: str | None = None
    max_lines: Whole | None = None
    paragraph_spacing: Length | None = None
    paragraph_indent: Length | None = None
    list_spacing: Length | None = None
    leading_trim: str | None = None
