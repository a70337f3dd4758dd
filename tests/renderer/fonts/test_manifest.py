from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from renderer.exceptions import FontFolderError
from renderer.fonts.manifest import FontEntry, FontRole, read_manifest
from tests.renderer.fonts.committed import FONTS

MANIFEST = read_manifest(FONTS)
LIMIT_BYTES = 40_000_000


def entry_id(entry: FontEntry) -> str:
    return entry.path.name


@pytest.mark.parametrize("entry", MANIFEST.entries, ids=entry_id)
def test_every_file_is_the_one_the_manifest_describes(entry: FontEntry) -> None:
    assert hashlib.sha256(entry.path.read_bytes()).hexdigest() == entry.sha256
    with TTFont(entry.path, lazy=True) as font:
        assert font["name"].getDebugName(6) == entry.postscript_name
        assert ("fvar" in font) == (entry.weight is None)
    assert entry.source
    assert entry.version


@pytest.mark.parametrize("entry", MANIFEST.entries, ids=entry_id)
def test_every_file_has_its_open_font_licence(entry: FontEntry) -> None:
    assert entry.licence is not None
    text = entry.licence.read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "Permission is hereby granted" in text
    assert "opyright" in text.split("This Font Software")[0]


def test_no_changed_font_bears_a_reserved_name() -> None:
    data = json.loads((FONTS / "manifest.json").read_text(encoding="utf-8"))
    for item in data["fonts"]:
        head = (FONTS / item["licence"]).read_text(encoding="utf-8").split("This Font Software")[0]
        if "changes" in item and "Reserved Font Name" in head:
            reserved = head.split("Reserved Font Name")[1].strip(" '\"\n.").split("'")[0]
            assert reserved.casefold() not in item["family"].casefold(), item["file"]


def test_the_folder_holds_nothing_that_the_manifest_does_not_name() -> None:
    named = {entry.path for entry in MANIFEST.entries} | {entry.licence for entry in MANIFEST.entries}
    named |= {FONTS / "manifest.json", FONTS / "README.md"}
    assert {path for path in FONTS.rglob("*") if path.is_file()} == named


def test_the_folder_stays_under_its_limit() -> None:
    assert sum(path.stat().st_size for path in FONTS.rglob("*") if path.is_file()) < LIMIT_BYTES


def test_the_families_that_were_asked_for_are_there() -> None:
    families = {entry.family for entry in MANIFEST.entries}
    assert families >= {
        "Inter",
        "Roboto",
        "Open Sans",
        "Poppins",
        "Montserrat",
        "Noto Sans",
        "Noto Serif",
        "Noto Sans Mono",
        "Noto Color Emoji",
    }


def test_stand_ins_and_defaults_are_families_of_the_folder() -> None:
    families = {entry.family for entry in MANIFEST.entries}
    assert set(MANIFEST.stand_ins.values()) | set(MANIFEST.defaults.values()) <= families
    assert not families & set(MANIFEST.stand_ins)


def test_the_emoji_font_is_the_only_one_for_emoji() -> None:
    assert [entry.family for entry in MANIFEST.entries if entry.role is FontRole.EMOJI] == ["Noto Color Emoji"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"fonts": [{"family": "No file"}]}',
        '{"fonts": [{"file": "a.ttf", "family": "A", "role": "hat"}]}',
        '{"fonts": 3}',
        '{"fonts": ["a.ttf"]}',
    ],
)
def test_a_manifest_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(FontFolderError, match=r"manifest\.json"):
        read_manifest(tmp_path)
