"""The API's names for what Figma says."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from renderer.figma import FigmaNode, FigmaTextStyle, Hyperlink, Outline
from renderer.read.rest.spelling import RestNode, spelled
from tests.renderer.documents import decoded, node, text


def only(document: dict[str, Any]) -> FigmaNode:
    return decoded(document).node


@pytest.mark.parametrize(
    ("model", "field", "name"),
    [
        (FigmaNode, "absolute_bounding_box", "absoluteBoundingBox"),
        (FigmaNode, "item_reverse_z_index", "itemReverseZIndex"),
        (FigmaTextStyle, "font_post_script_name", "fontPostScriptName"),
        (FigmaTextStyle, "line_height_px", "lineHeightPx"),
        (FigmaTextStyle, "opentype_flags", "opentypeFlags"),
        (Outline, "override_id", "overrideID"),
        (Hyperlink, "node_id", "nodeID"),
    ],
)
def test_names(model: type[msgspec.Struct], field: str, name: str) -> None:
    names = {each.name: each.encode_name for each in msgspec.structs.fields(spelled(model))}
    assert names[field] == name


def test_what_is_decoded_is_a_figma_node_all_the_way_down() -> None:
    made = only(text("x", fills=[{"type": "SOLID", "color": {"r": 1, "g": 0, "b": 0}}], children=[node()]))
    assert isinstance(made, FigmaNode)
    assert isinstance(made.style, FigmaTextStyle)
    assert isinstance((made.children or ())[0], FigmaNode)
    assert made.fills is not None
    assert made.fills[0].color is not None
    assert made.fills[0].color.a == 1.0


def test_fields_keep_their_bounds_and_defaults() -> None:
    own, theirs = msgspec.structs.fields(FigmaNode), msgspec.structs.fields(RestNode)
    assert {each.name: each.default for each in own}.items() <= {each.name: each.default for each in theirs}.items()
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"type": "FRAME", "opacity": 2}, RestNode)


def test_the_kind_of_a_stroke_lies_in_an_object_of_its_own() -> None:
    assert only(node(complexStrokeProperties={"strokeType": "BRUSH"})).stroke_type == "BRUSH"
    assert only(node(complexStrokeProperties={})).stroke_type is None
    assert only(node(complexStrokeProperties=None)).stroke_type is None
    assert only(node(strokeType="BRUSH")).stroke_type is None
