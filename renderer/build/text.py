"""Text: characters, and their styles as runs that cover them exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from msgspec import structs

from renderer.build.building import Building
from renderer.build.paints import read_fills
from renderer.fieldpath import key_path
from renderer.figma import FigmaNode, FigmaTextStyle, Hyperlink
from renderer.geometry import Rect
from renderer.scene import (
    AutoResize,
    Fill,
    LineHeight,
    LineHeightUnit,
    ListType,
    TextAlign,
    TextBlock,
    TextCase,
    TextDecoration,
    TextLine,
    TextRun,
    TextStyle,
    VerticalAlign,
)

_ALIGNS: Final = {align.value: align for align in TextAlign}
_VERTICAL_ALIGNS: Final = {align.value: align for align in VerticalAlign}
_CASES: Final = {case.value: case for case in TextCase}
_DECORATIONS: Final = {decoration.value: decoration for decoration in TextDecoration}
_AUTO_RESIZES: Final = {resize.value: resize for resize in AutoResize}
_LIST_TYPES: Final = {kind.value: kind for kind in ListType}

_DEFAULT_SIZE: Final = 12.0
_MAX_INDENTATION: Final = 32
_MAX_FONT_LINE_HEIGHT: Final = 10.0
_DEFAULT_STYLE: Final = FigmaTextStyle()


def read_text(
    node: FigmaNode, style: FigmaTextStyle | None, building: Building, *, ink: Rect | None = None
) -> TextBlock | None:
    """None where there is nothing to set. ``style``: of what has no override. ``ink``: where the glyphs are known to
    be."""
    if not node.characters:
        return None
    building.spend_text(node.characters)
    base = style or _DEFAULT_STYLE
    _warn_unsupported(base, building)
    return TextBlock(
        characters=node.characters,
        runs=tuple(_runs(node, base, building)),
        align=_ALIGNS.get(base.text_align_horizontal or "LEFT", TextAlign.LEFT),
        vertical_align=_VERTICAL_ALIGNS.get(base.text_align_vertical or "TOP", VerticalAlign.TOP),
        auto_resize=_AUTO_RESIZES.get(base.text_auto_resize or "NONE", AutoResize.NONE),
        ellipsis=base.text_truncation == "ENDING" or base.text_auto_resize == "TRUNCATE",
        max_lines=int(base.max_lines) if base.max_lines and base.max_lines >= 1 else None,
        paragraph_spacing=base.paragraph_spacing or 0.0,
        paragraph_indent=base.paragraph_indent or 0.0,
        list_spacing=base.list_spacing or 0.0,
        lines=_lines(node),
        ink=ink,
        trims=base.leading_trim == "CAP_HEIGHT",
    )


def has_own_fills(node: FigmaNode) -> bool:
    """Whether any run is painted differently from the node."""
    table = node.style_override_table or {}
    return any(style is not None and style.fills is not None for style in table.values())


def _warn_unsupported(style: FigmaTextStyle, building: Building) -> None:
    if style.leading_trim not in (None, "NONE", "CAP_HEIGHT"):
        building.warn("unsupported-leading-trim", "An unknown vertical trim of a text is not applied.")


# --- runs -------------------------------------------------------------------------------------------------------------


def _runs(node: FigmaNode, base: FigmaTextStyle, building: Building) -> Iterator[TextRun]:
    fills = read_fills(node.fills, building, "fills")
    styles: dict[int, TextStyle] = {}
    for key, start, end in _spans(node.characters, node.character_style_overrides or ()):
        if key not in styles:
            styles[key] = _run_style(node, base, key, fills, building)
        yield TextRun(start, end, styles[key])


def _spans(characters: str, overrides: Sequence[float]) -> Iterator[tuple[int, int, int]]:
    """(override, start, end) in code points. Figma counts UTF-16 code units; past the list's end it is 0."""
    if not any(overrides):
        yield 0, 0, len(characters)
        return
    start = 0
    for key, group in groupby(_keys(characters, overrides)):
        end = start + sum(1 for _ in group)
        yield key, start, end
        start = end


def _keys(characters: str, overrides: Sequence[float]) -> Iterator[int]:
    unit, count = 0, len(overrides)
    for character in characters:
        yield int(overrides[unit]) if unit < count else 0
        unit += 2 if character > "\uffff" else 1


def _run_style(
    node: FigmaNode, base: FigmaTextStyle, key: int, fills: tuple[Fill, ...], building: Building
) -> TextStyle:
    override = (node.style_override_table or {}).get(str(key)) if key else None
    if override is None:
        return _style(base, fills, _font_line_height(base), building)
    if override.fills is not None:
        field = key_path("styleOverrideTable", str(key))
        fills = read_fills(override.fills, building, f"{field}.fills")
    changes = _said(override)
    line_height = None if changes.keys() & _FACE_FIELDS else _font_line_height(base)
    return _style(_merged(base, changes), fills, line_height, building)


def _font_line_height(style: FigmaTextStyle) -> float | None:
    """The line height of the very font the document was made with, in ems: Figma gives it as pixels and per cent of
    it. It tells two versions of one font apart."""
    if not style.line_height_px or not style.line_height_percent or not style.font_size:
        return None
    ems = style.line_height_px / (style.line_height_percent / 100) / style.font_size
    return ems if 0.0 < ems < _MAX_FONT_LINE_HEIGHT else None


def _said(override: FigmaTextStyle) -> dict[str, Any]:
    """What an override says, by field."""
    return {name: value for name in _STYLE_FIELDS if (value := getattr(override, name)) is not None}


def _merged(base: FigmaTextStyle, changes: dict[str, Any]) -> FigmaTextStyle:
    if changes.keys() & _FACE_FIELDS:
        # The face changes: what named the old face exactly must not win over what names the new one.
        changes = dict.fromkeys(_FACE_NAMES) | changes
    if "font_size" in changes and base.line_height_unit != "PIXELS":
        # Pixels were worked out for the old size.
        changes = {"line_height_px": None} | changes
    return structs.replace(base, **changes)


_STYLE_FIELDS: Final = FigmaTextStyle.__struct_fields__
_FACE_FIELDS: Final = frozenset({"font_family", "font_weight", "italic", "font_style"})
_FACE_NAMES: Final = ("font_post_script_name", "line_height_px")


def _style(
    style: FigmaTextStyle, fills: tuple[Fill, ...], font_line_height: float | None, building: Building
) -> TextStyle:
    if style.text_decoration_style not in (None, "SOLID"):
        building.warn("unsupported-text-decoration", "A dotted or wavy text decoration is drawn as a plain line.")
    return TextStyle(
        family=style.font_family or "",
        postscript_name=style.font_post_script_name,
        weight=400.0 if style.font_weight is None else style.font_weight,
        italic=_is_italic(style),
        size=_DEFAULT_SIZE if style.font_size is None else max(0.0, style.font_size),
        letter_spacing=style.letter_spacing or 0.0,
        line_height=_line_height(style),
        case=_CASES.get(style.text_case or "ORIGINAL", TextCase.ORIGINAL),
        decoration=_DECORATIONS.get(style.text_decoration or "NONE", TextDecoration.NONE),
        features=_features(style, building),
        fills=fills,
        font_line_height=font_line_height,
        link=_link(style.hyperlink),
    )


def _is_italic(style: FigmaTextStyle) -> bool:
    if style.italic is not None:
        return style.italic
    names = f"{style.font_post_script_name or ''} {style.font_style or ''}".lower()
    return "italic" in names or "oblique" in names


def _line_height(style: FigmaTextStyle) -> LineHeight:
    """Figma's own pixels where it gives them: they hold even where the font at hand is not the one it measured."""
    if style.line_height_unit == "FONT_SIZE_%" and style.line_height_percent_font_size is not None:
        return LineHeight(LineHeightUnit.FONT_SIZE_PERCENT, max(0.0, style.line_height_percent_font_size))
    if style.line_height_px is not None:
        return LineHeight(LineHeightUnit.PIXELS, max(0.0, style.line_height_px))
    percent = 100.0 if style.line_height_percent is None else style.line_height_percent
    return LineHeight(LineHeightUnit.INTRINSIC_PERCENT, max(0.0, percent))


def _features(style: FigmaTextStyle, building: Building) -> tuple[tuple[str, int], ...]:
    flags = style.opentype_flags
    if not flags:
        return ()
    building.check_count(len(flags), "style.opentypeFlags")
    pairs = ((tag.lower(), int(value)) for tag, value in flags.items())
    return tuple(sorted((tag, value) for tag, value in pairs if _is_tag(tag) and 0 <= value <= 0xFFFF))


def _is_tag(tag: str) -> bool:
    return len(tag) == 4 and tag.isascii() and tag.isalnum()


# Where a link may lead: what a reader of a PDF or of a page would follow without running anything.
_ADDRESS: Final = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)


def _link(hyperlink: Hyperlink | None) -> str:
    """'' where there is none, or where it leads into the file or to something that is no page and no mail."""
    if hyperlink is None or hyperlink.type != "URL" or hyperlink.url is None:
        return ""
    address = hyperlink.url.strip()
    return address if _ADDRESS.fullmatch(address) else ""


# --- lines ------------------------------------------------------------------------------------------------------------


def _lines(node: FigmaNode) -> tuple[TextLine, ...]:
    """One entry for each paragraph, or none at all where no paragraph is in a list or indented."""
    types, indentations = node.line_types or (), node.line_indentations or ()
    if not any(indentations) and all(kind == "NONE" for kind in types):
        return ()
    count = node.characters.count("\n") + 1
    return tuple(TextLine(_list_type(types, index), _indentation(indentations, index)) for index in range(count))


def _list_type(types: Sequence[str], index: int) -> ListType:
    return _LIST_TYPES.get(types[index], ListType.NONE) if index < len(types) else ListType.NONE


def _indentation(indentations: Sequence[float], index: int) -> int:
    return min(_MAX_INDENTATION, max(0, int(indentations[index]))) if index < len(indentations) else 0
