"""Probe 51 counts on a machine where others work, too."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sandbox.attack import leftovers
from sandbox.attack.ground import Ground
from sandbox.attack.leftovers import traces


def test_a_file_that_another_removes_meanwhile_is_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scan = os.scandir

    def scan_early(path: str) -> Any:
        if path != str(tmp_path):
            return scan(path)
        found = list(scan(path))
        (tmp_path / "gone").unlink()
        return found

    (tmp_path / "gone").touch()
    (tmp_path / "left").touch()
    monkeypatch.setattr(os, "scandir", scan_early)
    assert traces(os.getpid(), os.getuid()).temp_files == 1


@pytest.mark.parametrize(
    ("below", "full"),
    [
        ({10: [], 20: []}, True),
        ({10: [11], 20: [21]}, True),
        ({10: [11], 20: []}, False),
        ({10: [11]}, False),
        ({}, False),
    ],
    ids=["forked", "launched", "one tool has not started its worker", "one is missing", "none is there"],
)
def test_a_pool_is_full_whoever_starts_its_workers(
    monkeypatch: pytest.MonkeyPatch, below: dict[int, list[int]], full: bool
) -> None:
    monkeypatch.setattr(leftovers, "children_of", lambda _: list(below))
    monkeypatch.setattr(leftovers, "descendants_of", below.__getitem__)
    place = SimpleNamespace(server=SimpleNamespace(pid=1, spec=SimpleNamespace(pool=2)))
    assert leftovers._is_full(cast("Ground", place)) is full
