"""What of a document's nodes is decoded at all."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from renderer.figma import FigmaNode
from tests.renderer.documents import decoded, frame, group, node, page, solid


def below(document: dict[str, Any]) -> tuple[FigmaNode, ...]:
    return decoded(document).node.children or ()


@pytest.mark.parametrize("unseen", [node(id="1:2", visible=False), node("SLICE", id="1:2")])
def test_what_cannot_be_seen_keeps_its_place_and_nothing_else(unseen: dict[str, Any]) -> None:
    first, hidden, last = below(frame(node(id="1:1"), unseen, node(id="1:3")))
    assert (first.id, last.id) == ("1:1", "1:3")
    assert structs.asdict(hidden).items() >= structs.asdict(FigmaNode(type="", visible=False)).items()


@pytest.mark.parametrize(
    "closed",
    [
        {"opacity": 0},
        {"type": "SECTION", "sectionContentsHidden": True},
        {"type": "BOOLEAN_OPERATION", "fillGeometry": [{"path": "M0 0L9 9Z"}]},
    ],
)
def test_children_that_nothing_shows_are_not_looked_at(closed: dict[str, Any]) -> None:
    (parent,) = below(frame(frame({"type": 5, "fills": "nonsense"}, **closed)))
    assert parent.children is None


SHOWN = [{"opacity": 0, "isMask": True}, {"opacity": 0.001}, {"sectionContentsHidden": False}]


@pytest.mark.parametrize("shown", SHOWN)
def test_others_are(shown: dict[str, Any]) -> None:
    (parent,) = below(frame(frame(node(id="1:9"), **shown)))
    assert [child.id for child in parent.children or ()] == ["1:9"]


def test_operands_of_no_opacity_count() -> None:
    operation = node("BOOLEAN_OPERATION", children=[group(node(id="1:9"), opacity=0)])
    ((operand,),) = (parent.children or () for parent in below(frame(operation)))
    assert [child.id for child in operand.children or ()] == ["1:9"]


def test_ancestors_say_where_they_are_and_no_more() -> None:
    document = page(frame(node(id="2:2"), node(id="2:3"), at=(1, 2, 3, 4), fills=[solid()]))
    found = decoded(document, "2:3")
    assert found.path == "children[0].children[1]"
    canvas, around = found.ancestors
    assert (canvas.type, canvas.children) == ("CANVAS", None)
    assert around.absolute_bounding_box is not None
    assert (around.absolute_bounding_box.width, around.fills, around.children) == (3, None, None)
