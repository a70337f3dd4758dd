"""Boolean operations whose result the document does not carry."""

from __future__ import annotations

from typing import Any

import pytest

from renderer.geometry import Colour
from renderer.scene import BooleanGeometry, BooleanOperation, Group, PathGeometry, Shape, SolidFill, children_of
from tests.renderer.documents import child, frame, group, ids, node, read, solid

TRIANGLE = [{"path": "M0 0L9 0L9 9Z", "windingRule": "NONZERO"}]


def boolean(operation: str, *operands: dict[str, Any], **more: Any) -> dict[str, Any]:
    return node("BOOLEAN_OPERATION", booleanOperation=operation, children=list(operands), id="7:7", **more)


@pytest.mark.parametrize("operation", list(BooleanOperation))
def test_a_boolean_operation_is_computed_from_its_children(operation: BooleanOperation) -> None:
    operands = node(id="1:2"), node("ELLIPSE", id="1:3", fills=[], opacity=0), node(id="1:4", visible=False)
    made = child(boolean(operation.value, *operands))
    assert isinstance(made.geometry, BooleanGeometry)
    assert made.geometry.operation is operation
    assert ids(made.geometry.operands) == ["1:2", "1:3"]
    assert made.children == ()
    assert made.fills == (SolidFill(Colour(1, 0, 0)),)


def test_operands_may_be_groups_and_boolean_operations() -> None:
    inner = boolean("UNION", node(id="1:2"), node(id="1:3"))
    made = child(boolean("SUBTRACT", group(node(id="1:4")), inner, group()))
    assert isinstance(made.geometry, BooleanGeometry)
    first, second = made.geometry.operands
    assert ids(children_of(first)) == ["1:4"]
    assert isinstance(second, Shape)
    assert isinstance(second.geometry, BooleanGeometry)


@pytest.mark.parametrize("operation", ["SUBTRACT", "INTERSECT", "EXCLUDE"])
@pytest.mark.parametrize("fills", [[], [solid()]])
def test_an_operand_without_an_outline_spoils_the_operation(operation: str, fills: list[dict[str, Any]]) -> None:
    scene = read(frame(boolean(operation, node(), group(node("VECTOR", id="1:2", fills=fills)))))
    assert scene.children == ()
    assert scene.codes == [("missing-geometry", "7:7")]


def test_a_union_leaves_it_out() -> None:
    scene = read(frame(boolean("UNION", node(id="1:3"), node("VECTOR", id="1:2"))))
    made = scene.children[0].geometry
    assert isinstance(made, BooleanGeometry)
    assert ids(made.operands) == ["1:3"]
    assert scene.codes == [("approximate-geometry", "7:7")]


def test_an_unknown_operation_is_a_warning() -> None:
    assert ("unsupported-boolean", "7:7") in read(frame(boolean("XOR", node()))).codes


def test_the_children_are_not_read_where_the_outline_is_there() -> None:
    scene = read(frame(boolean("UNION", node(fills=[{"type": "PATTERN"}]), fillGeometry=TRIANGLE)))
    assert isinstance(scene.children[0].geometry, PathGeometry)
    assert scene.children[0].children == ()
    assert scene.warnings == ()


def test_a_mask_among_operands_is_one_of_them() -> None:
    made = child(boolean("SUBTRACT", node(id="1:2"), node(id="1:3", isMask=True), node(id="1:4")))
    assert ids(made.geometry.operands) == ["1:2", "1:3", "1:4"]
    inner = group(node(id="1:2", isMask=True), node(id="1:3"))
    (operand,) = child(boolean("UNION", inner)).geometry.operands
    assert isinstance(operand, Group)
    assert ids(operand.children) == ["1:2", "1:3"]
