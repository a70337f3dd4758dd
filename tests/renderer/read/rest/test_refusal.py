"""Which field of a document is to blame, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from renderer.exceptions import DocumentError, LimitError
from tests.renderer.documents import box, frame, node, read, refusal, solid, text


@pytest.mark.parametrize(
    ("properties", "detail"),
    [
        ({"rotation": "1"}, "This field should be a valid number, not a string."),
        ({"rotation": True}, "This field should be a valid number, not true or false."),
        ({"name": None}, "This field should be a valid string, not null."),
        ({"fills": {}}, "This field should be a valid list, not an object."),
        ({"fills": [[]]}, "This field should be an object, not a list."),
        ({"fillOverrideTable": [1]}, "This field should be an object, not a list."),
        ({"complexStrokeProperties": "BRUSH"}, "This field should be an object, not a string."),
        ({"complexStrokeProperties": {"strokeType": 1}}, "This field should be a valid string, not 1."),
        ({"relativeTransform": [[1, 0, 0]]}, "This list should have 2 entries and has 1."),
        ({"opacity": 2, "rotation": 0}, "This field should be at most 1, not 2."),
        (
            {"opacity": 2, "cornerRadius": "x"},
            "This field should be at most 1, not 2. One more field of it is wrong too.",
        ),
        ({"strokeWeight": 1e300}, "Lengths and positions are limited to 10000000 pixels; this one is beyond it."),
    ],
)
def test_words(properties: dict[str, Any], detail: str) -> None:
    assert refusal(frame(node(**properties))).detail == detail


def test_the_first_wrong_node_in_the_documents_order_is_named() -> None:
    document = frame(node(), frame(node(opacity=9)), node(opacity=8))
    error = refusal(document)
    assert error.field == "children[1].children[0].opacity"
    assert isinstance(error, DocumentError)


@pytest.mark.parametrize("hidden", [node(visible=False, opacity="x"), node("SLICE", fills=7)])
def test_hidden_nodes_are_counted_in_paths_and_not_examined(hidden: dict[str, Any]) -> None:
    assert refusal(frame(hidden, node(opacity=9))).field == "children[1].opacity"
    # What is wrong for the builder is found by the same path.
    assert refusal(frame(hidden, node(fills=[{"type": "SOLID"}]))).field == "children[1].fills[0].color"


def test_a_number_of_the_wrong_size_and_one_of_the_wrong_kind_are_told_apart() -> None:
    assert isinstance(refusal(node(absoluteBoundingBox=box(1e9, 0, 1, 1))), LimitError)
    assert isinstance(refusal(node(absoluteBoundingBox=box(0, 0, -1, 1))), DocumentError)


WRONG = [{"characters": 5}, {"style": []}, {"lineTypes": [1]}, {"styleOverrideTable": {"1": 5}}]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_only_texts_have_may_be_anything_elsewhere(wrong: dict[str, Any]) -> None:
    assert read(frame(node(**wrong))).children[0].fills
    assert isinstance(refusal(frame(text("x") | wrong)), DocumentError)


@pytest.mark.parametrize("link", ["https://example.org", 5, {"type": "URL", "url": 7}])
def test_a_link_nobody_understands_is_left_out(link: Any) -> None:
    document = text("ab", style={"hyperlink": link}, characterStyleOverrides=[0, 1])
    document["styleOverrideTable"] = {"1": {"hyperlink": link, "fontSize": 20}}
    runs = read(frame(document)).children[0].block.runs
    assert [(run.style.link, run.style.size) for run in runs] == [("", 12), ("", 20)]


def test_a_wrong_field_is_found_beside_what_is_left_out() -> None:
    error = refusal(frame(node(characters=5), node(fills=[solid({"r": "1", "g": 0, "b": 0})])))
    assert error.field == "children[1].fills[0].color.r"
