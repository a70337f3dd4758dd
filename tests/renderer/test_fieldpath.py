"""Where in a document something is, as errors say it."""

from __future__ import annotations

from typing import Any

import pytest

from renderer.exceptions import DocumentError
from renderer.fieldpath import child_path, key_path, path_to, placed


@pytest.mark.parametrize(
    ("path", "key", "joined"),
    [
        ("", "document", "document"),
        ("nodes", "1:2", 'nodes["1:2"]'),
        ("a", "b", "a.b"),
        ("a", 'x"y', 'a["x\\"y"]'),
        ("", "k" * 100, "k" * 61 + "..."),
    ],
)
def test_key_paths(path: str, key: str, joined: str) -> None:
    expected = joined if not joined.endswith("...") else f'["{joined}"]'
    assert key_path(path, key) == expected


def test_a_node_is_found_by_what_it_is_and_not_by_what_it_says() -> None:
    tree: Any = {"children": [{"children": []}, {"children": [{"children": []}]}]}
    wanted = tree["children"][1]["children"][0]
    assert path_to(wanted, tree, lambda node: node["children"], "document") == "document.children[1].children[0]"
    assert path_to(tree, tree, lambda node: node["children"], "document") == "document"
    assert child_path("", 3) == "children[3]"


@pytest.mark.parametrize(
    ("field", "path", "whole"),
    [
        (None, "document", "document"),
        ("fills[0]", "document", "document.fills[0]"),
        ("fills[0]", "", "fills[0]"),
        ('["3"].fills', "table", 'table["3"].fills'),
    ],
)
def test_a_refusal_is_placed_below_a_path(field: str | None, path: str, whole: str) -> None:
    assert placed(DocumentError("x", field=field), path).field == whole
