"""What a trial makes of a server: a stand-in that answers as it is told, in place of a system."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from tests.fresh import inside, trial
from tests.fresh.inside import NEVER, Inside
from tests.fresh.jail import PROJECT
from tests.fresh.result import Step
from tests.fresh.test_picture import BLUE, RED, drawn

# Its arguments: the port, the picture it answers, the path it says it took, its status after SIGTERM.
SERVER = """
import base64, http.server, os, signal, sys
port, picture, path, status = int(sys.argv[1]), base64.b64decode(sys.argv[2]), sys.argv[3], int(sys.argv[4])
signal.signal(signal.SIGTERM, lambda *_: os._exit(status))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200 if picture else 503)
        self.send_header("Render-Path", path or self.path.partition("path=")[2].partition("&")[0])
        self.send_header("Render-Device", "a device")
        self.end_headers()
        self.wfile.write(picture or b"no worker")
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


@dataclass
class StandIn:
    """Starts ``program`` on this machine for whatever is typed."""

    root: Path
    program: Sequence[str] = ()
    status: int = 0
    output: str = ""
    typed: list[str] = field(default_factory=list)

    def run(self, name: str, command: Sequence[str], limit_s: float) -> int:
        self.typed.append(" ".join(command))
        return self.status

    @contextmanager
    def started(self, name: str, command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        program = [word.replace("PORT", command[-1]) for word in self.program]
        with subprocess.Popen([sys.executable, "-c", *program]) as process:
            try:
                yield process
            finally:
                process.kill()

    def said(self, name: str) -> str:
        return self.output


@pytest.fixture
def system(tmp_path: Path) -> StandIn:
    """One that ./run has set up."""
    stamp = tmp_path / PROJECT.lstrip("/") / ".venv/.ready"
    stamp.parent.mkdir(parents=True)
    stamp.touch()
    return StandIn(tmp_path, output="the last line")


def served(system: StandIn, picture: bytes = b"", path: str = "", status: int = 0) -> dict[str, Step]:
    system.program = (SERVER, "PORT", base64.b64encode(picture).decode(), path, str(status))
    return {step.name: step for step in trial.serve(cast("Inside", system))}


def test_a_server_that_draws_on_both_paths_and_stops_is_as_promised(system: StandIn) -> None:
    steps = served(system, drawn(RED, BLUE))
    assert list(steps) == ["set-up", "ready", "cpu", "gpu", "stop"]
    assert [step.wrong for step in steps.values()] == [""] * 5
    assert "by a device" in steps["gpu"].note


@pytest.mark.parametrize(
    ("picture", "path", "status", "wrong"),
    [
        (drawn(BLUE, RED), "", 0, {"cpu": "at (10, 30)", "gpu": "at (10, 30)"}),
        (b"", "", 0, {"cpu": "status 503: no worker", "gpu": "status 503: no worker"}),
        (drawn(RED, BLUE), "cpu", 0, {"gpu": "drawn on the path cpu"}),
        (drawn(RED, BLUE), "", 3, {"stop": "after SIGTERM it ended with status 3, not 0"}),
    ],
)
def test_what_is_not_as_promised_is_said_at_its_step(
    system: StandIn, picture: bytes, path: str, status: int, wrong: dict[str, str]
) -> None:
    steps = served(system, picture, path, status)
    assert {name for name, step in steps.items() if step.wrong} == set(wrong)
    assert all(text in steps[name].wrong for name, text in wrong.items())


def test_a_set_up_that_ends_is_said_with_its_last_words(system: StandIn) -> None:
    (system.root / PROJECT.lstrip("/") / ".venv/.ready").unlink()
    system.program = ("raise SystemExit(1)",)
    steps = list(trial.serve(cast("Inside", system)))
    assert [(step.name, step.wrong) for step in steps] == [
        ("set-up", "it ended with status 1"),
        ("ready", "it ended with status 1"),
    ]
    assert steps[0].said == "the last line"


def test_a_server_that_ignores_the_signal_is_said(system: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "_PATIENCE_S", 0.2)
    deaf = SERVER.replace("lambda *_: os._exit(status)", "signal.SIG_IGN")
    monkeypatch.setattr(sys.modules[__name__], "SERVER", deaf)
    assert served(system, drawn(RED, BLUE))["stop"].wrong.startswith("after SIGTERM it ended with no status")


@pytest.mark.parametrize(
    ("status", "wrong"),
    [(0, ""), (1, "ended with status 1, not 0"), (NEVER, "ended with no status: it did not end in time, not 0")],
)
def test_doctor_is_typed_and_its_status_counts(system: StandIn, status: int, wrong: str) -> None:
    system.status = status
    assert trial.doctor(cast("Inside", system)).wrong == wrong
    assert system.typed == ["./run doctor"]


def test_the_note_of_the_suite_is_pytests_closing_line(system: StandIn) -> None:
    system.output = "SKIPPED [1] no Chromium\n=== 7 passed, 1 skipped in 3.2s ===\n"
    assert trial.test(cast("Inside", system)).note == "7 passed, 1 skipped in 3.2s"
