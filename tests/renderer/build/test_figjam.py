"""FigJam's nodes: shapes with a label in them."""

from __future__ import annotations

from typing import Any

import pytest

from renderer.geometry import Matrix
from renderer.read.rest.svgpath import parse_path
from renderer.scene import EllipseGeometry, PathGeometry, RectGeometry, Region, SolidFill, StarGeometry
from tests.renderer.documents import frame, node, read, solid

DARK = {"r": 0.1, "g": 0.1, "b": 0.3, "a": 1}
PALE = {"r": 1, "g": 0.9, "b": 0.5, "a": 1}


def made(kind: str, **more: Any) -> Any:
    scene = read(frame(node(kind, at=(0, 0, 200, 100), id="7:7", **more)))
    return scene.children[0]


@pytest.mark.parametrize("kind", ["STICKY", "SHAPE_WITH_TEXT", "TABLE_CELL"])
def test_a_label_lies_in_its_shape_and_says_that_its_style_is_a_guess(kind: str) -> None:
    scene = read(frame(node(kind, at=(0, 0, 200, 100), id="7:7", characters="hello")))
    (shape,) = scene.children
    (label,) = shape.children
    assert shape.fills
    assert label.block.characters == "hello"
    padding = label.transform.e
    assert label.transform == Matrix.translation(padding, padding)
    assert (label.width, label.height) == (200 - 2 * padding, 100 - 2 * padding)
    assert scene.codes == [("approximate-text", "7:7")]


def test_without_characters_there_is_the_shape_alone() -> None:
    scene = read(frame(node("STICKY", id="7:7")))
    assert scene.children[0].children == ()
    assert scene.warnings == ()


@pytest.mark.parametrize(("colour", "is_light"), [(DARK, True), (PALE, False)])
def test_a_label_is_light_on_dark_and_dark_on_light(colour: dict[str, float], *, is_light: bool) -> None:
    (label,) = made("SHAPE_WITH_TEXT", characters="x", fills=[solid(colour)]).children
    (fill,) = label.block.runs[0].style.fills
    assert isinstance(fill, SolidFill)
    assert (fill.colour.r > 0.5) == is_light


@pytest.mark.parametrize(
    ("kind", "geometry"),
    [
        ("SQUARE", RectGeometry),
        ("ROUNDED_RECTANGLE", RectGeometry),
        ("ELLIPSE", EllipseGeometry),
        ("STAR", StarGeometry),
        ("DIAMOND", PathGeometry),
        ("PLUS", PathGeometry),
    ],
)
def test_a_shape_has_the_outline_of_its_kind(kind: str, geometry: type) -> None:
    assert isinstance(made("SHAPE_WITH_TEXT", shapeType=kind).geometry, geometry)


def test_an_outline_spans_the_box() -> None:
    geometry = made("SHAPE_WITH_TEXT", shapeType="DIAMOND").geometry
    assert geometry == PathGeometry((Region(parse_path("M100 0L200 50L100 100L0 50Z")),))


def test_an_unknown_kind_is_a_rectangle_and_a_warning() -> None:
    scene = read(frame(node("SHAPE_WITH_TEXT", id="7:7", shapeType="ENG_DATABASE")))
    assert isinstance(scene.children[0].geometry, RectGeometry)
    assert scene.codes == [("approximate-geometry", "7:7")]


def test_a_table_is_its_box_and_its_cells() -> None:
    cells = [node("TABLE_CELL", at=(0, row * 50, 200, 50), id=f"8:{row}", characters=str(row)) for row in range(2)]
    table = made("TABLE", children=cells)
    assert [cell.children[0].block.characters for cell in table.children] == ["0", "1"]


@pytest.mark.parametrize("kind", ["TEXT_PATH", "WASHI_TAPE"])
def test_text_on_a_path_is_drawn_where_the_document_has_its_outlines(kind: str) -> None:
    outline = [{"path": "M0 0L9 0L9 9Z", "windingRule": "NONZERO"}]
    scene = read(frame(node(kind, id="7:7", fillGeometry=outline)))
    assert isinstance(scene.children[0].geometry, PathGeometry)
    assert scene.warnings == ()
    assert read(frame(node(kind, id="7:7"))).codes == [("missing-geometry", "7:7")]
