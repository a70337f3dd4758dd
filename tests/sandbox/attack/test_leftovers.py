"""Probe 51 counts on a machine where others work, too."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

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
