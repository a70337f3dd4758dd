from __future__ import annotations

import json
from typing import Any

import pytest

from renderer.documents import DocumentFormat
from renderer.exceptions import LimitError
from renderer.formats import ImageFormat
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.outputs import Output, Planned, RefusedOutput, plan_exports, plan_outputs
from renderer.read import open_document
from tests.renderer.documents import frame, node

Json = dict[str, Any]


def setting(kind: str = "PNG", suffix: str = "", by: str | None = None, value: object = None) -> Json:
    constraint = {} if by is None else {"constraint": {"type": by, "value": value}}
    return {"format": kind, "suffix": suffix, **constraint}


def exports(*settings: Any, limits: RenderLimits | None = None, **template: Any) -> list[Planned]:
    """Of the frame 1:1 with nothing to export, and the node 1:2 in it, which has the settings."""
    return _planned(frame(node(id="1:2", exportSettings=list(settings)), id="1:1"), [template], limits)


def _planned(document: Json, templates: list[Json], limits: RenderLimits | None = None) -> list[Planned]:
    data, bounds = json.dumps(document).encode(), limits or RenderLimits()
    options = [RenderOptions(**each) for each in templates]
    nodes = [each.node for each in options]
    opened = open_document(data, DocumentFormat.REST_JSON.media_type, nodes=nodes, exports=None in nodes, limits=bounds)
    return plan_exports(opened, options, bounds)


def only(*settings: Any, **template: Any) -> Output:
    (planned,) = exports(*settings, **template)
    assert isinstance(planned, Output)
    return planned


def refused(*settings: Any, **template: Any) -> tuple[str, str | None]:
    (planned,) = exports(*settings, **template)
    assert isinstance(planned, RefusedOutput)
    return planned.error.code, planned.error.field


@pytest.mark.parametrize(
    ("by", "value", "size"),
    [
        ("SCALE", 2, (2, None, None)),
        ("SCALE", 0.5, (0.5, None, None)),
        ("WIDTH", 512, (None, 512, None)),
        ("HEIGHT", 63.7, (None, None, 64)),
        (None, None, (None, None, None)),
    ],
)
def test_a_constraint_is_the_size(by: str | None, value: object, size: tuple[object, ...]) -> None:
    options = only(setting("PNG", "@x", by, value)).options
    assert (options.scale, options.width, options.height) == size


def test_format_and_size_are_the_settings_and_all_else_the_templates() -> None:
    output = only(setting("JPG", "-big", "SCALE", 3), node="1-2", width=9, quality=33, format=ImageFormat.WEBP)
    assert output.node.id == "1:2"
    assert output.suffix == "-big"
    assert output.options == RenderOptions(node="1-2", format=ImageFormat.JPEG, scale=3, quality=33)


@pytest.mark.parametrize("kind", ["SVG", "PDF"])
def test_a_vector_has_the_size_of_its_node(kind: str) -> None:
    options = only(setting(kind, "", "WIDTH", 0)).options
    assert (options.format.value.upper(), options.width, options.scale) == (kind, None, None)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (setting("GIF"), "format"),
        (setting("png"), "format"),
        (setting("PNG", "", "AREA", 5), "constraint.type"),
        (setting("PNG", "", "SCALE", 0), "constraint.value"),
        (setting("PNG", "", "WIDTH", -5), "constraint.value"),
        (setting("PNG", "", "HEIGHT", 1e300), "constraint.value"),
        (setting("PNG", "", "SCALE", None), "constraint.value"),
    ],
)
def test_a_setting_that_cannot_be_is_one_refusal_among_pictures(entry: Json, field: str) -> None:
    first, bad, last = exports(setting(), entry, setting())
    assert isinstance(first, Output)
    assert isinstance(last, Output)
    assert isinstance(bad, RefusedOutput)
    assert bad.node is first.node
    assert bad.error.code == "document-invalid"
    assert bad.error.field == f"children[0].exportSettings[1].{field}"


def test_what_has_no_settings_is_one_refusal() -> None:
    assert refused() == refused(node="1:1") == refused(setting(), node="1:1") == ("exports-none", "node")
    assert refused(setting(), node="7:7") == ("node-not-found", "node")


def test_templates_come_in_their_order_whole_documents_among_them() -> None:
    document = frame(
        node(id="1:2", exportSettings=[setting(suffix="a"), setting(suffix="b")]),
        node("SLICE", id="1:3", visible=False, exportSettings=[setting(suffix="c")]),
        id="1:1",
    )
    planned = _planned(document, [{"node": "1:3"}, {"quality": 1}, {"node": "1:2", "quality": 2}])
    outputs = [each for each in planned if isinstance(each, Output)]
    assert [(each.node.id, each.suffix) for each in outputs] == [
        *[("1:3", "c")],
        *[("1:2", "a"), ("1:2", "b"), ("1:3", "c")],
        *[("1:2", "a"), ("1:2", "b")],
    ]
    assert [each.options.quality for each in outputs] == [90, 1, 1, 1, 2, 2]


@pytest.mark.parametrize("templates", [[{}], [{"node": "1:2"}], [{"node": "1:2"}] * 2, [{"node": "7:7"}] * 3])
def test_outputs_are_bounded_by_how_many_come_of_them(templates: list[Json]) -> None:
    document = frame(node(id="1:2", exportSettings=[setting()] * len(templates) * 3), id="1:1")
    count = len(_planned(document, templates))
    _planned(document, templates, RenderLimits(max_outputs=count))
    with pytest.raises(LimitError) as caught:
        _planned(document, templates, RenderLimits(max_outputs=count - 1))
    assert caught.value.code == "limit-outputs"


def test_without_exports_each_is_what_was_asked_for() -> None:
    data, nodes = json.dumps(frame(node(id="1:2", exportSettings=[setting()]), id="1:1")).encode(), ["1:2", "7:7", None]
    bounds, media_type = RenderLimits(), DocumentFormat.REST_JSON.media_type
    opened = open_document(data, media_type, nodes=nodes, limits=bounds)
    options = [RenderOptions(node=each, scale=2) for each in nodes]
    drawn, missing, whole = plan_outputs(opened, options)
    assert isinstance(drawn, Output)
    assert isinstance(whole, Output)
    assert (drawn.node.id, drawn.options, whole.node.id) == ("1:2", options[0], "1:1")
    assert isinstance(missing, RefusedOutput)
    assert missing.error.code == "node-not-found"
