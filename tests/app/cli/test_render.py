"""One picture into one file: what is said of it, and the exit status."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.app.cli.commands import run
from tests.app.documents import document


def test_the_summary_is_lines_as_long_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    (tmp_path / "d.json").write_bytes(document())
    done = run("render", tmp_path / "d.json", tmp_path / "[b].png", "--path", "cpu")
    lines = done.stderr.splitlines()
    assert [line[:10].rstrip() for line in lines] == ["picture", "drawn by", "sandbox", "time", "warnings"]
    assert f"{tmp_path / '[b].png'}: 40x30 image/png, " in lines[0]
    assert lines[3].endswith(" ms")
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("source", "out", "sentence"),
    [
        ("gone.json", "x.png", "Cannot read gone.json: No such file or directory.\n"),
        ("gone.json", "x/", "gone.json: document-not-read: Cannot read gone.json: No such file or directory.\n"),
        ("d.json", "no/y.png", "Cannot write no/y.png: No such file or directory.\n"),
        ("d.json", "d.json/y/", "d.json: file-not-written: Cannot write d.json/y: Not a directory.\n"),
    ],
)
def test_what_cannot_be_read_or_written_is_one_status(source: str, out: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "d.json").write_bytes(document())
    done = run("render", tmp_path / source, f"{tmp_path}/{out}", "-q", "--path", "cpu")
    assert (done.returncode, done.stderr.replace(f"{tmp_path}{os.sep}", "")) == (1, sentence)
