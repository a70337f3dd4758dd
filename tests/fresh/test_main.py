"""``./run test-fresh``: what it takes, its exit status, and that nothing is left whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.borrowed import PROJECT
from tests.fresh import __main__ as command
from tests.fresh import bootstrap, cgroups, project
from tests.fresh.result import Outcome, Step
from tests.fresh.systems import SYSTEMS
from tests.unavailable import UnavailableError


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As root, in a folder of the test's own, with no cgroups and no git; the signals' handlers come back."""
    monkeypatch.setattr(command, "_CACHE", tmp_path / "fresh")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(cgroups, "own", no_cgroups)
    monkeypatch.setattr(bootstrap, "caution", lambda system, cache: "")
    monkeypatch.setattr(project, "state", lambda: "abc1234")  # git need not be there
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@contextmanager
def no_cgroups() -> Iterator[list[Path]]:
    yield []


def made(_system: object, _cache: Path, root: Path, _mirror: str, _places: object) -> None:
    (root / "etc").mkdir(parents=True)


def trees(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.name in {"root", "making"}]


def outcome(wrong: str = "") -> Outcome:
    return Outcome("It", [Step("serve", 1.0, wrong)])


@pytest.mark.parametrize(
    "arguments",
    [["debian-1"], ["--mirror", "debian-12"], ["--mirror", "debian-1=http://a.invalid"], ["--no-such-option"]],
)
def test_wrong_usage_is_said_before_anything_is_made(arguments: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    assert not (tmp_path / "fresh").exists()


def test_nobody_but_root_makes_a_system(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit):
        command.main([])
    assert "by root" in capsys.readouterr().err


@pytest.mark.parametrize(("wrong", "status"), [("", 0), ("it ended", 1)])
def test_the_status_says_whether_all_is_as_promised(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: str, status: int
) -> None:
    monkeypatch.setattr(bootstrap, "unpack", made)
    monkeypatch.setattr(command, "_tried", lambda *_, **__: outcome(wrong))
    page = tmp_path / "page.md"
    assert command.main(["debian-12", "ubuntu-24.04", "--write", str(page)]) == status
    assert page.read_text().count("\n| It |") == 2
    assert trees(tmp_path) == []


def test_a_system_that_cannot_be_had_is_said_and_the_others_are_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unpack(system: object, *rest: object) -> None:
        if system == SYSTEMS[0]:
            raise UnavailableError("no mirror answers")

    monkeypatch.setattr(bootstrap, "unpack", unpack)
    monkeypatch.setattr(command, "_tried", lambda *_, **__: outcome())
    assert command.main([]) == 2
    said = capsys.readouterr().out
    assert "SKIPPED Debian 12 (bookworm): no mirror answers" in said
    assert said.count("ok      It") == len(SYSTEMS) - 1


def test_what_is_not_verified_is_said_before_it_is_made_and_with_the_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unpack(*_: object) -> None:
        assert "careful: on trust" in capsys.readouterr().out

    monkeypatch.setattr(bootstrap, "caution", lambda system, cache: "on trust")
    monkeypatch.setattr(bootstrap, "unpack", unpack)
    monkeypatch.setattr(command, "_tried", lambda *_, **__: outcome())
    assert command.main(["debian-12"]) == 0
    assert "on trust" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_nothing_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: signal.Signals
) -> None:
    def tried(_system: object, root: Path, *_: object, **__: object) -> Outcome:
        assert root.is_dir()
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)  # who is impatient breaks no tidying up
        return outcome()

    monkeypatch.setattr(bootstrap, "unpack", made)
    monkeypatch.setattr(command, "_tried", tried)
    with pytest.raises(SystemExit) as ended:
        command.main(["debian-12", "debian-13"])
    assert ended.value.code == 128 + number
    assert trees(tmp_path) == []


def test_a_system_is_tried_once_at_a_time_and_others_beside_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    holder = (
        "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True); input()"
    )
    monkeypatch.setattr(bootstrap, "unpack", made)
    monkeypatch.setattr(command, "_tried", lambda *_, **__: outcome())
    lock = tmp_path / "fresh/debian-12/lock"
    (lock.parent / "root").mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", holder, str(lock)], stdin=-1, stdout=-1, cwd=PROJECT) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert command.main(["debian-12", "debian-13"]) == 2
        assert "another ./run test-fresh tries it" in capsys.readouterr().out
        assert (lock.parent / "root").is_dir(), "the other's tree was removed"
        other.communicate(b"\n")


def test_nothing_is_removed_where_something_is_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounted = tmp_path / "root/proc"
    mounted.mkdir(parents=True)
    monkeypatch.setattr(command, "_mounted", lambda: [Path("/"), mounted])
    with pytest.raises(RuntimeError, match="nothing was removed"), command._tree(tmp_path / "root", keep=False):
        pass
    assert mounted.is_dir()
