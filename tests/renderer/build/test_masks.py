"""Masks: what a node masks, and how."""

from __future__ import annotations

from typing import Any

import pytest

from renderer.scene import Group, Masked, MaskKind, RectGeometry
from tests.renderer.documents import frame, group, ids, node, page, read, text


def outcome(*nodes: dict[str, Any]) -> list[Any]:
    """The ids of the children of a frame; of what is masked (kind, mask, ids)."""
    return [outlined(each) for each in read(frame(*nodes)).children]


def outlined(item: Any) -> Any:
    if not isinstance(item, Masked):
        return item.id
    return item.kind, item.mask.id, [outlined(each) for each in item.content]


def test_a_mask_masks_all_that_follow_it() -> None:
    nodes = [node(id=f"1:{i}", isMask=i == 2) for i in range(1, 5)]
    assert outcome(*nodes) == ["1:1", (MaskKind.ALPHA, "1:2", ["1:3", "1:4"])]


def test_a_second_mask_lies_in_the_first() -> None:
    nodes = [node(id=f"1:{i}", isMask=i in (1, 3)) for i in range(1, 5)]
    assert outcome(*nodes) == [(MaskKind.ALPHA, "1:1", ["1:2", (MaskKind.ALPHA, "1:3", ["1:4"])])]


def test_a_mask_of_nothing_is_gone() -> None:
    assert outcome(node(id="1:1"), node(id="1:2", isMask=True)) == ["1:1"]
    assert outcome(node(id="1:1"), node(id="1:2", isMask=True), node(fills=[])) == ["1:1"]


def test_a_mask_without_paint_that_is_exported_itself_is_an_empty_picture() -> None:
    shadow = {"type": "DROP_SHADOW", "color": {"r": 0, "g": 0, "b": 0, "a": 1}, "radius": 4, "spread": 2}
    built = read(node(id="1:2", isMask=True, fills=[], effects=[shadow]), node="1:2")
    assert built.root == Group(id="1:2", name="rectangle", width=100, height=50)


def test_a_mask_holds_what_it_is_made_of() -> None:
    (masked,) = read(frame(group(node(id="1:3"), id="1:2", isMask=True), node(id="1:4"))).children
    assert isinstance(masked.mask, Group)
    assert ids(masked.mask.children) == ["1:3"]


def test_masks_on_a_page_mask_what_follows_them() -> None:
    (masked,) = read(page(node(id="1:2", isMask=True), node(id="1:3"))).children
    assert (masked.mask.id, [each.id for each in masked.content]) == ("1:2", ["1:3"])


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
    mask = make("RECTANGLE", id="1:2", isMask=True, **properties)
    assert outcome(mask, node(id="1:3")) == [(kind, "1:2", ["1:3"])]


def test_a_mask_without_paint_or_opacity_still_masks() -> None:
    bare = node(id="1:2", isMask=True, fills=[])
    assert outcome(bare, node(id="1:3")) == [(MaskKind.ALPHA, "1:2", ["1:3"])]
    clear = node(id="1:2", isMask=True, opacity=0)
    assert outcome(clear, node(id="1:3")) == [(MaskKind.ALPHA, "1:2", ["1:3"])]


def test_a_mask_exported_by_itself_is_drawn() -> None:
    assert read(node(isMask=True)).root.fills


def test_a_hidden_mask_does_not() -> None:
    assert outcome(node(id="1:2", isMask=True, visible=False), node(id="1:3")) == ["1:3"]


def test_an_unknown_mask_is_a_warning() -> None:
    assert read(frame(node(isMask=True, maskType="GLOW"))).codes == [("unsupported-mask", "1:1")]


# --- without an outline -----------------------------------------------------------------------------------------------


def test_a_large_mask_without_an_outline_is_its_box() -> None:
    scene = read(frame(node("VECTOR", (0, 0, 300, 200), isMask=True), node()))
    (masked,) = scene.children
    assert masked.mask.geometry == RectGeometry()
    assert scene.codes == [("approximate-geometry", "1:1")]


def test_a_small_one_hides_what_it_masks() -> None:
    scene = read(frame(node("VECTOR", (0, 0, 24, 24), isMask=True), node()))
    (masked,) = scene.children
    assert (type(masked.mask), masked.mask.children, masked.kind) == (Group, (), MaskKind.ALPHA)
    assert scene.codes == [("missing-geometry", "1:1")]
