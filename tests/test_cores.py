"""On how many cores ``./run test`` runs what it is given."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import pytest

from tests.conftest import MOST, pytest_xdist_auto_num_workers

ONE_FILE = Path(__file__)


class Asked:
    """A pytest that was given these arguments, as far as the number of processes hangs on it."""

    def __init__(self, *arguments: str, capture: str = "fd") -> None:
        self.args = arguments
        self._capture = capture

    def getoption(self, name: str) -> str:
        assert name == "capture"
        return self._capture


def processes(asked: Asked) -> int:
    return pytest_xdist_auto_num_workers(cast("pytest.Config", asked))


@pytest.fixture
def three_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 5})


@pytest.mark.parametrize("arguments", [("tests",), ("tests/a.py", "tests/b.py"), (str(ONE_FILE.parent),)])
def test_several_files_have_a_process_a_core(three_cores: None, arguments: tuple[str, ...]) -> None:
    assert processes(Asked(*arguments)) == 3


@pytest.mark.parametrize("tests", [("",), ("::test_a",), ("::test_a", "::test_b[1::2]")])
def test_one_file_has_no_process_but_pytests_own(three_cores: None, tests: tuple[str, ...]) -> None:
    assert processes(Asked(*(f"{ONE_FILE}{test}" for test in tests))) == 0


def test_what_tests_print_is_seen(three_cores: None) -> None:
    assert processes(Asked("tests", capture="no")) == 0


def test_a_large_machine_is_not_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    assert processes(Asked("tests")) == MOST
