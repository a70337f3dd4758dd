"""The two commands as a user types them, on a small corpus of our own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.documents import document, frame, node
from tests.host import WAIVED

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"RENDERSERVER_WAIVE": ",".join(WAIVED)}
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``right``: its reference is our own picture; ``wrong``: another one's; ``masked``: that too, with two thirds
    of it not to be judged; ``alone``: none; ``later``: a .fig."""
    folder = tmp_path_factory.mktemp("corpus")
    wide = document(frame(node(), node(box=(45, 5, 30, 30)), width=90, height=60))
    bare = document(node("FRAME", (0, 0, 90, 60), fills=[], children=[]))
    for name, content in (("right", wide), ("wrong", bare), ("masked", bare), ("alone", document())):
        (folder / name).mkdir()
        (folder / name / "document.json").write_bytes(content)
    (folder / "later").mkdir()
    (folder / "later" / "document.fig").write_bytes(b"fig-kiwi")
    picture = folder / "right" / "reference.png"
    made = run("render", str(folder / "right" / "document.json"), str(picture), "--path", "cpu", "-q")
    assert made.returncode == 0, made.stderr
    for name in ("wrong", "masked"):
        (folder / name / "reference.png").write_bytes(picture.read_bytes())
    index = [{"id": "masked", "scale": 1, "mask_boxes": [[0, 0, 90, 40, "not ours"]]}]
    (folder / "index.json").write_text(json.dumps(index))
    return folder


def test_fidelity_ranks_the_worst_first_and_says_what_it_left_out(corpus: Path, tmp_path: Path) -> None:
    done = run("fidelity", str(corpus), "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.index("wrong") < done.stdout.index("right")
    assert "later: skipped: .fig files cannot be drawn yet" in done.stdout
    assert "alone: skipped: there is no reference.png beside it" in done.stdout
    results = {item["document"]: item for item in json.loads((tmp_path / "results.json").read_text())}
    assert results["right"]["against"]["changed_pixels"] == 0
    assert results["right"]["against"]["ssim"] == 1
    assert results["wrong"]["against"]["clearly_off_pixels"] == 90 * 60
    masked = results["masked"]["against"]
    assert masked["clearly_off_pixels"] == masked["judged_pixels"] == 90 * 18
    page = (tmp_path / "report.html").read_text()
    assert page.index(">wrong</a>") < page.index(">right</a>")
    assert (tmp_path / "pictures" / "wrong" / "difference.png").read_bytes().startswith(b"\x89PNG")


def test_compare_walks_a_folder(corpus: Path, tmp_path: Path) -> None:
    done = run("compare", str(corpus), "--out", str(tmp_path))
    assert done.returncode == 1, done.stderr  # one was left out
    assert "4 of 5 documents compared" in done.stdout
    results = {item["document"]: item for item in json.loads((tmp_path / "results.json").read_text())}
    assert results["later"] == {"document": "later", "skipped": ".fig files cannot be drawn yet"}
    assert results["right"]["cpu"]["drawn"]
    assert results["right"]["reference"]["cpu"]["ssim"] == 1
    assert results["right"]["difference"]["ssim"] >= 0.999
    assert results["masked"]["difference"]["judged_pixels"] == 90 * 60
    assert results["masked"]["reference"]["gpu"]["judged_pixels"] == 90 * 18
    assert (tmp_path / "pictures" / "right" / "gpu.png").is_file()


def test_compare_as_json_of_one_document(corpus: Path) -> None:
    reference = str(corpus / "right" / "reference.png")
    done = run("compare", str(corpus / "alone" / "document.json"), "--reference", reference, "--json")
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)
    assert result["difference"]["compared"]
    assert result["reference"]["cpu"]["code"] == "sizes-differ"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("compare", "{corpus}/gone"), "neither a document nor a folder"),
        (("compare", "{corpus}", "--reference", "{corpus}/right/reference.png"), "belong to one document"),
        (("compare", "{corpus}/right/document.json", "--scale", "99"), "--scale"),
        (("compare", "{corpus}/right/document.json", "--reference", "{corpus}/gone"), "no such file"),
        (("fidelity", "{corpus}/gone"), "neither"),
    ],
)
def test_wrong_usage_is_said_before_anything_starts(corpus: Path, arguments: tuple[str, ...], why: str) -> None:
    done = run(*(argument.format(corpus=corpus) for argument in arguments))
    assert (done.returncode, why in done.stderr) == (2, True), done.stderr
