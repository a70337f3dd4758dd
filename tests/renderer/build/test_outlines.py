"""Outlines that the document carries, good and bad."""

from __future__ import annotations

from typing import Any

import pytest

from renderer.exceptions import DocumentError, LimitError
from renderer.geometry import PathData
from renderer.limits import RenderLimits
from renderer.scene import PathGeometry, Region
from tests.renderer.documents import frame, node, read, refusal, solid

TRIANGLE = [{"path": "M0 0L9 0L9 9Z", "windingRule": "NONZERO"}]


@pytest.mark.parametrize("path", ["10 10L20 20", "<script>", "M0 0 L url(#x)", "M0 0Lnan 5", "M"])
def test_an_outline_is_path_data(path: str) -> None:
    error = refusal(frame(node("VECTOR", fillGeometry=[TRIANGLE[0], {"path": path}])))
    assert isinstance(error, DocumentError)
    assert error.field == "children[0].fillGeometry[1].path"


@pytest.mark.parametrize("number", ["1e30", "-1E+12", "123456789", "99999999.5", "1e99999"])
def test_far_outlines_break_a_limit(number: str) -> None:
    error = refusal(frame(node("VECTOR", strokes=[solid()], strokeGeometry=[{"path": f"M0 0L{number} 4"}])))
    assert isinstance(error, LimitError)
    assert error.code == "limit-coordinate"
    assert error.field is not None
    assert error.field.endswith("[0].path")


def test_long_fractions_are_not_far() -> None:
    path = "M0.123456789012 1e-30L12345.123456789 -0.00000000001"
    assert read(frame(node("VECTOR", fillGeometry=[{"path": path}]))).children


def test_verbs_are_counted_over_the_whole_document() -> None:
    many = [{"path": "M0 0" + "L1 1" * 50}]
    document = frame(*(node("VECTOR", id=f"1:{i}", fillGeometry=many) for i in range(4)))
    assert read(document, limits=RenderLimits(max_path_verbs=204)).children
    error = refusal(document, limits=RenderLimits(max_path_verbs=203))
    assert isinstance(error, LimitError)
    assert error.code == "limit-path-verbs"


def test_verbs_that_are_not_drawn_do_not_count() -> None:
    many = [{"path": "M0 0" + "L1 1" * 50}]
    rectangles = (node(id=f"1:{i}", fillGeometry=many, strokeGeometry=many) for i in range(4))
    limits = RenderLimits(max_path_verbs=51)
    assert read(frame(node("VECTOR", id="2:2", fillGeometry=many), *rectangles), limits=limits).children
    distinct = [{"path": "M0 0" + "L1 1" * 50 + f"L{i} 1"} for i in range(3)]
    assert read(frame(node(fillGeometry=distinct), node("VECTOR", id="2:2")), limits=limits).children
    error = refusal(frame(node(fillGeometry=distinct), node("VECTOR", fillGeometry=distinct[2:])), limits=limits)
    assert (error.code, error.field) == ("limit-path-verbs", "children[1].fillGeometry[0].path")


def test_verbs_svg_lets_one_leave_out_are_counted_too() -> None:
    error = refusal(
        frame(node("VECTOR", fillGeometry=[{"path": "M" + "0 0 " * 1000}])), limits=RenderLimits(max_path_verbs=300)
    )
    assert error.code == "limit-path-verbs"


@pytest.mark.parametrize("path", ["M0 0L5", "M0 0Z5 5", "M0 0C1 2 3Z"])
def test_a_broken_outline_is_a_warning_and_drawn_as_nothing(path: str) -> None:
    scene = read(frame(node("VECTOR", id="1:2", fillGeometry=[{"path": path, "windingRule": "EVENODD"}])))
    assert scene.codes == [("path-invalid", "1:2")]
    assert scene.children[0].geometry == PathGeometry((Region(PathData(b"", b"")),))


@pytest.mark.parametrize("path", ["<script>", "M0 0L5", "M0 0L1e30 5", "M" + "0 0 " * 1000])
@pytest.mark.parametrize(
    "unused",
    [
        {"type": "RECTANGLE", "field": "fillGeometry"},
        {"type": "ELLIPSE", "field": "fillGeometry"},
        {"type": "FRAME", "field": "strokeGeometry", "strokes": []},
        {"type": "RECTANGLE", "field": "strokeGeometry", "strokeAlign": "INSIDE", "fillGeometry": TRIANGLE},
    ],
)
def test_an_outline_that_is_not_drawn_may_be_anything(path: str, unused: dict[str, Any]) -> None:
    properties = {"strokes": [solid()]} | unused
    field = properties.pop("field")
    scene = read(frame(node(**(properties | {field: [{"path": path}]}), kind=properties.pop("type"))))
    assert len(scene.children) == 1
    assert scene.warnings == ()


@pytest.mark.parametrize(
    ("outline", "field"),
    [
        ({}, "path"),
        ({"path": 5}, "path"),
        ({"path": None}, "path"),
        ({"path": "M0 0L9 9", "windingRule": 1}, "windingRule"),
        ({"path": "M0 0L9 9", "overrideID": "2"}, "overrideID"),
    ],
)
def test_an_outline_has_its_fields(outline: dict[str, Any], field: str) -> None:
    assert (
        refusal(frame(node("VECTOR", fillGeometry=[TRIANGLE[0], outline]))).field
        == f"children[0].fillGeometry[1].{field}"
    )


def test_broken_outlines_count_too() -> None:
    broken = [{"path": f"M{i} 0" + "L1 1" * 48 + "L"} for i in range(6)]
    assert read(frame(node("VECTOR", fillGeometry=broken)), limits=RenderLimits(max_path_verbs=150)).warnings
    error = refusal(frame(node("VECTOR", fillGeometry=broken)), limits=RenderLimits(max_path_verbs=149))
    assert (error.code, error.field) == ("limit-path-verbs", "children[0].fillGeometry[5].path")


def test_an_outline_that_many_nodes_have_is_read_once() -> None:
    first, second = read(frame(*(node("VECTOR", id=f"1:{i}", fillGeometry=TRIANGLE) for i in range(2)))).children
    assert first.geometry.regions[0].path is second.geometry.regions[0].path
