from __future__ import annotations

import math
from typing import Any

import pytest

from renderer.geometry import Colour
from renderer.read.rest.svgpath import parse_path
from renderer.scene import (
    EllipseGeometry,
    PathGeometry,
    PolygonGeometry,
    RectGeometry,
    Region,
    SolidFill,
    StarGeometry,
)
from tests.renderer.documents import child, frame, node, read, solid

TRIANGLE = [{"path": "M0 0L9 0L9 9Z", "windingRule": "NONZERO"}]
OUTLINE = PathGeometry((Region(parse_path("M0 0L9 0L9 9Z")),))
BLUE = {"r": 0, "g": 0, "b": 1, "a": 1}


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, RectGeometry()),
        ({"cornerRadius": 8}, RectGeometry((8, 8, 8, 8))),
        ({"cornerRadius": 8, "rectangleCornerRadii": [1, 2, 3, 4]}, RectGeometry((1, 2, 3, 4))),
        ({"cornerRadius": 8, "cornerSmoothing": 0.6}, RectGeometry((8, 8, 8, 8), 0.6)),
        ({"cornerRadius": 8, "fillGeometry": TRIANGLE}, RectGeometry((8, 8, 8, 8))),
        (
            {"cornerRadius": 8, "cornerSmoothing": 0.6, "fillGeometry": TRIANGLE},
            OUTLINE,
        ),
    ],
)
@pytest.mark.parametrize("kind", ["RECTANGLE", "FRAME", "COMPONENT", "COMPONENT_SET", "INSTANCE", "SECTION"])
def test_boxes(kind: str, properties: dict[str, Any], expected: object) -> None:
    assert child(node(kind, **properties)).geometry == expected


@pytest.mark.parametrize(
    ("arc", "expected"),
    [
        (None, EllipseGeometry()),
        ((0, math.tau, 0), EllipseGeometry(0, math.tau, 0)),
        ((0.5, 2, 0.25), EllipseGeometry(0.5, 1.5, 0.25)),
        ((2, 0.5, 1.5), EllipseGeometry(2, -1.5, 1)),
        ((0, 100, 0), EllipseGeometry(0, math.tau, 0)),
    ],
)
def test_ellipses_and_arcs(arc: tuple[float, float, float] | None, expected: EllipseGeometry) -> None:
    names = ("startingAngle", "endingAngle", "innerRadius")
    assert child(node("ELLIPSE", arcData=arc and dict(zip(names, arc, strict=True)))).geometry == expected


def test_polygons_without_an_outline_are_a_guess_and_a_warning() -> None:
    scene = read(frame(node("STAR", id="1:2"), node("REGULAR_POLYGON", id="1:3", cornerRadius=2)))
    star, polygon = scene.children
    assert star.geometry == StarGeometry(5, 0.381966)
    assert polygon.geometry == PolygonGeometry(3, 2)
    assert scene.codes == [("approximate-geometry", "1:2"), ("approximate-geometry", "1:3")]


@pytest.mark.parametrize("kind", ["VECTOR", "STAR", "REGULAR_POLYGON", "BOOLEAN_OPERATION"])
def test_outlines_of_the_document_come_first(kind: str) -> None:
    scene = read(frame(node(kind, fillGeometry=TRIANGLE)))
    assert scene.children[0].geometry == OUTLINE
    assert scene.warnings == ()


def test_outlines_have_winding_rules_and_fills_of_their_own() -> None:
    outlines = [
        {"path": "M0 0L9 0Z", "windingRule": "EVENODD", "overrideID": 2},
        {"path": "M1 0L9 0Z", "windingRule": "NONZERO", "overrideID": 3},
        {"path": "M2 0L9 0Z", "windingRule": "NONZERO", "overrideID": 4},
        {"path": "M3 0L9 0Z"},
        {"path": " "},
    ]
    table: dict[str, Any] = {"2": {"fills": [solid(BLUE)]}, "3": None, "4": {"fills": []}}
    assert child(node("VECTOR", fillGeometry=outlines, fillOverrideTable=table)).geometry == PathGeometry(
        (
            Region(parse_path("M0 0L9 0Z", even_odd=True), (SolidFill(Colour(0, 0, 1)),)),
            Region(parse_path("M1 0L9 0Z")),
            Region(parse_path("M2 0L9 0Z"), ()),
            Region(parse_path("M3 0L9 0Z")),
        )
    )


def test_a_vector_without_an_outline_is_a_warning_and_nothing_else() -> None:
    scene = read(frame(node("VECTOR", id="1:2"), node("VECTOR", id="1:3", fills=[]), node(id="1:4")))
    assert [each.id for each in scene.children] == ["1:4"]
    assert scene.codes == [("missing-geometry", "1:2")]
