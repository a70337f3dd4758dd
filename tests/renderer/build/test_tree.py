"""Children: their order, and what is left of a node whose children cannot be seen."""

from __future__ import annotations

from typing import Any

from renderer.build import build_scene
from renderer.figma import Decoded, FigmaNode, FigmaPaint
from renderer.figma.base import PageBox
from renderer.figma.paint import FigmaColour
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.scene import Group, RectGeometry, Text
from renderer.warnings import Warnings
from tests.renderer.documents import child, frame, node, read, text


def children(*nodes: dict[str, Any], **more: Any) -> list[str]:
    return [each.id for each in read(frame(*nodes, **more)).children]


def test_first_on_top_reverses_the_children() -> None:
    two = (node(id="1:2"), node(id="1:3"))
    assert children(*two, itemReverseZIndex=True) == ["1:3", "1:2"]
    assert children(*two, itemReverseZIndex=False) == ["1:2", "1:3"]


def test_first_on_top_does_not_turn_masks_around() -> None:
    (masked,) = read(frame(node(id="1:2", isMask=True), node(id="1:3"), itemReverseZIndex=True)).children
    assert (masked.mask.id, [each.id for each in masked.content]) == ("1:2", ["1:3"])


def test_a_folded_section_shows_nothing_of_what_it_holds() -> None:
    made = child(node("SECTION", sectionContentsHidden=True, children=[node()]))
    assert (made.children, made.geometry) == ((), RectGeometry())


def test_what_a_document_puts_into_a_text_is_drawn_on_it() -> None:
    made = child(text("x", (5, 6, 40, 20), id="1:2", opacity=0.5, children=[node(id="1:3", at=(8, 8, 2, 2))]))
    inner, above = made.children
    assert isinstance(inner, Text)
    assert (made.id, made.opacity, made.transform.e, inner.opacity, inner.transform.e) == ("1:2", 0.5, 5, 1, 0)
    assert (above.id, above.transform.e) == ("1:3", 3)


def test_a_decoder_may_leave_in_what_cannot_be_seen() -> None:
    fills = (FigmaPaint(type="SOLID", color=FigmaColour(1.0, 0.0, 0.0)),)
    made: dict[str, Any] = {"type": "RECTANGLE", "absolute_bounding_box": PageBox(0.0, 0.0, 5.0, 5.0), "fills": fills}
    children = (
        FigmaNode(**made, id="1:1"),
        FigmaNode(**made, id="1:2", visible=False),
        FigmaNode(**made | {"type": "SLICE"}, id="1:3"),
        FigmaNode(type="GROUP", id="1:4", opacity=0.0, children=(FigmaNode(**made),)),
        FigmaNode(type="SECTION", id="1:5", section_contents_hidden=True, children=(FigmaNode(**made),)),
    )
    root = FigmaNode(type="GROUP", absolute_bounding_box=PageBox(0.0, 0.0, 9.0, 9.0), children=children)
    limits = RenderLimits()
    scene = build_scene(Decoded(root), options=RenderOptions(), limits=limits, warnings=Warnings(9))
    assert isinstance(scene.root, Group)
    assert [getattr(item, "id", None) for item in scene.root.children] == ["1:1"]
