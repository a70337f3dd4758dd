"""Several nodes of one document, found in one walk, each read as it would be alone."""

from __future__ import annotations

import json
import random
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest

from renderer.documents import DocumentFormat
from renderer.exceptions import DocumentError, LimitError, NodeNotFoundError, RenderError
from renderer.figma import Decoded, NodeExport, OpenDocument
from renderer.limits import RenderLimits
from renderer.read import open_document
from renderer.read.rest import locate
from tests.renderer.documents import file_of, frame, group, node, page, solid, text

Json = dict[str, Any]


def opened(
    document: Json, nodes: Sequence[str | None] = (), *, exports: bool = False, limits: RenderLimits | None = None
) -> OpenDocument:
    data, media_type = json.dumps(document).encode(), DocumentFormat.REST_JSON.media_type
    return open_document(data, media_type, nodes=nodes, exports=exports, limits=limits or RenderLimits())


def vector(identifier: str, path: str, **more: Any) -> Json:
    return node("VECTOR", id=identifier, fillGeometry=[{"path": path, "windingRule": "NONZERO"}], **more)


def tangle() -> Json:
    """Everything that is changed or left out while a node is read, each inside the next."""
    hidden = frame(vector("3:2", "M0 0L9 9L0 9Z"), id="3:1", visible=False)
    clear = frame(frame(node(id="4:3"), hidden, id="4:2"), id="4:1", opacity=0)
    operand = group(frame(node(id="5:3"), id="5:2", opacity=0), node(id="5:4"), id="5:1")
    boolean = node("BOOLEAN_OPERATION", children=[operand, vector("6:2", "M0 0L9 9L0 9Z")], id="6:1")
    outlined = vector("7:1", "M0 0L5 5Z") | {"type": "BOOLEAN_OPERATION", "children": [node(id="7:2")]}
    folded = node("SECTION", children=[node(id="8:2"), clear], id="8:1", sectionContentsHidden=True)
    broken = text("link", id="9:1", styleOverrideTable={"1": {"hyperlink": 5}}, complexStrokeProperties={})
    wrong = frame(node(id="10:2", opacity=7), id="10:1")
    inner = frame(boolean, outlined, folded, broken, vector("6:9", "M0 0L9 9L0 9Z"), id="2:1")
    return file_of(page(inner, wrong, hidden | {"id": "3:9"}, node("SLICE", id="1:7"), id="0:1"))


WANTED = [None, "0:0", "0:1", "1:7", "2:1", "2-1", "99:9"] + [
    f"{a}:{b}" for a in range(3, 11) for b in (1, 2, 3, 4, 9) if (a, b) != (9, 2)
]


def result(open_: OpenDocument, wanted: str | None) -> Decoded | tuple[object, ...]:
    """What there is to see of it: the node, or its refusal."""
    try:
        return open_.find(wanted).decoded()
    except RenderError as error:
        return type(error), error.code, error.detail, error.field


def alone(document: Json, wanted: str | None, limits: RenderLimits | None = None) -> Decoded | tuple[object, ...]:
    return result(opened(document, (wanted,), limits=limits), wanted)


@pytest.mark.parametrize("seed", range(8))
def test_every_node_is_what_it_is_alone_in_any_order_and_again(seed: int) -> None:
    document, order = tangle(), WANTED * 2
    random.Random(seed).shuffle(order)
    several = opened(document, order)
    for wanted in order:
        assert result(several, wanted) == alone(document, wanted), wanted


def test_the_tangle_has_nodes_that_are_drawn_and_some_of_each_kind_that_are_not() -> None:
    results = [alone(tangle(), wanted) for wanted in WANTED]
    assert sum(isinstance(each, Decoded) for each in results) > 20
    codes = {each[1] for each in results if isinstance(each, tuple)}
    assert codes == {"node-not-found", "document-invalid"}


def test_an_operand_keeps_its_children_after_it_was_drawn_alone() -> None:
    document = tangle()
    several = opened(document, ["5:1", "5:2", "6:1"])
    for wanted in ("5:1", "5:2", "6:1"):
        assert result(several, wanted) == alone(document, wanted)


@pytest.mark.parametrize("most", [2, 5, 6, 9, 11, 12, 14, 30])
def test_outlines_are_bounded_for_each_node_whatever_others_read(most: int) -> None:
    paths = ["M0 0" + "L1 1" * count + "Z" for count in range(1, 7)] + ["", "M0 0L", "no path", "M0 0a1 1 0 1 1 2 2z"]
    vectors = [vector(f"2:{index}", path) for index, path in enumerate(paths)]
    document = frame(frame(*vectors, id="1:2"), frame(*vectors[::-1], id="1:3"), id="1:1")
    limits, order = RenderLimits(max_path_verbs=most), ["1:3", "2:1", "1:1", "1:2", "2:0", "1:3", "2:9", "2:5"]
    several = opened(document, order, limits=limits)
    for wanted in order:
        assert result(several, wanted) == alone(document, wanted, limits), wanted


def test_outlines_in_common_are_read_once() -> None:
    several = opened(frame(vector("1:2", "M0 0L1 1Z"), vector("1:3", "M0 0L1 1Z"), id="1:1"), ["1:2", "1:3"])
    one, other = (several.find(each).decoded().node.fill_geometry for each in ("1:2", "1:3"))
    assert one is not None
    assert other is not None
    assert one[0].path is other[0].path


def test_all_nodes_are_found_in_one_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    visits = 0
    whole = locate._own_children

    def counted(node: Json) -> list[Json]:
        nonlocal visits
        visits += 1
        return whole(node)

    monkeypatch.setattr(locate, "_own_children", counted)
    count = 200
    document = frame(*(node(id=f"2:{index}") for index in range(count)), id="1:1")
    opened(document, [f"2:{index}" for index in range(count)])
    assert visits == count + 1


def test_a_search_that_breaks_off_is_the_refusal_of_what_it_had_not_come_to() -> None:
    document = frame(node(id="1:2"), frame(children=7, id="1:3"), node(id="1:4"), id="1:1")
    several = opened(document, ["1:4", "1:2", None])
    assert isinstance(result(several, "1:2"), Decoded)
    for wanted in ("1:4", None):
        assert result(several, wanted) == alone(document, wanted)
    with pytest.raises(DocumentError) as refused:
        several.find("1:4")
    assert refused.value.field == "children[1].children"


def test_a_missing_node_is_refused_as_often_as_it_is_asked_for() -> None:
    several = opened(node(id="1:1"), ["7:7", "1:1"])
    lengths = set()
    for _ in range(3):
        with pytest.raises(NodeNotFoundError) as refused:
            several.find("7:7")
        lengths.add(len(refused.traceback))
    assert len(lengths) == 1
    assert several.find("1:1").id == "1:1"


def test_what_concerns_the_whole_document_is_raised_by_opening() -> None:
    with pytest.raises(DocumentError, match="neither nodes"):
        opened({"hello": 1}, ["1:1", None])


def test_the_rest_of_the_document_is_let_go_of() -> None:
    data = frame(*(node(id=f"2:{index}") for index in range(3_000)), id="1:1")
    tracemalloc.start()
    try:
        few = opened(data, ["2:7", "2:9", "5:5"])
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert few.find("2:7").decoded().node.id == "2:7"
    assert kept < 500_000  # of some three million


# --- export settings --------------------------------------------------------------------------------------------------

PNG = {"suffix": "@2x", "format": "PNG", "constraint": {"type": "SCALE", "value": 2}}


def test_nodes_with_export_settings_come_in_the_order_of_the_document_hidden_ones_and_slices_too() -> None:
    first = page(frame(node("SLICE", id="2:3", exportSettings=[PNG]), id="2:2", exportSettings=[PNG]), id="0:1")
    inside = frame(node(id="3:3", exportSettings=[PNG, PNG]), id="3:2", visible=False)
    second = page(inside, node(id="3:4", exportSettings=[]), node(id="3:5", exportSettings=None), id="0:2")
    exported = opened(file_of(first, second), exports=True).exported
    assert [(each.id, each.export_count) for each in exported] == [("2:2", 1), ("2:3", 1), ("3:3", 2)]
    assert [each.path for each in exported][1] == "document.children[0].children[0].children[0]"
    assert exported[2].decoded().node.id == "3:3"


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        ([PNG, {"format": 5}, PNG], [None, "exportSettings[1].format", None]),
        ([{}], ["exportSettings[0].format"]),
        ([7], ["exportSettings[0]"]),
        ([{"format": "PNG", "constraint": {"type": "SCALE", "value": "x"}}], ["exportSettings[0].constraint.value"]),
        ([{"format": "PNG", "suffix": ["x"]}], ["exportSettings[0].suffix"]),
        ("PNG", ["exportSettings[0]"]),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_alone(settings: Any, fields: list[str | None]) -> None:
    (exported,) = opened(frame(node(id="1:2", exportSettings=settings), id="1:1"), exports=True).exported
    found = exported.exports()
    assert [each.field if isinstance(each, RenderError) else None for each in found] == [
        field and f"children[0].{field}" for field in fields
    ]
    assert all(isinstance(each, NodeExport) for each, field in zip(found, fields, strict=True) if field is None)


def test_export_settings_are_bounded_while_they_are_searched() -> None:
    many = frame(*(node(id=f"2:{index}", exportSettings=[PNG] * 3) for index in range(4)), id="1:1")
    assert len(opened(many, exports=True, limits=RenderLimits(max_outputs=12)).exported) == 4
    with pytest.raises(LimitError) as refused:
        opened(many, exports=True, limits=RenderLimits(max_outputs=11))
    assert refused.value.code == "limit-outputs"


def test_a_document_that_cannot_be_searched_has_no_exports() -> None:
    with pytest.raises(DocumentError):
        opened(frame(node(exportSettings=[PNG]), frame(children=[solid(), 5]), id="1:1"), ["1:1"], exports=True)
