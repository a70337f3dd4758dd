"""The command itself; and once, for some seconds, against real servers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.report import TIMED
from app.settings import PREFIX
from benchmarks.load import k6, server
from benchmarks.load.__main__ import app as command
from benchmarks.load.__main__ import variants_of
from benchmarks.load.mix import MixError, built_in, from_folder
from benchmarks.load.plan import PlanError
from tests.app.conftest import FOOT_GUNS
from tests.app.documents import document, frame, node
from tests.host import WAIVED

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[3]
QUERY = "path=cpu&scale=1"


def loadtest(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", "loadtest", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=check, timeout=300)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("http://example.com",), "--allow-remote example.com"),
        (("http://127.0.0.1:1/x",), "host and port only"),
        (("--compare", "none"), "nothing to load"),
        (("--compare", "nonsense"), "take none, sandbox, paths, pool"),
        (("--compare", "port=1,2"), "take none, sandbox, paths, pool"),
        (("--compare", "level=strict"), "two values or more"),
        (("--documents", "tests/benchmarks/load"), "no .json file"),
        (("--profile", "ramp", "--compare", "sandbox"), "takes one target"),
        (("--format", "bmp"), "'bmp'"),
        (("--format", "pdf", "--path", "gpu"), "--path: pdf is written on the CPU path alone"),
        (("--format", "svg", "--compare", "paths"), "svg is written on the CPU path alone"),
    ],
)
def test_wrong_usage_ends_before_anything_is_started(arguments: tuple[str, ...], said: str) -> None:
    done = loadtest(*arguments, check=False)
    assert done.returncode == 2
    assert said in done.stderr


def test_real_servers_write_pdf_under_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "WAIVE_FOOTGUNS", FOOT_GUNS)
    loadtest(
        *("--format", "pdf", "--rate", "4", "--rounds", "2", "--turn", "1", "--limit-turn", "1"),
        *("--json", str(tmp_path / "r.json")),
    )
    said = json.loads((tmp_path / "r.json").read_text())
    assert all("format=pdf" in each["query"] for each in said["targets"])
    assert all(each["requests"] > 0 and not each["errors"] for each in said["results"])


def test_a_server_that_is_not_there_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a minute, in which it may come; here half a second."""
    monkeypatch.setattr(server, "_START_S", 0.5)
    done = CliRunner().invoke(command, ["http://127.0.0.1:1", "--compare", "none", "--duration", "1"])
    assert done.exit_code == 1
    assert "http://127.0.0.1:1 is no server that is ready" in done.stderr


def test_what_is_started_differs_in_one_setting() -> None:
    _, (ours, bare) = variants_of("sandbox", "cpu", QUERY, running=0)
    assert bare.settings == {**ours.settings, "unsafe_no_sandbox_for_measuring": "true"}
    _, (gpu, cpu) = variants_of("paths", "cpu", QUERY, running=0)
    assert (gpu.query, cpu.query) == ("path=gpu&scale=1", QUERY)
    _, both = variants_of("level=compute,strict", "cpu", QUERY, running=0)
    assert [each.settings["level"] for each in both] == ["compute", "strict"]
    _, (empty, full) = variants_of("pool", "cpu", QUERY, running=0)
    assert empty.settings == {**full.settings, "pool": "0"}


def test_beside_a_running_server_only_its_twin_is_started() -> None:
    _, variants = variants_of("sandbox", "cpu", QUERY, running=1)
    assert [each.name for each in variants] == ["no sandbox"]
    with pytest.raises(PlanError):
        variants_of("none", "cpu", QUERY, running=0)


def test_a_folders_documents_are_found(tmp_path: Path) -> None:
    for name in ("one/document.json", "two/document.json", "two/other.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(document())
    assert list(from_folder(tmp_path)) == ["one/document.json", "two/document.json"]
    assert list(from_folder(tmp_path / "two")) == ["document.json"]
    with pytest.raises(MixError):
        from_folder(tmp_path / "three")
    assert len(built_in()) == 3


def test_k6_is_told_to_stay_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid")
    monkeypatch.setenv("https_proxy", "http://proxy.invalid")
    monkeypatch.setenv("K6_CLOUD_TOKEN", "secret")
    assert {"HTTP_PROXY", "https_proxy", "K6_CLOUD_TOKEN"}.isdisjoint(k6._environment())
    assert "--no-usage-report" in k6._FLAGS


def test_real_servers_take_turns_under_real_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short, so nothing is said here about how fast they are."""
    monkeypatch.setenv(PREFIX + "WAIVE", ",".join(WAIVED))
    monkeypatch.setenv(PREFIX + "WAIVE_FOOTGUNS", FOOT_GUNS)
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "small.json").write_bytes(document())
    (folder / "other.json").write_bytes(document(frame(node(), width=60)))
    loadtest(
        *("--rate", "4", "--rounds", "2", "--turn", "1.5", "--limit-turn", "1", "--documents", str(folder)),
        *("--json", str(tmp_path / "r.json"), "--html", str(tmp_path / "r.html")),
    )
    said = json.loads((tmp_path / "r.json").read_text())
    ours, bare = said["targets"]
    assert "seccomp" in ours["layers"]
    assert bare["layers"] == ""
    assert len(said["findings"]) == 1
    assert said["findings"][0].startswith("the sandbox costs ")
    assert {(each["name"], each["kind"]) for each in said["results"]} == {
        (name, kind) for name in ("sandbox", "no sandbox") for kind in ("load", "capacity")
    }
    assert all(each["requests"] > 0 and not each["errors"] for each in said["results"])
    assert all(each["cores"] > 0 for each in said["results"])
    assert list(said["results"][0]["stages_p50_ms"]) == list(TIMED)
    assert len(said["steps"]) == 8
    page = (tmp_path / "r.html").read_text()
    assert said["findings"][0] in page
    assert "<circle" in page
