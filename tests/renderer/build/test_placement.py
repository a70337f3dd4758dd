from __future__ import annotations

import math
from typing import Any

import pytest

from renderer.exceptions import LimitError
from renderer.geometry import Matrix, Point
from tests.renderer.documents import child, frame, group, items_in, node, read, refusal

QUARTER = math.pi / 2


def turned_box(width: float, height: float, angle: float, centre: tuple[float, float]) -> dict[str, float]:
    """The box Figma would give for a rectangle of that size, turned about its centre."""
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    w, h = width * cos + height * sin, width * sin + height * cos
    return {"x": centre[0] - w / 2, "y": centre[1] - h / 2, "width": w, "height": h}


def near(actual: Any, expected: Any) -> bool:
    return bool(actual == pytest.approx(expected, abs=1e-6))


def test_positions_are_relative_to_the_parent_and_the_root_to_the_page() -> None:
    root = read(frame(frame(node(at=(15, 27, 3, 4)), at=(10, 20, 30, 30)), at=(5, 5, 90, 90))).root
    assert root.transform == Matrix.translation(5, 5)
    assert root.children[0].transform == Matrix.translation(5, 15)
    assert root.children[0].children[0].transform == Matrix.translation(5, 7)


@pytest.mark.parametrize("degrees", [-170, -120, -90, -41.7, -1, 0.5, 30, 43.4, 60, 90, 135.5, 179, 180])
def test_size_and_place_follow_from_the_box_and_the_angle(degrees: float) -> None:
    angle = math.radians(degrees)
    placed = child(node(absoluteBoundingBox=turned_box(30, 8, angle, (50, 60)), rotation=angle))
    assert near((placed.width, placed.height), (30, 8))
    middle = placed.transform.apply(Point(15, 4))
    assert near((middle.x, middle.y), (50, 60))
    top = placed.transform.apply(Point(15, 0))
    # Clockwise on the screen: the middle of the top edge starts straight above the centre.
    assert near((top.x - 50, top.y - 60), (4 * math.sin(angle), -4 * math.cos(angle)))


def test_angles_add_up_through_groups() -> None:
    outer, inner = math.radians(-18.3), math.radians(-157.4)
    leaf = node(absoluteBoundingBox=turned_box(20, 6, outer + inner, (40, 40)), rotation=inner)
    around = group(leaf, absoluteBoundingBox=turned_box(50, 30, outer, (42, 41)), rotation=outer)
    root = read(frame(around)).root
    (turned,) = root.children
    (placed,) = turned.children
    assert near((turned.width, turned.height), (50, 30))
    assert near((placed.width, placed.height), (20, 6))
    expected = Matrix.rotation(outer + inner)
    total = root.transform @ turned.transform @ placed.transform
    assert near((total.a, total.b, total.c, total.d), (expected.a, expected.b, expected.c, expected.d))
    centre = total.apply(Point(10, 3))
    assert near((centre.x, centre.y), (40, 40))


def test_quarter_turns_are_exact() -> None:
    placed = child(node(at=(10, 10, 8, 30), rotation=-1.5707963650423888))
    assert (placed.width, placed.height) == (30, 8)
    matrix = placed.transform
    assert (matrix.a, matrix.b, matrix.c, matrix.d) == (0, -1, 1, 0)


def test_a_size_that_45_degrees_hide_is_a_square_and_a_warning() -> None:
    scene = read(frame(node(at=(0, 0, 10, 10), rotation=math.pi / 4)))
    (placed,) = scene.children
    assert near((placed.width, placed.height), (50**0.5, 50**0.5))
    assert scene.codes == [("approximate-size", "1:1")]


def test_a_line_has_its_length_at_any_angle() -> None:
    line = node(
        "LINE",
        (0, 0, 30, 30),
        rotation=math.pi / 4,
        fills=[],
        strokes=[{"type": "SOLID", "color": {"r": 0, "g": 0, "b": 0}}],
        strokeAlign="CENTER",
    )
    placed = child(line)
    assert near((placed.width, placed.height), (math.hypot(30, 30), 0))
    start, end = placed.transform.apply(Point(0, 0)), placed.transform.apply(Point(placed.width, 0))
    assert near((start.x, start.y, end.x, end.y), (0, 0, 30, 30))


def transformed(
    rows: list[list[float]], size: tuple[float, float], at: tuple[float, float, float, float], **more: Any
) -> dict[str, Any]:
    return node(at=at, relativeTransform=rows, size={"x": size[0], "y": size[1]}, **more)


def test_size_and_transform_win_where_they_are_given() -> None:
    mirrored = transformed([[-1, 0, 40], [0, 1, 7]], (30, 8), (10, 7, 30, 8), rotation=math.pi)
    assert child(mirrored).transform == Matrix(-1, 0, 0, 1, 40, 7)
    skewed = transformed([[1, 0.5, 0], [0, 1, 0]], (10, 8), (0, 0, 14, 8))
    assert child(skewed).transform == Matrix(1, 0, 0.5, 1, 0, 0)


def test_a_root_below_an_unknown_parent_lies_in_its_box() -> None:
    root = read(transformed([[1, 0, 3], [0, 1, 4]], (30, 8), (1003, -504, 30, 8))).root
    assert root.transform == Matrix.translation(1003, -504)


@pytest.mark.parametrize("rows", [[[1, 0, 5], [0, 1, 6]], [[1, 0, 25], [0, 1, 36]]])
def test_transforms_in_groups_may_be_relative_to_the_group_or_to_the_frame(rows: list[list[float]]) -> None:
    inner = transformed(rows, (10, 10), (25, 36, 10, 10))
    around = group(inner, at=(20, 30, 50, 50), relativeTransform=[[1, 0, 20], [0, 1, 30]], size={"x": 50, "y": 50})
    root = read(frame(around, relativeTransform=[[1, 0, 0], [0, 1, 0]], size={"x": 100, "y": 50})).root
    assert root.children[0].children[0].transform == Matrix.translation(5, 6)


def test_the_ancestors_of_the_node_asked_for_turn_it_too() -> None:
    leaf = node(id="2:2", absoluteBoundingBox=turned_box(20, 6, QUARTER, (40, 40)))
    around = group(leaf, absoluteBoundingBox=turned_box(50, 30, QUARTER, (42, 41)), rotation=QUARTER)
    root = read(frame(around), node="2:2").root
    assert near((root.width, root.height), (20, 6))
    assert near((root.transform.a, root.transform.b), (0, 1))


def test_a_parent_of_no_area_hides_what_is_below_without_failing() -> None:
    flat = frame(
        node(at=(5, 5, 10, 10)), at=(0, 0, 10, 0), relativeTransform=[[1, 1, 0], [0, 0, 0]], size={"x": 5, "y": 5}
    )
    inner = read(frame(flat)).root.children[0].children[0]
    assert (inner.width, inner.height) == (0, 0)


def test_transforms_that_multiply_without_end_break_a_limit() -> None:
    deep = transformed([[1, 0, 0], [0, 1, 0]], (1, 1), (0, 0, 1, 1))
    for _ in range(4):
        deep = frame(deep, at=(0, 0, 1, 1), relativeTransform=[[100, 0, 0], [0, 100, 0]], size={"x": 1, "y": 1})
    error = refusal(deep)
    assert isinstance(error, LimitError)
    assert error.code == "limit-coordinate"
    assert error.field == "children[0].children[0].relativeTransform"


def test_a_box_no_rectangle_has_at_that_angle_stays_within_reason() -> None:
    placed = child(node(at=(0, 0, 5000, 1), rotation=math.radians(44.9)))
    assert placed.width <= 5001
    assert placed.height == 0


def test_every_item_has_a_size() -> None:
    document = frame(
        node(at=(0, 0, 5, 1), rotation=0.7), node(at=(0, 0, 1, 900), rotation=2.4), node(absoluteBoundingBox=None)
    )
    assert all(item.width >= 0 and item.height >= 0 for item in items_in(read(document).root))
