from __future__ import annotations

import json
import tracemalloc

import pytest

from renderer.exceptions import DocumentError, LimitError
from renderer.limits import RenderLimits
from renderer.read.rest.parse import parse_json
from tests.renderer.documents import node, read, refusal


@pytest.mark.parametrize(
    ("data", "code", "part"),
    [
        (b"", "document-empty", "is empty"),
        (b"  \n ", "document-empty", "is empty"),
        (b"not json", "document-invalid", "line 1 column"),
        (b'{"type": "FRAME"', "document-invalid", "EOF"),
        (b"[]", "document-invalid", "not an object"),
        (b'"text"', "document-invalid", "not an object"),
        (b"\xff\xfe", "document-invalid", "not JSON"),
        (b'{"name": "\\ud800"}', "document-invalid", "not JSON"),
        (b'{"type": "FRAME"} tail', "document-invalid", "trailing"),
        (b"\x89PNG\r\n\x1a\n", "document-invalid", "not JSON"),
    ],
)
def test_what_is_not_a_document_is_refused_with_the_reason(data: bytes, code: str, part: str) -> None:
    error = refusal(data)
    assert isinstance(error, DocumentError)
    assert error.code == code
    assert part in error.detail


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_a_number_json_cannot_express_is_named_by_its_path(number: bytes) -> None:
    error = refusal(
        b'{"nodes": {"1:2": {"document": {"fills": [{"color": {"r": 1}}, {"color": {"r": ' + number + b"}}]}}}}"
    )
    assert isinstance(error, DocumentError)
    assert error.field == 'nodes["1:2"].document.fills[1].color.r'


def test_a_byte_order_mark_is_not_an_error() -> None:
    assert (
        read(
            b'\xef\xbb\xbf{"type": "FRAME", "absoluteBoundingBox": {"x": 0, "y": 0, "width": 4, "height": 2}}'
        ).bounds.width
        == 4
    )


def test_a_memoryview_is_read_like_bytes() -> None:
    assert parse_json(memoryview(b'{"type": "FRAME"}'), RenderLimits()) == {"type": "FRAME"}


@pytest.mark.parametrize("unit", [b"[", b'{"children":[', b'{"a":'])
def test_a_hundred_thousand_levels_are_refused(unit: bytes) -> None:
    error = refusal(unit * 100_000)
    assert isinstance(error, LimitError)
    assert error.code in {"limit-depth", "limit-document"}


def test_a_million_nodes_are_refused_before_they_are_parsed() -> None:
    document = b'{"type":"FRAME","children":[' + b",".join([b'{"id":"1:3","type":"FRAME"}'] * 1_000_000) + b"]}"
    tracemalloc.start()
    error = refusal(document)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(error, LimitError)
    assert error.code == "limit-nodes"
    assert peak < 2 * len(document)


def test_a_million_nodes_without_ids_are_refused_too() -> None:
    document = b'{"type":"FRAME","children":[' + b",".join([b'{"type":"FRAME"}'] * 1_000_000) + b"]}"
    assert refusal(document).code in {"limit-nodes", "limit-document"}


def test_memory_is_bounded_by_an_estimate_before_parsing() -> None:
    error = refusal(b'{"type": "FRAME", "x": [' + b"{}," * 99 + b"{}]}", limits=RenderLimits(max_parsed_bytes=20_000))
    assert isinstance(error, LimitError)
    assert error.code == "limit-document"


def test_the_estimate_is_not_below_what_parsing_really_takes() -> None:
    rich = [node(opacity=0.25 + i / 1e6, name=f"node {i}", strokes=[], effects=[]) for i in range(500)]
    data = json.dumps({"type": "FRAME", "children": rich}).encode()
    tracemalloc.start()
    value = parse_json(data, RenderLimits())
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert value
    estimate = 200 * data.count(b"{") + 64 * data.count(b"[") + 32 * data.count(b",")
    assert used < 1.15 * (estimate + len(data) * 0.1)
