from __future__ import annotations

from typing import Any

import pytest

from renderer.exceptions import DocumentError, LimitError, NodeNotFoundError, OptionError
from renderer.geometry import Colour, Rect
from renderer.limits import RenderLimits
from tests.renderer.documents import answer, file_of, frame, items_in, node, page, read, refusal

FILE = file_of(
    page(node(visible=False), id="0:1", name="Cover"),
    page(
        frame(node(id="I1:2;3:4", at=(10, 10, 5, 5)), id="1:2", at=(0, 0, 40, 40)),
        node(id="1:9", at=(60, 0, 40, 40)),
        id="0:2",
        backgroundColor={"r": 0, "g": 1, "b": 0, "a": 1},
    ),
)


@pytest.mark.parametrize("wanted", ["I1:2;3:4", "I1-2;3-4", " I1:2;3:4 "])
def test_a_node_is_found_by_either_way_to_write_its_id(wanted: str) -> None:
    scene = read(FILE, node=wanted)
    assert scene.root.id == "I1:2;3:4"
    assert scene.bounds == Rect(10, 10, 5, 5)


def test_a_file_shows_its_first_page_with_anything_on_it() -> None:
    scene = read(FILE)
    assert scene.root.id == "0:2"
    assert scene.bounds == Rect(0, 0, 100, 40)
    assert scene.background == Colour(0, 1, 0)


def test_the_document_node_stands_for_its_first_page() -> None:
    assert read(FILE, node="0:0").root.id == "0:2"


def test_a_file_with_nothing_visible_has_no_picture() -> None:
    error = refusal(file_of(page(node(visible=False)), page()))
    assert isinstance(error, OptionError)
    assert error.code == "picture-empty"


def test_an_answer_of_nodes_shows_its_first_node() -> None:
    assert read(answer(n7=None, n2=node(id="1:2"), n3=node(id="1:3"))).root.id == "1:2"
    assert read(answer(n2=node(id="1:2"), n3=frame(node(id="1:4"))), node="1-4").root.id == "1:4"


def test_a_bare_node_is_a_document() -> None:
    assert read(node(id="5:5")).root.id == "5:5"


def test_an_unknown_node_is_named() -> None:
    error = refusal(FILE, node="9-9")
    assert isinstance(error, NodeNotFoundError)
    assert "9:9" in error.detail
    assert error.field == "node"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"nodes": {"1:2": None}}, "nodes"),
        ({"nodes": {}}, "nodes"),
        ({"nodes": {"1:2": 3}}, 'nodes["1:2"]'),
        ({"nodes": {"1:2": {"document": []}}}, 'nodes["1:2"]'),
        ({"status": 403, "err": "Invalid token"}, "err"),
        ({"hello": "world"}, None),
        ({"document": 5}, None),
        ({"type": "FRAME", "children": {}}, "children"),
        ({"type": "FRAME", "children": [{"type": "FRAME"}, 7]}, "children[1]"),
        (file_of({"type": "CANVAS", "children": [7]}), "document.children[0].children[0]"),
    ],
)
def test_other_json_is_refused_by_field(document: dict[str, object], field: str | None) -> None:
    error = refusal(document)
    assert isinstance(error, DocumentError)
    assert error.field == field


def test_a_broken_list_of_children_is_named_during_the_search_too() -> None:
    assert refusal(frame(frame(children="x"), node(id="2:2")), node="2:2").field == "children[0].children"


@pytest.mark.parametrize(
    ("properties", "part"),
    [({"visible": False}, "hidden"), ({"opacity": 0}, "opacity 0"), ({"type": "SLICE"}, "slice")],
)
def test_a_node_that_cannot_be_seen_has_no_picture(properties: dict[str, Any], part: str) -> None:
    error = refusal(frame(node(id="3:3", **properties)), node="3:3")
    assert isinstance(error, OptionError)
    assert error.code == "node-invisible"
    assert part in error.detail
    # Whatever else is wrong with it.
    assert refusal(node(id="3:3", rotation="x", children="x", **properties)).code == "node-invisible"


def test_nodes_are_counted_while_searching_and_while_reading() -> None:
    wide = frame(*(node(id=f"1:{i}") for i in range(30)))
    limits = RenderLimits(max_nodes=20)
    for options in ({}, {"node": "1:29"}):
        error = refusal(wide, limits=limits, **options)
        assert isinstance(error, LimitError)
        assert error.code == "limit-nodes"
    assert read(wide, limits=limits, node="1:5").root.id == "1:5"


def test_levels_are_counted_while_searching_and_while_reading() -> None:
    deep = node(id="9:9")
    for _ in range(10):
        deep = frame(deep)
    limits = RenderLimits(max_depth=10)
    for options in ({}, {"node": "9:9"}):
        error = refusal(deep, limits=limits, **options)
        assert isinstance(error, LimitError)
        assert error.code == "limit-depth"
    assert read(deep, limits=RenderLimits(max_depth=11)).children


def test_the_depth_of_the_parser_is_deep_enough_for_the_limit() -> None:
    deep = node(id="9:9", effects=[{"type": "DROP_SHADOW", "color": {"r": 0, "g": 0, "b": 0}}])
    for _ in range(RenderLimits().max_depth - 3):
        deep = frame(deep)
    assert sum(1 for _ in items_in(read(file_of(page(deep))).root)) == RenderLimits().max_depth - 1
