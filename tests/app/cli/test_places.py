"""What ``render`` does not take, said before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.cli.places import RenderPlaces


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["a.json", "b.json", "c.json"], "of several documents go: --out DIR"),
        (["a.json", "b.json"], "--format: .json is the suffix of none"),
        (["a.json", "--node", "1:2", "--node", "1:3"], "OUT, or --out OUT"),
        (["a.json", "--all", "-o", "-"], "not to standard output"),
        (["a.json", "--resume", "-o", "x.png"], "x.png is named as one picture"),
        (["a.json", "--resume", "-o", "a.json"], "a.json is there, and is no folder"),
        (["a.json", "-", "-o", "x"], "OUT is given twice"),
        (["a.json", "gone.json", "no.json", "-o", "x"], "Cannot read gone.json: No such file or directory.\nCannot"),
        (["a.json", "--all", "--node", "1:2", "-o", "x"], "--all: it is every node that has export settings"),
        (["a.json", "--export", "-o", "x"], "--export: say of which nodes"),
        (["a.json", "--all", "--format", "png", "-o", "x"], "--format: the nodes' own export settings say it"),
        (["a.json", "--all", "--scale", "2", "-o", "x"], "--scale: the nodes'"),
        (["a.json", "b.json", "--format", "svg", "--path", "gpu", "-o", "x"], "--path: svg is written on the CPU path"),
        (["a.json", "b.json", "--node", "\n", "-o", "x"], "--node: "),
        (["a.json", "--jobs", "0", "-o", "x"], "--jobs"),
    ],
)
def test_wrong_usage_is_said(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_bytes(b"{}")
    done = CliRunner().invoke(app, ["render", *arguments])
    assert done.exit_code == 2, done.output
    assert sentence in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"a.json", "b.json"}


@pytest.mark.parametrize(
    ("given", "out", "several", "is_folder"),
    [
        (["-"], "x", False, False),
        (["-", "x"], None, False, False),
        (["-"], "x/", False, True),
        (["-"], "{folder}", False, True),
        (["-", "x"], None, True, True),
        (["-", "{folder}"], "x", False, True),
        (["-"], "{folder}/x.png", False, False),
    ],
)
def test_a_folder_is_what_there_is_more_to_go_into(
    given: list[str], out: str | None, several: bool, is_folder: bool, tmp_path: Path
) -> None:
    filled = [text.replace("{folder}", str(tmp_path)) for text in (*given, out or "")]
    places = RenderPlaces.of(filled[:-1], filled[-1] or None, several=several)
    assert places.is_folder is is_folder
