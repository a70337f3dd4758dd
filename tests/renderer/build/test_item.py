from __future__ import annotations

from typing import Any

import pytest

from renderer.geometry import Colour
from renderer.scene import BlendMode, Group, SolidFill
from tests.renderer.documents import child, frame, group, ids, node, read, solid, text

BLUE = {"r": 0, "g": 0, "b": 1, "a": 1}


def children(*nodes: dict[str, Any], **more: Any) -> list[str]:
    return [each.id for each in read(frame(*nodes, **more)).children]


def test_compositing() -> None:
    made = child(node(id="9:9", name="Card", opacity=0.25, blendMode="SCREEN"))
    assert (made.id, made.name, made.opacity, made.blend) == ("9:9", "Card", 0.25, BlendMode.SCREEN)
    assert child(node()).blend is BlendMode.PASS_THROUGH
    assert child(node()).opacity == 1


def test_hidden_nodes_are_gone_with_all_below_and_are_not_even_looked_at() -> None:
    assert children(node(id="1:2"), frame(node(), visible=False, fills="nonsense"), node(id="1:4")) == ["1:2", "1:4"]


def test_nodes_of_no_opacity_are_gone() -> None:
    assert children(node(opacity=0), frame(node(), opacity=0)) == []


def test_nodes_that_paint_nothing_are_gone() -> None:
    assert children(node(fills=[]), group(), group(group()), frame(), node(fills=[solid(visible=False)])) == []


def test_a_slice_is_neither_drawn_nor_missed() -> None:
    scene = read(frame(node("SLICE"), node(id="1:2")))
    assert [each.id for each in scene.children] == ["1:2"]
    assert scene.warnings == ()


@pytest.mark.parametrize("kind", ["CONNECTOR", "EMBED", "LINK_UNFURL", "WIDGET", "TRANSFORM_GROUP", "NEXT_YEAR"])
def test_unknown_kinds_are_a_warning_and_their_children_are_drawn(kind: str) -> None:
    scene = read(frame(node(kind, id="5:5", children=[node(id="5:6")])))
    (made,) = scene.children
    assert isinstance(made, Group)
    assert ids(made.children) == ["5:6"]
    assert scene.codes == [("unsupported-node", "5:5")]


def test_an_unknown_kind_with_nothing_below_is_a_warning_still() -> None:
    assert read(frame(node("CONNECTOR", id="5:5"))).codes == [("unsupported-node", "5:5")]


def test_groups_have_no_paint_of_their_own() -> None:
    made = child(group(node(), fills=[solid()], strokes=[solid()], clipsContent=True))
    assert isinstance(made, Group)


# --- frames -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["FRAME", "COMPONENT", "COMPONENT_SET", "INSTANCE"])
def test_frames_clip_where_they_say_so(kind: str) -> None:
    assert child(frame(node(), type=kind, clipsContent=True)).clips
    assert not child(frame(node(), type=kind, clipsContent=False)).clips
    assert not child(frame(node(), type=kind)).clips


def test_old_frames_say_their_fills_elsewhere() -> None:
    bare = {"id": "1:2", "type": "FRAME", "absoluteBoundingBox": {"x": 0, "y": 0, "width": 4, "height": 4}}
    ink = (SolidFill(Colour(0, 0, 1)),)
    assert child(bare | {"backgroundColor": BLUE}).fills == ink
    assert child(bare | {"background": [solid(BLUE)], "backgroundColor": {"r": 1, "g": 0, "b": 0, "a": 1}}).fills == ink
    assert child(bare | {"fills": [solid(BLUE)], "background": [solid()]}).fills == ink
    words = text("x", fills=None, background=[solid(BLUE)], fillGeometry=[{"path": "M0 0L9 9L0 9Z"}])
    assert children(words) == []
    assert children(bare | {"backgroundColor": BLUE | {"a": 0}}) == []
    assert children(bare | {"fills": [], "backgroundColor": BLUE}) == []
