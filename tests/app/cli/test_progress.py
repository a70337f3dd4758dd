from __future__ import annotations

import os
import pty
import sys

import pytest

from app.cli.progress import OutputProgress
from tests.app.cli.commands import ROOT

SCRIPT = """
from app.cli.progress import OutputProgress
with OutputProgress("drawing", quiet={quiet}) as progress:
    progress.expect(2)
    progress.end(line="a line")
    progress.expect(3)
    progress.fail("this failed", 2)
    progress.note("nothing to draw")
"""


def say(progress: OutputProgress) -> None:
    with progress:
        progress.expect(3)
        progress.end(line="a line")
        progress.fail("this failed", 2)
        progress.note("nothing to draw")


def test_without_a_terminal_each_output_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    say(OutputProgress("drawing", quiet=False))
    assert capsys.readouterr() == ("", "a line\nthis failed\nnothing to draw\n")


def test_quiet_is_only_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    say(OutputProgress("drawing", quiet=True))
    assert capsys.readouterr() == ("", "this failed\n")


@pytest.mark.parametrize("quiet", [False, True])
def test_a_terminal_has_a_bar_that_grows_with_what_is_expected(quiet: bool) -> None:
    shown = on_a_terminal(SCRIPT.format(quiet=quiet))
    assert "this failed" in shown
    assert "a line" not in shown
    assert ("nothing to draw" in shown) is not quiet
    assert ("4/5" in shown) is not quiet


def on_a_terminal(script: str) -> str:
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(ROOT)
        os.environ |= {"TERM": "xterm", "COLUMNS": "100"}
        os.execv(sys.executable, [sys.executable, "-c", script])  # noqa: S606 - a child of our own
    shown = b""
    try:
        while chunk := os.read(terminal, 4096):
            shown += chunk
    except OSError:  # the child has closed its end
        pass
    os.close(terminal)
    assert os.waitpid(process, 0)[1] == 0, shown
    return shown.decode()
