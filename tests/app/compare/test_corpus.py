from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.compare.corpus import CorpusError, samples
from renderer.documents import DocumentFormat


def _write(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x")
    return folder


def test_documents_and_references_in_folders_of_their_own(tmp_path: Path) -> None:
    _write(tmp_path / "rest" / "b", "document.json", "reference.png")
    _write(tmp_path / "rest" / "a", "document.json")
    first, second = samples(tmp_path)
    assert (first.name, first.reference) == ("rest/a", None)
    assert (second.name, second.reference) == ("rest/b", tmp_path / "rest" / "b" / "reference.png")


def test_what_the_index_says(tmp_path: Path) -> None:
    _write(tmp_path / "rest" / "a", "document.json", "reference.png")
    boxes = [[1.0, 2.0, 3.0, 4.0, "no geometry"], [5, 6, 7, 8]]
    entry = {"id": "rest/a", "node": "1:2", "scale": 2, "mask_boxes": boxes, "licence": "MIT"}
    (tmp_path / "index.json").write_text(json.dumps([entry]))
    for place in (tmp_path, tmp_path / "rest"):
        (sample,) = samples(place)
        assert (sample.node, sample.scale) == ("1:2", 2)
        assert sample.masks == ((1, 2, 3, 4), (5, 6, 7, 8))


def test_several_references_are_several_samples(tmp_path: Path) -> None:
    _write(tmp_path / "a", "document.json", "one.png", "two.png")
    references = [{"node": "1:1", "file": "one.png", "scale": 1}, {"node": "2:2", "file": "two.png", "scale": 4}]
    (tmp_path / "index.json").write_text(json.dumps([{"id": "a", "references": references}]))
    found = [(sample.name, sample.node, sample.scale) for sample in samples(tmp_path)]
    assert found == [("a 1:1", "1:1", 1), ("a 2:2", "2:2", 4)]


def test_an_index_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    home = _write(tmp_path / "corpus" / "a", "document.json")
    _write(tmp_path, "secret.png")
    (tmp_path / "corpus" / "index.json").write_text(json.dumps([{"id": "a", "reference": "../../secret.png"}]))
    (sample,) = samples(tmp_path / "corpus")
    assert home.is_dir()
    assert sample.reference is None


def test_what_cannot_be_drawn_yet_is_skipped_with_a_reason(tmp_path: Path) -> None:
    _write(tmp_path / "a", "document.fig")
    (sample,) = samples(tmp_path)
    assert sample.skipped == ".fig files cannot be drawn yet"


def test_documents_that_lie_by_themselves(tmp_path: Path) -> None:
    _write(tmp_path, "home.json", "home.png", "other.json", "index.json.bak")
    found = {sample.name: sample.reference for sample in samples(tmp_path)}
    assert found == {"home": tmp_path / "home.png", "other": None}
    assert [sample.name for sample in samples(tmp_path / "home.json")] == ["home"]


@pytest.mark.parametrize("place", ["document.json", "."])
def test_a_document_in_the_folder_one_stands_in_has_its_name(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(_write(tmp_path / "home", "document.json"))
    assert [sample.name for sample in samples(Path(place))] == ["home"]


def test_a_document_is_of_the_format_that_its_suffix_says(tmp_path: Path) -> None:
    _write(tmp_path, *(f"{each.value}{each.suffixes[0]}" for each in DocumentFormat))
    found = {sample.name: sample.media_type for sample in samples(tmp_path)}
    assert found == {each.value: each.media_type for each in DocumentFormat}


def test_images_lie_beside_their_document(tmp_path: Path) -> None:
    _write(tmp_path / "a", "document.json")
    _write(tmp_path / "a" / "images", "1.png", "2.png")
    assert [path.name for path in samples(tmp_path)[0].images] == ["1.png", "2.png"]


@pytest.mark.parametrize("index", ["{}", "[", '[{"id": 5}]', '[{"id": "a", "mask_boxes": [[1]]}]'])
def test_an_index_that_is_none_is_named(tmp_path: Path, index: str) -> None:
    _write(tmp_path / "a", "document.json")
    (tmp_path / "index.json").write_text(index)
    with pytest.raises(CorpusError, match=r"index\.json"):
        samples(tmp_path)


def test_a_folder_with_nothing_in_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no document"):
        samples(tmp_path)
    with pytest.raises(CorpusError, match="neither"):
        samples(tmp_path / "missing")
