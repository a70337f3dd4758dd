"""Which folder each document of a run has, and that it stays the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.documentfiles import DocumentFile
from app.cli.homes import document_files
from app.cli.renders import RECORD


def homes(*names: str, out: str = "out") -> dict[str, str]:
    return {file.name: file.home for file in document_files(names, Path(out))}


def record(file: DocumentFile) -> None:
    """As a run leaves it in which nothing could be drawn."""
    folder = Path("out", file.home)
    folder.mkdir(parents=True)
    line = {"index": 0, "node": None, "document": file.name, "source": file.source}
    line |= {"sha256": "d", "options": "o", "exports": False}
    (folder / RECORD).write_text(json.dumps(line) + "\n")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_one_document_needs_no_folder_of_its_own() -> None:
    assert homes("a/document.json") == {"a/document.json": ""}


def test_names_that_repeat_give_way_to_those_of_folders() -> None:
    assert homes("home/document.json", "icons/Document.json", "icons/other.json", "x/icons/document.json", "-") == {
        "home/document.json": "home",
        "icons/Document.json": "icons",
        "icons/other.json": "other",
        "x/icons/document.json": "icons-2",
        "-": "document",
    }


def test_a_document_keeps_its_folder_in_any_order_and_company() -> None:
    given = ("a/x/d.json", "b/x/d.json", "c/x/d.json")
    files = document_files(given, Path("out"))
    assert [file.home for file in files] == ["x", "x-2", "x-3"]
    for file in files[:2]:
        record(file)
    assert homes(*reversed(given)) == {file.name: file.home for file in files}
    assert homes("b/x/d.json", "e.json") == {"b/x/d.json": "x-2", "e.json": "e"}
    assert homes("y/x.json", "e.json") == {"y/x.json": "x-3", "e.json": "e"}


def test_a_document_is_the_same_from_wherever_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in document_files(("a/d.json", "b/d.json"), Path("out")):
        record(file)
    (tmp_path / "b").mkdir()
    monkeypatch.chdir("b")
    again = homes("./d.json", str(tmp_path / "a" / "d.json"), out="../out")
    assert list(again.values()) == ["b", "a"]


def test_a_document_that_is_named_twice_has_two_folders() -> None:
    assert [file.home for file in document_files(("a.json", "a.json"), Path("out"))] != ["a", "a"]
