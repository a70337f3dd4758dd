from __future__ import annotations

import math
from typing import Any

import pytest

from renderer.exceptions import DocumentError, LimitError
from renderer.limits import RenderLimits
from renderer.scene import (
    BooleanGeometry,
    BooleanOperation,
    Colour,
    EllipseGeometry,
    MaskKind,
    NoGeometry,
    PathData,
    PathGeometry,
    PolygonGeometry,
    RectGeometry,
    SolidFill,
)
from tests.renderer.read.documents import child, codes, frame, group, node, read, refusal, solid

TRIANGLE = [{"path": "M0 0L9 0L9 9Z", "windingRule": "NONZERO"}]
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
            PathGeometry((PathData("M0 0L9 0L9 9Z"),)),
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
    star, polygon = scene.root.children
    assert star.geometry == PolygonGeometry(5, 0.381966)
    assert polygon.geometry == PolygonGeometry(3, None, 2)
    assert codes(scene) == [("approximate-geometry", "1:2"), ("approximate-geometry", "1:3")]


@pytest.mark.parametrize("kind", ["VECTOR", "STAR", "REGULAR_POLYGON", "BOOLEAN_OPERATION"])
def test_outlines_of_the_document_come_first(kind: str) -> None:
    scene = read(frame(node(kind, fillGeometry=TRIANGLE)))
    assert scene.root.children[0].geometry == PathGeometry((PathData("M0 0L9 0L9 9Z"),))
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
            PathData("M0 0L9 0Z", even_odd=True, fills=(SolidFill(Colour(0, 0, 1)),)),
            PathData("M1 0L9 0Z"),
            PathData("M2 0L9 0Z", fills=()),
            PathData("M3 0L9 0Z"),
        )
    )


def test_a_vector_without_an_outline_is_a_warning_and_nothing_else() -> None:
    scene = read(frame(node("VECTOR", id="1:2"), node("VECTOR", id="1:3", fills=[]), node(id="1:4")))
    assert [each.id for each in scene.root.children] == ["1:4"]
    assert codes(scene) == [("missing-geometry", "1:2")]


# --- boolean operations -----------------------------------------------------------------------------------------------


def boolean(operation: str, *operands: dict[str, Any], **more: Any) -> dict[str, Any]:
    return node("BOOLEAN_OPERATION", booleanOperation=operation, children=list(operands), id="7:7", **more)


@pytest.mark.parametrize("operation", list(BooleanOperation))
def test_a_boolean_operation_is_computed_from_its_children(operation: BooleanOperation) -> None:
    operands = node(id="1:2"), node("ELLIPSE", id="1:3", fills=[], opacity=0), node(id="1:4", visible=False)
    made = child(boolean(operation.value, *operands))
    assert isinstance(made.geometry, BooleanGeometry)
    assert made.geometry.operation is operation
    assert [operand.id for operand in made.geometry.operands] == ["1:2", "1:3"]
    assert made.children == ()
    assert made.fills == (SolidFill(Colour(1, 0, 0)),)


def test_operands_may_be_groups_and_boolean_operations() -> None:
    inner = boolean("UNION", node(id="1:2"), node(id="1:3"))
    made = child(boolean("SUBTRACT", group(node(id="1:4")), inner, group()))
    assert isinstance(made.geometry, BooleanGeometry)
    first, second = made.geometry.operands
    assert first.children[0].id == "1:4"
    assert isinstance(second.geometry, BooleanGeometry)


@pytest.mark.parametrize("operation", ["SUBTRACT", "INTERSECT", "EXCLUDE"])
@pytest.mark.parametrize("fills", [[], [solid()]])
def test_an_operand_without_an_outline_spoils_the_operation(operation: str, fills: list[dict[str, Any]]) -> None:
    scene = read(frame(boolean(operation, node(), group(node("VECTOR", id="1:2", fills=fills)))))
    assert scene.root.children == ()
    assert codes(scene) == [("missing-geometry", "7:7")]


def test_a_union_leaves_it_out() -> None:
    scene = read(frame(boolean("UNION", node(id="1:3"), node("VECTOR", id="1:2"))))
    made = scene.root.children[0].geometry
    assert isinstance(made, BooleanGeometry)
    assert [operand.id for operand in made.operands] == ["1:3"]
    assert codes(scene) == [("approximate-geometry", "7:7")]


def test_an_unknown_operation_is_a_warning() -> None:
    assert ("unsupported-boolean", "7:7") in codes(read(frame(boolean("XOR", node()))))


def test_the_children_are_not_read_where_the_outline_is_there() -> None:
    scene = read(frame(boolean("UNION", node(fills=[{"type": "PATTERN"}]), fillGeometry=TRIANGLE)))
    assert isinstance(scene.root.children[0].geometry, PathGeometry)
    assert scene.root.children[0].children == ()
    assert scene.warnings == ()


# --- masks without an outline -----------------------------------------------------------------------------------------


def test_a_large_mask_without_an_outline_is_its_box() -> None:
    scene = read(frame(node("VECTOR", (0, 0, 300, 200), isMask=True), node()))
    assert scene.root.children[0].geometry == RectGeometry()
    assert codes(scene) == [("approximate-geometry", "1:1")]


def test_a_small_one_hides_what_it_masks() -> None:
    scene = read(frame(node("VECTOR", (0, 0, 24, 24), isMask=True), node()))
    mask = scene.root.children[0]
    assert (mask.geometry, mask.mask, mask.fills) == (NoGeometry(), MaskKind.ALPHA, ())
    assert codes(scene) == [("missing-geometry", "1:1")]


# --- refusals ---------------------------------------------------------------------------------------------------------


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
    assert read(frame(node("VECTOR", fillGeometry=[{"path": path}]))).root.children


def test_verbs_are_counted_over_the_whole_document() -> None:
    many = [{"path": "M0 0" + "L1 1" * 50}]
    document = frame(*(node("VECTOR", id=f"1:{i}", fillGeometry=many) for i in range(4)))
    assert read(document, limits=RenderLimits(max_path_verbs=204)).root.children
    error = refusal(document, limits=RenderLimits(max_path_verbs=203))
    assert isinstance(error, LimitError)
    assert error.code == "limit-path-verbs"


def test_verbs_svg_lets_one_leave_out_are_counted_too() -> None:
    error = refusal(
        frame(node("VECTOR", fillGeometry=[{"path": "M" + "0 0 " * 1000}])), limits=RenderLimits(max_path_verbs=300)
    )
    assert error.code == "limit-path-verbs"
