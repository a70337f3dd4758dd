from __future__ import annotations

import subprocess
import sys

from tests.borrowed import PROJECT
from tests.imports import PACKAGES, names


def test_every_module_can_be_imported_and_none_warns() -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.imports"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_package_is_walked() -> None:
    found = set(names())
    for package in PACKAGES:
        assert {f"{package}.{path.stem}" for path in (PROJECT / package).glob("*.py") if path.stem[0] != "_"} <= found
