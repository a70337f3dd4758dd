from __future__ import annotations

import math
from typing import Any

import pytest

from renderer.geometry import Colour
from renderer.read.rest.svgpath import parse_path
from renderer.scene import OutlinedStroke, PenStroke, SolidFill, StrokeAlign, StrokeCap, StrokeJoin
from tests.renderer.documents import child, frame, node, read, refusal, solid

INK = SolidFill(Colour(1, 0, 0))


def stroke(**more: Any) -> PenStroke | None:
    made = child(node(strokes=[solid()], **more)).stroke
    assert made is None or isinstance(made, PenStroke)
    return made


def test_a_plain_stroke() -> None:
    assert stroke(strokeWeight=3, strokeAlign="INSIDE") == PenStroke((INK,), weight=3)
    assert stroke() == PenStroke((INK,), weight=1)


def test_everything_a_stroke_has() -> None:
    assert stroke(
        strokeWeight=2,
        strokeAlign="OUTSIDE",
        strokeJoin="ROUND",
        strokeCap="SQUARE",
        strokeMiterAngle=60,
        strokeDashes=[4, 2],
        individualStrokeWeights={"top": 1, "right": 2, "bottom": 3, "left": 0},
    ) == PenStroke(
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
    assert scene.codes == [("unsupported-stroke-cap", "2:2")]
    made = scene.children[0].stroke
    assert made is not None
    assert made.cap is StrokeCap.NONE


def test_brushes_are_a_warning() -> None:
    scene = read(frame(node(strokes=[solid()], complexStrokeProperties={"strokeType": "BRUSH"})))
    assert scene.codes == [("unsupported-stroke", "1:1")]


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
    made = scene.children[0].stroke
    assert made == OutlinedStroke((INK,), (parse_path("M1 1L2 2L3 1Z"),))
    assert scene.warnings == ()


def test_a_stroke_whose_outline_cannot_be_read_is_drawn_with_a_pen() -> None:
    built = read(frame(node("LINE", at=(0, 0, 9, 0), id="1:2", strokes=[solid()], strokeGeometry=[{"path": "M0 0L5"}])))
    assert isinstance(built.children[0].stroke, PenStroke)
    assert built.codes == [("path-invalid", "1:2")]
    assert read(node("LINE", at=(0, 0, 9, 0), strokes=[solid()], strokeGeometry=[{"path": "M0"}])).bounds.height == 1


@pytest.mark.parametrize("align", ["INSIDE", "OUTSIDE"])
def test_an_outline_that_would_have_to_be_clipped_is_left_to_the_painter(align: str) -> None:
    made = child(vector(strokeAlign=align)).stroke
    assert isinstance(made, PenStroke)
    assert made.align is StrokeAlign(align)


def test_an_open_vector_has_no_inside() -> None:
    made = child(vector(strokeAlign="INSIDE", fillGeometry=[])).stroke
    assert isinstance(made, OutlinedStroke)


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


def test_dashes_of_an_outlined_stroke_are_counted_too() -> None:
    assert refusal(frame(vector(strokeAlign="CENTER", strokeDashes=[1] * 300))).code == "limit-paints"
