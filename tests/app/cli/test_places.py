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
        (["a.json", "b.json", "c.json"], "Say which folder the pictures of several documents go into: --out FOLDER."),
        (
            ["a.json", "b.json"],
            "No picture format ends in .json. Use --format png|jpg|webp|avif|pdf|svg, or give OUT one",
        ),
        (["a.json", "--node", "1:2", "--node", "1:3"], "Say which folder: --out FOLDER."),
        (["a.json", "--all", "-o", "-"], "Several pictures need a folder, and - is standard output."),
        (
            ["a.json", "--resume", "-o", "x.png"],
            "--resume needs a folder, and x.png looks like a file. Use --out FOLDER/.",
        ),
        (["a.json", "--resume", "-o", "a.json"], "a.json exists and is not a folder. Use --out FOLDER/."),
        (["a.json", "-", "-o", "x"], "OUT is given twice"),
        (["a.json", "b.json", "-o", "x.png"], "Several pictures need a folder, and x.png looks like a file."),
        (["a.json", "x.png", "--background", "red"], "--background: a colour is #rgb, #rgba, #rrggbb, #rrggbbaa or"),
        (
            ["a.json", "--all", "--node", "1:2", "-o", "x"],
            "--all draws every node that has export settings. Leave --node out",
        ),
        (["a.json", "--export", "-o", "x"], "--export needs --node. For every node with export settings use --all."),
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
