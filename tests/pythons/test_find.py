from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.pythons.find import Interpreter, asked, interpreters


def stand_in(path: Path, version: str, *, implementation: str = "cpython", free_threaded: bool = False) -> Path:
    """A program that says it is that interpreter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nprintf '%s\\n' '{path}' {implementation} {version} {free_threaded}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine is looked at but what lies in the system's own folders."""
    monkeypatch.setenv("PATH", f"{tmp_path}/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYENV_ROOT", raising=False)


def test_one_of_each_minor_version_oldest_first(tmp_path: Path) -> None:
    found = [
        stand_in(tmp_path / "bin/python3.97", "3.97.1"),
        stand_in(tmp_path / ".pyenv/versions/3.96.2/bin/python3.96", "3.96.2"),
        stand_in(tmp_path / ".local/share/uv/python/cpython-3.95.0-linux/bin/python3.95", "3.95.0"),
    ]
    stand_in(tmp_path / ".pyenv/versions/3.97.0/bin/python3.97", "3.97.0")
    expected = [Interpreter(path, version) for path, version in zip(found, ("3.97.1", "3.96.2", "3.95.0"), strict=True)]
    assert interpreters((95, 96, 97)) == expected[::-1]
    assert interpreters((96,)) == [expected[1]]


def test_a_stand_in_for_a_version_that_is_not_chosen_is_passed_over(tmp_path: Path) -> None:
    shim = tmp_path / "bin/python3.96"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    behind = stand_in(tmp_path / ".pyenv/versions/3.96.0/bin/python3.96", "3.96.0")
    assert interpreters((96,)) == [Interpreter(behind, "3.96.0")]


def test_one_of_another_minor_version_than_its_name_is_taken_for_what_it_is(tmp_path: Path) -> None:
    stand_in(tmp_path / "bin/python3.96", "3.95.0")
    assert [one.version for one in interpreters((95, 96))] == ["3.95.0"]


def test_other_kinds_of_python_are_none(tmp_path: Path) -> None:
    stand_in(tmp_path / "bin/python3.96", "3.96.0", implementation="pypy")
    stand_in(tmp_path / "bin/python3.97", "3.97.0", free_threaded=True)
    assert interpreters((96, 97)) == []


def test_this_one_says_what_it_is() -> None:
    one = asked(Path(sys.executable))
    assert one is not None
    assert (one.version, one.minor) == (sys.version.split()[0], sys.version_info.minor)
    assert one.program == Path(sys.executable).resolve()
