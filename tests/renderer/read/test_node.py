from __future__ import annotations

from typing import Any

import pytest

from renderer.scene import BackgroundBlur, BlendMode, Colour, MaskKind, NoGeometry, RectGeometry, SolidFill
from tests.renderer.read.documents import child, codes, frame, group, node, page, read, read_node, solid, text

BLUE = {"r": 0, "g": 0, "b": 1, "a": 1}


def children(*nodes: dict[str, Any], **more: Any) -> list[str]:
    return [each.id for each in read_node(frame(*nodes, **more)).children]


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
    assert [each.id for each in scene.root.children] == ["1:2"]
    assert scene.warnings == ()


@pytest.mark.parametrize("kind", ["CONNECTOR", "EMBED", "LINK_UNFURL", "WIDGET", "TRANSFORM_GROUP", "NEXT_YEAR"])
def test_unknown_kinds_are_a_warning_and_their_children_are_drawn(kind: str) -> None:
    scene = read(frame(node(kind, id="5:5", children=[node(id="5:6")])))
    (made,) = scene.root.children
    assert isinstance(made.geometry, NoGeometry)
    assert [each.id for each in made.children] == ["5:6"]
    assert codes(scene) == [("unsupported-node", "5:5")]


def test_an_unknown_kind_with_nothing_below_is_a_warning_still() -> None:
    assert codes(read(frame(node("CONNECTOR", id="5:5")))) == [("unsupported-node", "5:5")]


def test_groups_have_no_paint_of_their_own() -> None:
    made = child(group(node(), fills=[solid()], strokes=[solid()], clipsContent=True))
    assert (made.fills, made.stroke, made.clips) == ((), None, False)


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
    assert children(bare | {"backgroundColor": BLUE | {"a": 0}}) == []
    assert children(bare | {"fills": [], "backgroundColor": BLUE}) == []


def test_first_on_top_reverses_the_children() -> None:
    two = (node(id="1:2"), node(id="1:3"))
    assert children(*two, itemReverseZIndex=True) == ["1:3", "1:2"]
    assert children(*two, itemReverseZIndex=False) == ["1:2", "1:3"]
    assert children(node(id="1:2", isMask=True), two[1], itemReverseZIndex=True) == ["1:2", "1:3"]


def test_a_folded_section_shows_nothing_of_what_it_holds() -> None:
    made = child(node("SECTION", sectionContentsHidden=True, children=[node()]))
    assert (made.children, made.geometry) == ((), RectGeometry())


# --- masks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ({}, MaskKind.ALPHA),
        ({"maskType": "ALPHA"}, MaskKind.ALPHA),
        ({"maskType": "VECTOR"}, MaskKind.VECTOR),
        ({"maskType": "LUMINANCE"}, MaskKind.LUMINANCE),
        ({"isMaskOutline": True}, MaskKind.VECTOR),
        ({"isMaskOutline": True, "maskType": "ALPHA"}, MaskKind.ALPHA),
    ],
)
@pytest.mark.parametrize("make", [node, text])
def test_masks(make: Any, properties: dict[str, Any], kind: MaskKind) -> None:
    assert child(make("RECTANGLE", isMask=True, **properties)).mask is kind


def test_a_mask_without_paint_or_opacity_still_masks() -> None:
    assert children(node(id="1:2", isMask=True, fills=[]), node(id="1:3", isMask=True, opacity=0)) == ["1:2", "1:3"]


def test_a_mask_exported_by_itself_is_drawn() -> None:
    root = read_node(node(isMask=True))
    assert root.mask is None
    assert root.fills


def test_a_hidden_mask_does_not() -> None:
    assert children(node(id="1:2", isMask=True, visible=False), node(id="1:3")) == ["1:3"]


def test_an_unknown_mask_is_a_warning() -> None:
    assert codes(read(frame(node(isMask=True, maskType="GLOW")))) == [("unsupported-mask", "1:1")]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_page_holds_its_nodes_where_they_lie() -> None:
    scene = read(
        page(node(at=(-50, 10, 20, 20)), node(at=(100, 40, 5, 5), effects=[{"type": "BACKGROUND_BLUR", "radius": 2}]))
    )
    first, second = scene.root.children
    assert (first.transform.e, first.transform.f) == (-50, 10)
    assert second.effects == (BackgroundBlur(2),)
    assert (scene.bounds.x, scene.bounds.y, scene.bounds.width, scene.bounds.height) == (-50, 10, 155, 35)


def test_a_transparent_page_has_no_background() -> None:
    assert read(page(node(), backgroundColor=BLUE | {"a": 0})).background is None
    assert read(frame(node(), backgroundColor=BLUE)).background is None
