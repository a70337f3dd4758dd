"""Any number of pictures, as a user asks for them: real processes, real workers."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.homes import document_files
from app.cli.several import RendersRequest, run_renders
from app.options import Path as RenderPath
from app.options import RenderQuery
from app.service.backends import Backends, local
from app.settings import Settings
from sandbox.job import Outcome, Verdict
from tests.app.cli.commands import files, recorded, run, start
from tests.app.documents import document, frame, node, size_of_png
from tests.app.fakes import FakeServer, completed, refusal
from tests.host import alive

BLUR = [{"type": "LAYER_BLUR", "radius": 60, "visible": True}]
SCALE_2 = {"suffix": "@2x", "format": "PNG", "constraint": {"type": "SCALE", "value": 2}}
AS_SVG = {"suffix": "", "format": "SVG"}


def icons(count: int, **more: Any) -> bytes:
    """Nodes 1:2, 1:3, ... in a frame."""
    return document(frame(*(node(id=f"1:{number}", **more) for number in range(2, 2 + count))))


def named(*numbers: int) -> list[str]:
    return [argument for number in numbers for argument in ("--node", f"1:{number}")]


def test_nodes_of_one_document_go_into_one_folder_and_one_that_fails_costs_no_other(tmp_path: Path) -> None:
    source, out = tmp_path / "d.json", tmp_path / "new" / "out"
    source.write_bytes(icons(3))
    done = run("render", source, *named(2, 99, 4), "--scale", 2, "--out", out, "--path", "cpu")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{source}: 1:99: node-not-found: The document has no node 1:99." in done.stderr
    assert done.stderr.endswith(f"2 drawn, 1 failed, in {out}\n")
    assert files(out) == {"1-2.png", "1-4.png"}
    assert size_of_png((out / "1-4.png").read_bytes()) == (80, 60)
    first, second, third = recorded(out)
    assert [line["index"] for line in (first, second, third)] == [0, 1, 2]
    assert first | {"node": "1:2", "file": "1-2.png", "bytes": (out / "1-2.png").stat().st_size} == first
    assert (second["node"], second["problem"]["code"]) == ("1:99", "node-not-found")
    assert second["document"] == str(source)


def test_a_document_that_fails_costs_no_other(tmp_path: Path) -> None:
    for name, content in (("a", icons(1)), ("b", b"{"), ("c", b""), ("d", icons(1))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "d.json").write_bytes(content)
    given = [*(tmp_path / name / "d.json" for name in "abcd"), tmp_path / "gone.json"]
    (tmp_path / "later.fig").write_bytes(b"fig-kiwi")
    done = run("render", *given, tmp_path / "later.fig", "-o", tmp_path / "out", "--jobs", 2, "-q", "--path", "cpu")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{given[-1]}: document-not-read: ")
    said = sorted(done.stderr.splitlines()[1:])
    assert [line.partition(": ")[2].partition(": ")[0] for line in said] == [
        "document-invalid",
        "body-empty",
        "media-type-unsupported",
    ]
    assert files(tmp_path / "out") == {"a/d.png", "d/d.png"}
    (line,) = recorded(tmp_path / "out" / "b")
    assert (line["index"], line["problem"]["code"]) == (0, "document-invalid")


def test_all_draws_what_export_settings_say_under_names_that_stay_in_the_folder(tmp_path: Path) -> None:
    nodes = [
        node(id="1:2", name="icons/home", exportSettings=[SCALE_2, AS_SVG]),
        node(id="1:3", name="../../../escaped", exportSettings=[SCALE_2]),
        node(id="1:4", name="/etc/passwd", exportSettings=[{"suffix": "/../up", "format": "PNG"}]),
        node(id="1:5", name="icons/HOME", exportSettings=[SCALE_2]),
        node(id="1:6", name="bad", exportSettings=[{"suffix": "", "format": "TIFF"}]),
        node(id="1:7", name="silent"),
    ]
    source, out = tmp_path / "d.json", tmp_path / "in" / "out"
    source.write_bytes(document(frame(*nodes)))
    done = run("render", source, "--all", "--out", out)
    assert done.returncode == 1
    assert f"{source}: 1:6: document-invalid: " in done.stderr
    assert files(out) == {
        "icons/home@2x.png",
        "icons/home.svg",
        "escaped@2x.png",
        "etc/passwd-..-up.png",
        "icons/HOME-2@2x.png",
    }
    assert {path.name for path in tmp_path.iterdir()} == {"d.json", "in"}
    assert size_of_png((out / "icons" / "home@2x.png").read_bytes()) == (80, 60)
    some = tmp_path / "some"
    done = run("render", source, "--export", *named(5, 7), "--out", some)
    assert done.returncode == 1
    assert f"{source}: picture 2 of 2, after icons/HOME@2x.png: exports-none: " in done.stderr
    assert done.stderr.count("1:7") == 1
    done = run("render", source, "--export", *named(7), "--out", some)
    assert done.returncode == 1
    assert f"{source}: 1:7: exports-none: " in done.stderr
    assert "(at node)" not in done.stderr
    assert files(some) == {"icons/HOME@2x.png"}


def test_a_document_without_export_settings_is_no_failure_of_all(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(icons(1))
    (tmp_path / "b.json").write_bytes(icons(1, name="b", exportSettings=[SCALE_2]))
    given = ("render", tmp_path / "a.json", tmp_path / "b.json", "--all", "--path", "cpu", "-o", tmp_path / "out")
    note = f"{tmp_path / 'a.json'}: no node has export settings\n"
    for flags, ends in (((), "1 drawn"), (("--resume",), "0 drawn, 1 there already")):
        done = run(*given, *flags)
        assert done.returncode == 0, done.stderr
        assert note in done.stderr
        assert done.stderr.endswith(f"{ends}, in {tmp_path / 'out'}\n")
    assert files(tmp_path / "out") == {"b/b@2x.png"}


def test_one_document_may_have_more_pictures_than_a_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = tmp_path / "d.json", tmp_path / "out"
    settings = [{"suffix": str(number), "format": "SVG"} for number in range(501)]
    source.write_bytes(icons(1, name="a", exportSettings=settings))
    done = run("render", source, "--all", "--out", out, "-q")
    assert done.returncode == 0, done.stderr
    assert len(files(out)) == 501
    monkeypatch.setenv("RENDERSERVER_MAX_OUTPUTS", "500")
    done = run("render", source, "--all", "--out", tmp_path / "few", "-q")
    assert done.returncode == 1
    assert "limit-outputs" in done.stderr
    assert "RENDERSERVER_MAX_OUTPUTS" in done.stderr


def test_what_is_in_the_way_costs_one_picture(tmp_path: Path) -> None:
    source, out = tmp_path / "d.json", tmp_path / "out"
    source.write_bytes(icons(2))
    (out / "1-2.png").mkdir(parents=True)
    done = run("render", source, *named(2, 3), "--out", out, "-q")
    assert done.returncode == 1
    assert done.stderr == f"{source}: 1:2: file-not-written: Cannot write {out / '1-2.png'}: Is a directory.\n"
    assert files(out) == {"1-3.png"}


def test_a_folder_that_is_there_or_ends_in_a_slash_takes_one_picture_too(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for place, flags, name in (("there", named(2), "1-2.webp"), ("new/", (), "document.webp")):
        done = run("render", "-", *flags, "-o", f"{tmp_path}/{place}", "--format", "webp", stdin=icons(1).decode())
        assert done.returncode == 0, done.stderr
        assert files(tmp_path / place) == {name}


# --- what ends early ------------------------------------------------------------------------------------------------


def wait_for(condition: Callable[[], object], process: subprocess.Popen[str] | None = None) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.01)


def descendants(pid: int) -> list[int]:
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found += [child, *descendants(child)]
    return found


@pytest.mark.parametrize("flags", [named(*range(2, 12)), ["--all"]], ids=["nodes", "exports"])
def test_a_run_that_is_killed_leaves_whole_files_and_a_later_one_draws_just_the_rest(
    flags: list[str], tmp_path: Path
) -> None:
    """It is killed while it draws the fifth picture, which takes some seconds; a partial file is left from before."""
    source, out = tmp_path / "d.json", tmp_path / "out"
    slow = json.loads(icons(10, name="x", exportSettings=[SCALE_2]))
    slow["children"][4]["children"] = [node(box=(0, 0, 900, 900), effects=BLUR) for _ in range(20)]
    source.write_bytes(json.dumps(slow).encode())
    stem = "1-6" if flags[0] == "--node" else "x-5@2x"
    process = start("render", source, *flags, "--out", out)
    wait_for(lambda: len(recorded(out)) == 4, process)
    workers = descendants(process.pid)
    assert workers
    process.kill()
    process.communicate()
    wait_for(lambda: not any(map(alive, workers)))
    before = {name: (out / name).stat() for name in files(out)}
    assert len(before) == 4
    (out / f".{stem}.png.part").write_bytes(b"half of")
    with (out / "renders.jsonl").open("a") as record:
        record.write('{"document": "half of')
    done = run("render", source, *flags, "--out", out, "--resume")
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith(f"6 drawn, 4 there already, in {out}\n")
    assert len(files(out)) == 10
    assert all((out / name).read_bytes().endswith(b"IEND\xaeB`\x82") for name in files(out))
    assert {name: (out / name).stat().st_ino for name in before} == {name: was.st_ino for name, was in before.items()}
    assert sorted(line["index"] for line in recorded(out)) == list(range(10))


def test_an_interrupt_ends_the_run_at_once_with_what_is_done_recorded(tmp_path: Path) -> None:
    """The second picture takes longer than its time limit."""
    slow = (node(box=(0, 0, 900, 900), id=f"2:{number}", effects=BLUR) for number in range(2000))
    source, out = tmp_path / "d.json", tmp_path / "out"
    source.write_bytes(document(frame(node(), *slow, width=1000, height=1000)))
    process = start("render", source, "--node", "1:2", "--node", "1:1", "--out", out, "--path", "cpu")
    wait_for(lambda: recorded(out), process)
    workers = descendants(process.pid)
    assert workers
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")
    assert errors.endswith(f"Interrupted: 1 drawn, in {out}. --resume draws the rest.\n")
    assert "Traceback" not in errors
    wait_for(lambda: not any(map(alive, workers)))
    assert files(out) == {"1-2.png"}
    assert [line["node"] for line in recorded(out)] == ["1:2"]


def test_a_later_run_draws_again_what_has_changed_is_gone_or_failed(tmp_path: Path) -> None:
    source, out = tmp_path / "d.json", tmp_path / "out"
    source.write_bytes(icons(3))
    (out / "1-4.png").mkdir(parents=True)
    again = ("render", source, *named(2, 3, 4), "--out", out, "--resume")
    assert run(*again).stderr.endswith(f"2 drawn, 1 failed, in {out}\n")
    (out / "1-4.png").rmdir()
    (out / "1-2.png").unlink()
    assert run(*again).stderr.endswith(f"2 drawn, 1 there already, in {out}\n")
    assert run(*again, "--scale", 2).stderr.endswith(f"3 drawn, in {out}\n")
    assert size_of_png((out / "1-2.png").read_bytes()) == (80, 60)
    source.write_bytes(icons(3, name="another"))
    assert run(*again, "--scale", 2).stderr.endswith(f"3 drawn, in {out}\n")
    assert len(recorded(out)) == 3


def test_a_later_run_goes_by_nodes_whatever_their_order(tmp_path: Path) -> None:
    source, out = tmp_path / "d.json", tmp_path / "out"
    source.write_bytes(icons(4, exportSettings=[SCALE_2], name="i"))
    into = ("--out", out, "--path", "cpu")
    assert run("render", source, *named(2, 3), *into).returncode == 0
    assert run("render", source, *named(3, 4), *into, "--resume").stderr.endswith(
        f"1 drawn, 1 there already, in {out}\n"
    )
    assert [(line["index"], line["file"]) for line in recorded(out)] == [(0, "1-3.png"), (0, "1-2.png"), (1, "1-4.png")]
    assert run("render", source, *named(5, 4, 2), *into, "--resume").stderr.endswith(
        f"1 drawn, 2 there already, in {out}\n"
    )
    assert run("render", source, "--all", *into).returncode == 0
    assert run("render", source, *named(2, 3, 4, 5), *into, "--resume").stderr.endswith(
        f"0 drawn, 4 there already, in {out}\n"
    )
    assert run("render", source, "--all", *into, "--resume").stderr.endswith(f"0 drawn, 4 there already, in {out}\n")


def test_documents_of_one_name_have_folders_that_they_keep_in_any_order(tmp_path: Path) -> None:
    given = [tmp_path / name / "document.json" for name in ("home", "icons")]
    for path in given:
        path.parent.mkdir()
        path.write_bytes(icons(1))
    out = tmp_path / "out"
    into = ("--out", out, "--path", "cpu", "--resume")
    assert run("render", *given, *into).stderr.endswith(f"2 drawn, in {out}\n")
    assert files(out) == {"home/document.png", "icons/document.png"}
    assert [line["document"] for line in recorded(out / "icons")] == [str(given[1])]
    assert run("render", *reversed(given), *into).stderr.endswith(f"0 drawn, 2 there already, in {out}\n")


def test_another_document_in_the_same_folder_draws_over_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name, scale in (("a", 1), ("b", 2), ("b", 2)):
        source = tmp_path / f"{name}.json"
        source.write_bytes(icons(1))
        assert run("render", source, *named(2), "-o", f"{out}/", "--scale", scale, "--path", "cpu").returncode == 0
    assert files(out) == {"1-2.png", "1-2-2.png"}
    assert [(Path(line["document"]).name, line["file"], line["width"]) for line in recorded(out)] == [
        ("a.json", "1-2.png", 40),
        ("b.json", "1-2-2.png", 80),
    ]


def test_a_record_calls_things_as_the_list_of_a_zip_does(tmp_path: Path) -> None:
    source, out = tmp_path / "d.json", tmp_path / "out"
    source.write_bytes(icons(1, name="home", effects=[{"type": "SPARKLE", "visible": True}]))
    assert run("render", source, *named(2, 9), "-o", out, "--path", "cpu").returncode == 1
    drawn, failed = recorded(out)
    of_zip = ("index", "node", "file", "name", "format", "width", "height", "warnings_dropped")
    assert [drawn[name] for name in of_zip] == [0, "1:2", "1-2.png", "home", "png", 40, 30, 0]
    assert drawn["bytes"] == (out / "1-2.png").stat().st_size
    assert [warning["node"] for warning in drawn["warnings"]] == ["1:2"]
    assert (failed["index"], failed["file"], failed["problem"]["code"]) == (1, "1-9.png", "node-not-found")


# --- exit statuses --------------------------------------------------------------------------------------------------


def status_of(monkeypatch: pytest.MonkeyPatch, folder: Path, *outcomes: Outcome, refuses: bool = False) -> int:
    """Of a run over a document for each outcome, which one worker after the other comes to."""
    names = [folder / f"{number}.json" for number in range(len(outcomes))]
    for name in names:
        name.write_bytes(b"{}")
    coming = iter(outcomes)

    class NextServer(FakeServer):
        async def run(self, *given: Any, **more: Any) -> Any:
            self.outcome = next(coming)
            async for item in super().run(*given, **more):
                yield item

    def fake(settings: Settings) -> Backends:
        return local(settings, lambda _settings, _path: NextServer(refuses=refuses))

    monkeypatch.setattr("app.cli.session.local", fake)
    asked = (RenderQuery(path=RenderPath.CPU),)
    documents = document_files([str(name) for name in names], folder / "out")
    request = RendersRequest(documents, asked, False, (), folder / "out", False, 1)
    try:
        run_renders(Settings(paths=("cpu",)), request, quiet=True)
    except typer.Exit as end:
        return int(end.exit_code)
    return 0


REFUSED = completed(report=refusal("document-invalid"))
KILLED = completed(verdict=Verdict.KILLED, signal="SIGSYS", report=b"", output=b"")


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ((completed(), completed()), 0),
        ((completed(), REFUSED), 1),
        ((completed(), KILLED), 3),
        ((KILLED, REFUSED), 1),
        ((REFUSED, KILLED), 1),
    ],
)
def test_the_exit_status_says_who_is_at_fault(
    outcomes: tuple[Outcome, ...], status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert status_of(monkeypatch, tmp_path, *outcomes) == status


def test_a_sandbox_that_cannot_be_had_is_said_once_for_all_documents(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(monkeypatch, tmp_path, completed(), completed(), refuses=True) == 3
    said = capsys.readouterr().err
    assert said.count("code: sandbox-unavailable") == 1
    assert "reason: cgroup: not delegated" in said
    assert not (tmp_path / "out").exists()
