from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from renderer.exceptions import DocumentError, LimitError
from renderer.limits import RenderLimits
from tests.renderer.documents import answer, file_of, frame, group, items_in, node, page, read, refusal, solid, text

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"absoluteBoundingBox": {"x": 1e300, "y": 0, "width": 1, "height": 1}}, "absoluteBoundingBox.x"),
        ({"absoluteBoundingBox": {"x": 0, "y": -1e9, "width": 1, "height": 1}}, "absoluteBoundingBox.y"),
        ({"absoluteBoundingBox": {"x": 0, "y": 0, "width": 1e9, "height": 1}}, "absoluteBoundingBox.width"),
        ({"absoluteRenderBounds": {"x": 0, "y": 0, "width": 1, "height": 1e8}}, "absoluteRenderBounds.height"),
        ({"cornerRadius": 2e7}, "cornerRadius"),
        ({"strokeWeight": 1e18}, "strokeWeight"),
        ({"size": {"x": 1e20, "y": 1}}, "size.x"),
        ({"relativeTransform": [[1, 0, 1e20], [0, 1, 0]]}, "relativeTransform[0][2]"),
    ],
)
def test_a_far_coordinate_breaks_a_limit_and_is_named(properties: dict[str, Any], field: str) -> None:
    error = refusal(file_of(page(frame(node(), node(**properties)))))
    assert isinstance(error, LimitError)
    assert error.code == "limit-coordinate"
    assert error.field == f"document.children[0].children[0].children[1].{field}"
    assert "10000000" in error.detail


@pytest.mark.parametrize(
    ("properties", "field", "part"),
    [
        ({"type": None}, "type", "not null"),
        ({"type": ["SLICE"]}, "type", "a list"),
        ({"id": 12}, "id", "string"),
        ({"rotation": "1"}, "rotation", "a string"),
        ({"opacity": 2}, "opacity", "at most 1, not 2"),
        ({"absoluteBoundingBox": {"x": 0, "y": 0, "width": 5}}, "absoluteBoundingBox.height", "missing"),
        (
            {"absoluteBoundingBox": {"x": 0, "y": 0, "width": -5, "height": 1}},
            "absoluteBoundingBox.width",
            "at least 0, not -5",
        ),
        ({"absoluteBoundingBox": []}, "absoluteBoundingBox", "a list"),
        ({"cornerRadius": {"topLeft": 1}}, "cornerRadius", "an object"),
        ({"rectangleCornerRadii": [1, 2, 3]}, "rectangleCornerRadii", "4 entries"),
        ({"arcData": {"startingAngle": 0, "endingAngle": 1}}, "arcData.innerRadius", "missing"),
        ({"clipsContent": 1}, "clipsContent", "boolean"),
        ({"fillOverrideTable": {"3": {"fills": 4}}}, 'fillOverrideTable["3"].fills', "list"),
        ({"visible": "false"}, "visible", "boolean"),
        ({"strokeWeight": 10**400}, "strokeWeight", "valid number"),
    ],
)
def test_a_wrong_field_is_named_by_its_path(properties: dict[str, Any], field: str, part: str) -> None:
    error = refusal(answer(n2=frame(group(node(), node(**properties)))))
    assert isinstance(error, DocumentError)
    assert error.field == f'nodes["1:2"].document.children[0].children[1].{field}'
    assert part in error.detail


def test_a_number_that_overflows_is_named() -> None:
    error = refusal(b'{"type": "FRAME", "children": [{"type": "RECTANGLE", "strokeWeight": 1e999}]}')
    assert isinstance(error, DocumentError)
    assert error.field == "children[0].strokeWeight"


@pytest.mark.parametrize(
    ("properties", "part"),
    [
        ({"strokeWeight": -1}, "at least 0, not -1"),
        ({"cornerRadius": -0.5}, "at least 0, not -0.5"),
        ({"rectangleCornerRadii": [1, 2, 3]}, "should have 4 entries and has 3."),
        ({"rectangleCornerRadii": [1, 2, 3, 4, 5]}, "should have 4 entries and has more."),
    ],
)
def test_a_number_or_list_out_of_bounds_is_told_the_bound(properties: dict[str, Any], part: str) -> None:
    assert part in refusal(frame(**properties)).detail


def test_the_other_wrong_fields_are_counted() -> None:
    assert "2 more fields" in refusal(frame(opacity=3, rotation="x", cornerRadius=-1)).detail


def test_a_wrong_ancestor_is_named() -> None:
    error = refusal(frame(node(id="2:2"), absoluteBoundingBox={"x": "0"}), node="2:2")
    assert isinstance(error, DocumentError)
    assert error.field is not None
    assert error.field.startswith("ancestor 1 of 1 of children[0].absoluteBoundingBox")


def test_null_is_absence() -> None:
    nothing = dict.fromkeys(
        (
            "fills",
            "strokes",
            "effects",
            "opacity",
            "blendMode",
            "rotation",
            "visible",
            "isMask",
            "cornerRadius",
            "children",
        )
    )
    assert read(frame(node(), strokes=None) | {"effects": None}).children
    assert read(node() | nothing | {"fills": [solid()]}).root.fills


def test_unknown_fields_are_ignored() -> None:
    assert read(frame(node(futureField={"deep": [1, 2]}), interactions=[{"trigger": None}])).warnings == ()


def test_warnings_are_listed_once_in_the_order_of_the_document_and_have_an_end() -> None:
    odd = [node(id=f"1:{i}", fills=[solid(), {"type": "VIDEO"}, {"type": "EMOJI"}]) for i in range(9)]
    assert read(frame(*odd)).codes == [("unsupported-paint", f"1:{i}") for i in range(9)]
    few = read(frame(*odd), limits=RenderLimits(max_warnings=4))
    assert few.codes == [*(("unsupported-paint", f"1:{i}") for i in range(4)), ("more-warnings", None)]
    assert few.warnings[-1].detail.startswith("5 ")


def test_what_overlaps_from_outside_is_a_warning() -> None:
    assert read(frame(node()), contents_only=False).codes == [("unsupported-option", None)]


def test_the_same_bytes_give_the_same_scene() -> None:
    document = frame(*(node(id=f"1:{i}", rotation=i / 7) for i in range(20)), text("Hi"))
    assert read(document) == read(document)


def test_ten_thousand_nodes_side_by_side_and_as_deep_as_allowed() -> None:
    assert len(read(frame(*(node(id=f"1:{i}") for i in range(10_000)))).children) == 10_000
    deep = node()
    for _ in range(80):
        deep = frame(deep)
    assert sum(1 for _ in items_in(read(deep).root)) == 81


# A locked worker may neither open a file nor import a module: this watches one that reads the given documents.
_WATCH = """
import sys
from renderer.build import build_scene
from renderer.documents import DocumentFormat
from renderer.exceptions import RenderError
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.read import decode
from renderer.warnings import Warnings

documents = [line.encode() for line in sys.stdin.read().splitlines()]
seen = []
loaded = set(sys.modules)
sys.addaudithook(lambda event, args: seen.append(event) if event in {"open", "import", "exec", "compile"} else None)
answers = []
for document in documents:
    try:
        decoded = decode(document, DocumentFormat.REST_JSON.media_type, node=None, limits=RenderLimits())
        build_scene(decoded, options=RenderOptions(), limits=RenderLimits(), warnings=Warnings(9))
        answers.append("scene")
    except RenderError as error:
        answers.append(error.code)
late = sorted(set(sys.modules) - loaded)
print(answers, seen, late)
"""


def test_reading_opens_and_imports_nothing_even_when_it_refuses() -> None:
    rich = frame(node(rotation=1, strokes=[solid()]), text("a\U0001f600b", characterStyleOverrides=[1]), node("STAR"))
    wrong = [node(opacity=9), node(fills=[{"type": "SOLID"}]), node(strokeWeight=1e300), {"hello": 1}]
    lines = [json.dumps(each) for each in (rich, *wrong)] + ['{"a": NaN}', "no json", "[" * 1000]
    ran = subprocess.run(
        [sys.executable, "-c", _WATCH], input="\n".join(lines), cwd=ROOT, capture_output=True, text=True, check=True
    )
    expected = [
        "scene",
        "document-invalid",
        "document-invalid",
        "limit-coordinate",
        *["document-invalid"] * 3,
        "limit-depth",
    ]
    assert ran.stdout.strip() == f"{expected} [] []"
