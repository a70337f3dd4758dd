from __future__ import annotations

from typing import Any

import pytest

from renderer.exceptions import LimitError
from renderer.geometry import Colour
from renderer.limits import RenderLimits
from renderer.read.rest.svgpath import parse_path
from renderer.scene import (
    AutoResize,
    LineHeight,
    LineHeightUnit,
    ListType,
    PathGeometry,
    Region,
    Shape,
    SolidFill,
    Text,
    TextAlign,
    TextBlock,
    TextCase,
    TextDecoration,
    TextLine,
    TextRun,
    TextStyle,
    VerticalAlign,
)
from tests.renderer.documents import child, frame, read, refusal, solid, text

RED = SolidFill(Colour(1, 0, 0))
BLUE = {"r": 0, "g": 0, "b": 1, "a": 1}
BASE = {"fontFamily": "Inter", "fontPostScriptName": "Inter-Regular", "fontWeight": 400, "fontSize": 16}


def block(characters: str, style: dict[str, Any] | None = None, **more: Any) -> TextBlock:
    made = child(text(characters, style=BASE | (style or {}), **more))
    assert isinstance(made, Text)
    return made.block


def style(**more: Any) -> TextStyle:
    (run,) = block("x", more).runs
    return run.style


def runs(characters: str, overrides: list[int], table: dict[str, Any] | None = None) -> list[tuple[str, float]]:
    """(characters, size) of each run; the override 1 has size 32."""
    made = block(characters, characterStyleOverrides=overrides, styleOverrideTable=table or {"1": {"fontSize": 32}})
    assert made.runs[0].start == 0
    assert made.runs[-1].end == len(characters)
    assert [run.start for run in made.runs[1:]] == [run.end for run in made.runs[:-1]]
    return [(characters[run.start : run.end], run.style.size) for run in made.runs]


def test_plain_text_is_one_run_painted_with_the_nodes_fills() -> None:
    assert block("Hello") == TextBlock(
        "Hello", (TextRun(0, 5, TextStyle("Inter", "Inter-Regular", size=16, fills=(RED,))),)
    )


def test_everything_a_block_has() -> None:
    made = block(
        "Hi",
        {
            "textAlignHorizontal": "JUSTIFIED",
            "textAlignVertical": "BOTTOM",
            "textAutoResize": "HEIGHT",
            "textTruncation": "ENDING",
            "maxLines": 2,
            "paragraphSpacing": 5,
            "paragraphIndent": 6,
            "listSpacing": 7,
        },
    )
    assert (made.align, made.vertical_align, made.auto_resize) == (
        TextAlign.JUSTIFIED,
        VerticalAlign.BOTTOM,
        AutoResize.HEIGHT,
    )
    assert (made.ellipsis, made.max_lines) == (True, 2)
    assert (made.paragraph_spacing, made.paragraph_indent, made.list_spacing) == (5, 6, 7)


def test_the_old_way_to_truncate() -> None:
    assert block("Hi", {"textAutoResize": "TRUNCATE"}).ellipsis
    assert not block("Hi").ellipsis


def test_everything_a_run_has() -> None:
    assert style(
        italic=True,
        fontWeight=700,
        letterSpacing=-0.5,
        textCase="SMALL_CAPS",
        textDecoration="STRIKETHROUGH",
        opentypeFlags={"LIGA": 0, "SS01": 1, "toolong": 1, "ab c": 1},
    ) == TextStyle(
        "Inter",
        "Inter-Regular",
        weight=700,
        italic=True,
        size=16,
        letter_spacing=-0.5,
        case=TextCase.SMALL_CAPS,
        decoration=TextDecoration.STRIKETHROUGH,
        features=(("liga", 0), ("ss01", 1)),
        fills=(RED,),
    )


@pytest.mark.parametrize(
    ("properties", "italic"),
    [
        ({"fontPostScriptName": "Inter-BoldItalic"}, True),
        ({"fontPostScriptName": None, "fontStyle": "Light Oblique"}, True),
        ({"fontPostScriptName": "Inter-Italic", "italic": False}, False),
        ({}, False),
    ],
)
def test_slant(properties: dict[str, Any], italic: bool) -> None:
    assert style(**properties).italic is italic


PX, PERCENT, INTRINSIC = LineHeightUnit.PIXELS, LineHeightUnit.FONT_SIZE_PERCENT, LineHeightUnit.INTRINSIC_PERCENT


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, LineHeight(INTRINSIC, 100)),
        ({"lineHeightUnit": "PIXELS", "lineHeightPx": 24, "lineHeightPercent": 128}, LineHeight(PX, 24)),
        (
            {"lineHeightUnit": "FONT_SIZE_%", "lineHeightPx": 24, "lineHeightPercentFontSize": 150},
            LineHeight(PERCENT, 150),
        ),
        ({"lineHeightUnit": "INTRINSIC_%", "lineHeightPx": 19.36, "lineHeightPercent": 100}, LineHeight(PX, 19.36)),
        ({"lineHeightUnit": "INTRINSIC_%", "lineHeightPercent": 120}, LineHeight(INTRINSIC, 120)),
        ({"lineHeightPx": 0}, LineHeight(PX, 0)),
    ],
)
def test_line_heights(properties: dict[str, Any], expected: LineHeight) -> None:
    assert style(**properties).line_height == expected


# --- runs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ([], [("abcdef", 16)]),
        ([0, 0, 0, 0, 0, 0], [("abcdef", 16)]),
        ([1], [("a", 32), ("bcdef", 16)]),
        ([0, 1, 1], [("a", 16), ("bc", 32), ("def", 16)]),
        ([1, 1, 1, 1, 1, 1, 1, 1], [("abcdef", 32)]),
        ([0, 9, 0], [("a", 16), ("b", 16), ("cdef", 16)]),
    ],
)
def test_overrides_become_runs(overrides: list[int], expected: list[tuple[str, float]]) -> None:
    assert runs("abcdef", overrides) == expected


def test_overrides_are_counted_in_utf16_code_units() -> None:
    # Figma counts the emoji as two, so the third and fourth number are those of "b" and "c".
    assert runs("\U0001f600bc", [0, 0, 1, 0]) == [("\U0001f600", 16), ("b", 32), ("c", 16)]
    assert runs("a\U0001f600\U0001f601z", [0, 1, 1, 0, 0, 1]) == [
        ("a", 16),
        ("\U0001f600", 32),
        ("\U0001f601", 16),
        ("z", 32),
    ]


def test_an_override_changes_only_what_it_says() -> None:
    made = block(
        "ab",
        {"letterSpacing": 2, "textCase": "UPPER"},
        characterStyleOverrides=[0, 7],
        styleOverrideTable={"7": {"fontSize": 20, "fills": [solid(BLUE)], "textCase": None}},
    )
    plain, changed = (run.style for run in made.runs)
    assert plain.fills == (RED,)
    assert changed.fills == (SolidFill(Colour(0, 0, 1)),)
    assert (changed.size, changed.letter_spacing, changed.case) == (20, 2, TextCase.UPPER)
    assert changed.postscript_name == "Inter-Regular"


def test_a_new_face_does_not_keep_the_old_ones_name() -> None:
    made = block("ab", characterStyleOverrides=[0, 7], styleOverrideTable={"7": {"fontWeight": 700}})
    assert (made.runs[1].style.weight, made.runs[1].style.postscript_name) == (700, None)


def test_a_new_size_does_not_keep_pixels_worked_out_for_the_old_one() -> None:
    table = {"7": {"fontSize": 32}}
    automatic = block(
        "ab",
        {"lineHeightUnit": "INTRINSIC_%", "lineHeightPx": 19.4},
        characterStyleOverrides=[0, 7],
        styleOverrideTable=table,
    )
    assert [run.style.line_height.unit for run in automatic.runs] == [PX, INTRINSIC]
    fixed = block(
        "ab", {"lineHeightUnit": "PIXELS", "lineHeightPx": 24}, characterStyleOverrides=[0, 7], styleOverrideTable=table
    )
    assert [run.style.line_height for run in fixed.runs] == [LineHeight(PX, 24)] * 2


def test_whole_numbers_may_be_written_with_a_point() -> None:
    made = block(
        "ab",
        {"maxLines": 2.0, "opentypeFlags": {"LIGA": 0.0}},
        characterStyleOverrides=[0.0, 1.0],
        styleOverrideTable={"1": {"fontSize": 32}},
        lineTypes=["ORDERED"],
        lineIndentations=[1.0],
    )
    assert [run.style.size for run in made.runs] == [16, 32]
    assert (made.max_lines, made.lines[0].indentation, made.runs[0].style.features) == (2, 1, (("liga", 0),))


def test_a_null_entry_of_the_table_overrides_nothing() -> None:
    assert runs("ab", [0, 1], {"1": None}) == [("a", 16), ("b", 16)]


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hyperlink", "link"),
    [
        ({"type": "URL", "url": "https://example.org/a?b=c#d"}, "https://example.org/a?b=c#d"),
        ({"type": "URL", "url": " HTTP://example.org "}, "HTTP://example.org"),
        ({"type": "URL", "url": "mailto:someone@example.org"}, "mailto:someone@example.org"),
        ({"type": "URL", "url": "javascript:alert(1)"}, ""),
        ({"type": "URL", "url": "file:///etc/passwd"}, ""),
        ({"type": "URL", "url": "https://exam ple.org"}, ""),
        ({"type": "URL", "url": None}, ""),
        ({"type": "NODE", "nodeID": "1:2"}, ""),
        ({"url": "https://example.org"}, ""),
        (None, ""),
    ],
)
def test_links_lead_to_pages_and_to_mail(hyperlink: dict[str, Any] | None, link: str) -> None:
    assert style(hyperlink=hyperlink).link == link


def test_a_run_can_have_a_link_of_its_own() -> None:
    table = {"1": {"hyperlink": {"type": "URL", "url": "https://example.org"}}}
    made = block("ab", characterStyleOverrides=[0, 1], styleOverrideTable=table)
    assert [run.style.link for run in made.runs] == ["", "https://example.org"]


# --- lines and outlines -----------------------------------------------------------------------------------------------


def test_lists_and_indentations_by_paragraph() -> None:
    made = block("a\nb\nc", lineTypes=["ORDERED", "UNORDERED"], lineIndentations=[1, 2])
    assert made.lines == (TextLine(ListType.ORDERED, 1), TextLine(ListType.UNORDERED, 2), TextLine())
    assert block("a\nb", lineTypes=["NONE", "NONE"], lineIndentations=[0, 0]).lines == ()


def test_glyph_outlines_of_the_document_are_drawn_as_they_are() -> None:
    node = child(text("A", fillGeometry=[{"path": "M0 0L4 8L8 0Z", "windingRule": "NONZERO"}]))
    assert isinstance(node, Shape)
    assert node.geometry == PathGeometry((Region(parse_path("M0 0L4 8L8 0Z")),))
    assert node.fills == (RED,)


def test_but_not_where_runs_have_colours_of_their_own() -> None:
    node = child(
        text(
            "AB",
            fillGeometry=[{"path": "M0 0L4 8L8 0Z"}],
            characterStyleOverrides=[0, 1],
            styleOverrideTable={"1": {"fills": [solid(BLUE)]}},
        )
    )
    assert isinstance(node, Text)


def test_no_characters_no_node() -> None:
    assert read(frame(text(""))).children == ()


def test_trim_and_fancy_underlines_are_warnings() -> None:
    scene = read(frame(text("x", id="2:1", style=BASE | {"leadingTrim": "X_HEIGHT", "textDecorationStyle": "WAVY"})))
    assert sorted(scene.codes) == [("unsupported-leading-trim", "2:1"), ("unsupported-text-decoration", "2:1")]


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"characters": 5}, "characters"),
        ({"style": {"fontSize": "16"}}, "style.fontSize"),
        ({"style": {"fontSize": -4}}, "style.fontSize"),
        ({"style": {"fontSize": 1e9}}, "style.fontSize"),
        ({"style": {"lineHeightPx": 1e300}}, "style.lineHeightPx"),
        ({"characterStyleOverrides": [0, "1"]}, "characterStyleOverrides[1]"),
        ({"styleOverrideTable": {"7": {"fontSize": True}}}, 'styleOverrideTable["7"].fontSize'),
        (
            {
                "characterStyleOverrides": [7],
                "styleOverrideTable": {"7": {"fills": [{"type": "SOLID"}]}},
            },
            'styleOverrideTable["7"].fills[0].color',
        ),
    ],
)
def test_wrong_text_is_refused_by_path(properties: dict[str, Any], field: str) -> None:
    assert refusal(frame(text("a") | properties)).field == f"children[0].{field}"


def test_characters_are_counted_over_the_whole_document() -> None:
    document = frame(text("four"), text("five!"))
    assert read(document, limits=RenderLimits(max_text_chars=9)).children
    error = refusal(document, limits=RenderLimits(max_text_chars=8))
    assert isinstance(error, LimitError)
    assert error.code == "limit-text"
