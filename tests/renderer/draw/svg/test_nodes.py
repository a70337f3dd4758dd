from __future__ import annotations

from renderer.displaylist import Pop, Span
from renderer.scene import BlendMode, MaskKind
from tests.renderer.draw.drawing import BLUE, box, circle, clipped, fill, solid
from tests.renderer.draw.svg.document import by_id, ids, name, names, read, root, shown, svg
from tests.renderer.draw.svg.lists import STAR, group, masked

PAIR = fill(box()), fill(STAR)
SPANS = Span("1:1", "Page", 0, 2), Span("1:2", "icon", 0, 1), Span("1:3", "icon", 1, 2)


def test_nodes_have_no_groups_unless_they_are_asked_for() -> None:
    assert names(root(*PAIR, spans=SPANS)) == ["rect", "path"]


def test_ids_are_the_names_of_layers_made_unique() -> None:
    whole = root(*PAIR, spans=SPANS, include_id=True)
    assert ids(whole) == ["Page", "icon", "icon_2"]
    assert [name(each) for each in by_id(whole, "Page")] == ["g", "g"]
    assert [name(each) for each in by_id(whole, "icon_2")] == ["path"]


def test_ids_of_nodes() -> None:
    whole = root(*PAIR, spans=SPANS, include_node_id=True)
    assert [each.get("data-node-id") for each in shown(whole)] == ["1:1", "1:2", None, "1:3", None]
    assert ids(whole) == []


def test_both_are_on_one_group() -> None:
    first = shown(root(*PAIR, spans=SPANS, include_id=True, include_node_id=True))[0]
    assert first.attrib == {"id": "Page", "data-node-id": "1:1"}


def test_layers_named_like_definitions_do_not_take_their_ids() -> None:
    spans = Span("1:1", "_clip", 0, 3), Span("1:2", "_clip", 1, 2)
    whole = root(*clipped(STAR, fill(box())), spans=spans, include_id=True)
    assert len(ids(whole)) == len(set(ids(whole))) == 3


def test_hostile_names_and_ids_stay_in_their_attributes() -> None:
    hostile = '"><script>alert(1)</script>\x00\ud800'
    text = svg(fill(box()), spans=(Span(hostile, hostile, 0, 1),), title=hostile, include_id=True, include_node_id=True)
    whole = read(text)
    assert "<script" not in text
    assert [name(each) for each in whole.iter()] == ["svg", "title", "g", "rect"]
    assert shown(whole)[0].get("data-node-id") == '"><script>alert(1)</script>\ufffd\ufffd'


def test_a_node_in_a_clip_in_which_something_blends_keeps_what_it_has() -> None:
    blending = fill(box(), solid(BLUE, 1.0, BlendMode.MULTIPLY))
    commands = clipped(circle(0, 0), fill(box()), blending, fill(STAR))
    spans = (
        Span("1:1", "frame", 0, 5),
        Span("1:2", "plain", 1, 2),
        Span("1:3", "blend", 2, 3),
        Span("1:4", "star", 3, 4),
    )
    whole = root(*commands, spans=spans, include_id=True)
    assert [name(each) for each in by_id(whole, "plain").iter()] == ["g", "g", "rect"]
    assert [name(each) for each in by_id(whole, "blend").iter()] == ["g", "g", "rect"]
    assert [name(each) for each in by_id(whole, "star").iter()] == ["g", "g", "path"]


def test_a_node_within_a_mask() -> None:
    commands = masked(MaskKind.LUMINANCE, fill(circle(0, 0)), fill(box()))
    spans = Span("1:1", "both", 0, 5), Span("1:2", "masked", 1, 2), Span("1:3", "mask", 3, 4)
    whole = root(*commands, spans=spans, include_id=True)
    assert [name(each) for each in by_id(whole, "mask").iter()] == ["g", "circle"]
    assert len(ids(whole)) == len(set(ids(whole))) == 4


def test_a_span_that_tears_a_group_apart_is_left_out() -> None:
    commands = group(0.5), fill(box()), Pop(), fill(STAR)
    whole = root(*commands, spans=(Span("1:1", "torn", 1, 4), Span("1:2", "whole", 3, 4)), include_id=True)
    assert ids(whole) == ["whole"]
