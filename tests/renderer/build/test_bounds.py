from __future__ import annotations

import math
from typing import Any

import pytest

from renderer.exceptions import OptionError
from renderer.geometry import Rect
from tests.renderer.documents import box, frame, group, node, page, read, refusal, solid, text

SHADE = {"r": 0, "g": 0, "b": 0, "a": 0.5}


def edges(document: dict[str, Any], **options: Any) -> tuple[float, float, float, float]:
    bounds = read(document, **options).bounds
    return bounds.x, bounds.y, bounds.x + bounds.width, bounds.y + bounds.height


def test_the_document_knows_best() -> None:
    document = node(absoluteRenderBounds=box(-7.5, -8.25, 120, 70.5))
    assert read(document).bounds == Rect(-7.5, -8.25, 120, 70.5)
    assert read(document, use_absolute_bounds=True).bounds == Rect(0, 0, 100, 50)


def test_null_render_bounds_are_worked_out() -> None:
    assert read(frame(absoluteRenderBounds=None)).bounds == Rect(0, 0, 100, 50)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, (0, 0, 100, 50)),
        ({"strokes": [solid()], "strokeWeight": 6, "strokeAlign": "INSIDE"}, (0, 0, 100, 50)),
        ({"strokes": [solid()], "strokeWeight": 6, "strokeAlign": "CENTER"}, (-3, -3, 103, 53)),
        ({"strokes": [solid()], "strokeWeight": 6, "strokeAlign": "OUTSIDE"}, (-6, -6, 106, 56)),
        ({"effects": [{"type": "LAYER_BLUR", "radius": 4}]}, (-4, -4, 104, 54)),
        ({"effects": [{"type": "BACKGROUND_BLUR", "radius": 4}]}, (0, 0, 100, 50)),
        (
            {
                "effects": [
                    {"type": "DROP_SHADOW", "color": SHADE, "offset": {"x": 0, "y": 4}, "radius": 30, "spread": 2}
                ]
            },
            (-32, -28, 132, 86),
        ),
        (
            {"effects": [{"type": "INNER_SHADOW", "color": SHADE, "offset": {"x": 9, "y": 9}, "radius": 9}]},
            (0, 0, 100, 50),
        ),
        ({"rotation": math.pi / 2, "absoluteBoundingBox": box(0, 0, 50, 100)}, (0, 0, 50, 100)),
    ],
)
def test_what_a_node_paints(properties: dict[str, Any], expected: tuple[float, ...]) -> None:
    assert edges(node(**properties)) == pytest.approx(expected)


def test_a_line_has_the_height_of_its_stroke() -> None:
    line = node("LINE", (0, 10, 40, 0), fills=[], strokes=[solid()], strokeWeight=4, strokeAlign="CENTER")
    assert edges(line) == (-2, 8, 42, 12)
    assert edges(line, use_absolute_bounds=True) == (-2, 8, 42, 12)


def test_children_reach_out_of_groups_and_of_frames_that_do_not_clip() -> None:
    outside = node(at=(80, 40, 50, 50))
    assert edges(group(outside, node())) == (0, 0, 130, 90)
    assert edges(frame(outside)) == (0, 0, 130, 90)
    assert edges(frame(outside, clipsContent=True)) == (0, 0, 100, 50)


def test_a_frame_clips_its_children_but_not_its_own_shadow() -> None:
    glow = [{"type": "DROP_SHADOW", "color": SHADE, "offset": {"x": 0, "y": 0}, "radius": 10}]
    document = frame(node(at=(80, 40, 50, 50)), fills=[solid()], clipsContent=True, effects=glow)
    assert edges(document) == (-10, -10, 110, 60)


def test_masks_text_and_hidden_things() -> None:
    document = group(
        node(at=(0, 0, 900, 900), isMask=True), text("x", (10, 10, 30, 20)), node(at=(0, 0, 9, 9), visible=False)
    )
    assert edges(document) == (10, 10, 40, 30)


def test_a_page_is_as_large_as_what_is_on_it() -> None:
    document = page(node(at=(0, 0, 10, 10), absoluteRenderBounds=box(-5, -5, 20, 20)), node(at=(30, 30, 10, 10)))
    assert edges(document) == (-5, -5, 40, 40)
    assert edges(document, use_absolute_bounds=True) == (0, 0, 40, 40)


def test_an_empty_group_is_a_transparent_picture_of_its_box() -> None:
    assert read(group()).bounds == Rect(0, 0, 100, 50)


@pytest.mark.parametrize(
    "document",
    [node(at=(0, 0, 0, 0)), node(absoluteBoundingBox=None), group(node(visible=False), at=(0, 0, 0, 4))],
)
def test_nothing_of_no_size_has_no_picture(document: dict[str, Any]) -> None:
    error = refusal(document)
    assert isinstance(error, OptionError)
    assert error.code == "picture-empty"


def test_an_outlined_stroke_reaches_as_far_as_its_outlines() -> None:
    outline = [{"path": "M-2 -3L110 -3L110 4L-2 4Z"}]
    stroked = node("VECTOR", strokes=[solid()], strokeWeight=40, strokeAlign="CENTER", strokeGeometry=outline)
    assert edges(stroked) == (-2, -3, 110, 50)


def test_what_is_masked_counts_and_the_mask_does_not() -> None:
    assert edges(group(node(at=(0, 0, 9, 9)), node(at=(0, 0, 500, 500), isMask=True), node(at=(20, 20, 5, 5)))) == (
        *(0, 0, 25, 25),
    )
