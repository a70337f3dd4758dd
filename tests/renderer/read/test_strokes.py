from __future__ import annotations

import math
from typing import Any

import pytest

from renderer.scene import (
    HEAD_HALF_HEIGHT,
    Colour,
    LineGeometry,
    Matrix,
    PathData,
    SolidFill,
    Stroke,
    StrokeAlign,
    StrokeCap,
    StrokeJoin,
)
from tests.renderer.read.documents import child, codes, frame, node, read, refusal, solid

INK = SolidFill(Colour(1, 0, 0))


def stroke(**more: Any) -> Stroke | None:
    return child(node(strokes=[solid()], **more)).stroke


def test_a_plain_stroke() -> None:
    assert stroke(strokeWeight=3, strokeAlign="INSIDE") == Stroke((INK,), weight=3)
    assert stroke() == Stroke((INK,), weight=1)


def test_everything_a_stroke_has() -> None:
    assert stroke(
        strokeWeight=2,
        strokeAlign="OUTSIDE",
        strokeJoin="ROUND",
        strokeCap="SQUARE",
        strokeMiterAngle=60,
        strokeDashes=[4, 2],
        individualStrokeWeights={"top": 1, "right": 2, "bottom": 3, "left": 0},
    ) == Stroke(
        (INK,),
        weight=2,
        align=StrokeAlign.OUTSIDE,
        join=StrokeJoin.ROUND,
        cap=StrokeCap.SQUARE,
        miter_limit=1 / math.sin(math.radians(60) / 2),
        dashes=(4, 2),
        side_weights=(1, 2, 3, 0),
    )


@pytest.mark.parametrize(
    "properties",
    [
        {"strokeWeight": 0},
        {"strokes": []},
        {"strokes": [solid(visible=False)]},
        {"strokes": None},
        {"individualStrokeWeights": {"top": 0, "right": 0, "bottom": 0, "left": 0}},
    ],
)
def test_a_stroke_nobody_sees_is_none(properties: dict[str, Any]) -> None:
    assert child(node(**({"strokes": [solid()]} | properties))).stroke is None


@pytest.mark.parametrize(("angle", "limit"), [(None, 4), (28.96, 4), (90, math.sqrt(2)), (180, 1), (0, 1000)])
def test_miter_angles_are_ratios(angle: float | None, limit: float) -> None:
    read_back = stroke(strokeMiterAngle=angle)
    assert read_back is not None
    assert read_back.miter_limit == pytest.approx(limit, rel=1e-3)


@pytest.mark.parametrize(
    ("dashes", "read_back"), [([5], (5, 5)), ([1, 2, 3], (1, 2, 3, 1, 2, 3)), ([0, 0], ()), ([], ())]
)
def test_dashes_come_in_pairs(dashes: list[float], read_back: tuple[float, ...]) -> None:
    made = stroke(strokeDashes=dashes)
    assert made is not None
    assert made.dashes == read_back


@pytest.mark.parametrize("cap", ["LINE_ARROW", "TRIANGLE_FILLED", "WASHI_TAPE_1"])
def test_ends_that_are_not_drawn_are_a_warning(cap: str) -> None:
    scene = read(frame(node(id="2:2", strokes=[solid()], strokeCap=cap)))
    assert codes(scene) == [("unsupported-stroke-cap", "2:2")]
    made = scene.root.children[0].stroke
    assert made is not None
    assert made.cap is StrokeCap.NONE


def test_brushes_are_a_warning() -> None:
    scene = read(frame(node(strokes=[solid()], complexStrokeProperties={"strokeType": "BRUSH"})))
    assert codes(scene) == [("unsupported-stroke", "1:1")]


def vector(**more: Any) -> dict[str, Any]:
    shape = {"fillGeometry": [{"path": "M0 0L9 0L9 9Z", "windingRule": "NONZERO"}]}
    return node(
        "VECTOR",
        strokes=[solid()],
        strokeGeometry=[{"path": "M1 1L2 2L3 1Z", "windingRule": "NONZERO"}],
        **(shape | more),
    )


def test_a_centred_outline_is_taken_from_the_document_ends_and_all() -> None:
    scene = read(frame(vector(strokeAlign="CENTER", strokeCap="LINE_ARROW")))
    made = scene.root.children[0].stroke
    assert made is not None
    assert made.outline == (PathData("M1 1L2 2L3 1Z"),)
    assert scene.warnings == ()


@pytest.mark.parametrize("align", ["INSIDE", "OUTSIDE"])
def test_an_outline_that_would_have_to_be_clipped_is_left_to_the_painter(align: str) -> None:
    made = child(vector(strokeAlign=align)).stroke
    assert made is not None
    assert (made.outline, made.align) == ((), StrokeAlign(align))


def test_an_open_vector_has_no_inside() -> None:
    made = child(vector(strokeAlign="INSIDE", fillGeometry=[])).stroke
    assert made is not None
    assert made.outline
    assert made.align is StrokeAlign.CENTER


# --- segments ---------------------------------------------------------------------------------------------------------


def line(kind: str = "LINE", at: tuple[float, float, float, float] = (10, 20, 40, 0), **more: Any) -> dict[str, Any]:
    return node(kind, at, **({"fills": [], "strokes": [solid()], "strokeWeight": 4, "strokeAlign": "CENTER"} | more))


def test_a_line_lies_along_its_own_axis() -> None:
    placed = child(line())
    assert isinstance(placed.geometry, LineGeometry)
    assert (placed.width, placed.height, placed.transform) == (40, 0, Matrix.translation(10, 20))


def test_a_line_stroked_inside_stays_above_itself_and_within_its_length() -> None:
    placed = child(line(strokeAlign="INSIDE", strokeCap="ROUND"))
    assert placed.stroke is not None
    assert placed.stroke.align is StrokeAlign.CENTER
    assert (placed.width, placed.transform) == (36, Matrix.translation(12, 18))
    assert child(line(strokeAlign="INSIDE")).width == 40


@pytest.mark.parametrize("cap", list(HEAD_HALF_HEIGHT))
def test_a_line_can_have_heads_and_is_as_high_as_they_are(cap: StrokeCap) -> None:
    scene = read(line(strokeCap=cap.value, strokeAlign="CENTER"))
    assert scene.root.stroke is not None
    assert (scene.root.stroke.cap, scene.root.width) == (cap, 40)
    assert scene.bounds.height == pytest.approx(2 * 4 * HEAD_HALF_HEIGHT[cap])
    assert scene.warnings == ()


def test_a_line_stroked_outside_lies_below_itself() -> None:
    placed = child(line(strokeAlign="OUTSIDE", strokeCap="ROUND"))
    assert (placed.width, placed.transform) == (40, Matrix.translation(10, 22))


def test_a_thin_vector_is_a_segment_even_without_an_outline() -> None:
    across = child(line("VECTOR", (10, 20, 40, 0)))
    assert isinstance(across.geometry, LineGeometry)
    assert across.transform == Matrix.translation(10, 20)
    down = child(line("VECTOR", (10, 20, 0, 30)))
    assert (down.width, down.height) == (30, 0)
    assert down.transform == Matrix(0, 1, -1, 0, 10, 20)


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"strokeWeight": -1}, "strokeWeight"),
        ({"strokeWeight": "2"}, "strokeWeight"),
        ({"strokeDashes": [1, -2]}, "strokeDashes[1]"),
        ({"individualStrokeWeights": {"top": None}}, "individualStrokeWeights.top"),
        ({"strokeMiterAngle": 1e300}, "strokeMiterAngle"),
    ],
)
def test_wrong_strokes_are_refused_by_path(properties: dict[str, Any], field: str) -> None:
    assert refusal(frame(node(strokes=[solid()], **properties))).field == f"children[0].{field}"
