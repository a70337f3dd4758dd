from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_the_contracts_see_every_module(package: str) -> None:
    """import-linter and mypy walk packages: a folder without its __init__ would be held to no rule."""
    folders = {path.parent for path in (PROJECT / package).rglob("*.py")}
    assert folders
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_contracts_are_about_every_package() -> None:
    linter = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert set(linter["root_packages"]) == {*PACKAGES, "tests"}


def test_every_target_is_held_apart_from_the_others() -> None:
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in contracts if each["id"] == "targets-are-apart")
    folders = {path.parent.name for path in (PROJECT / "renderer" / "draw").glob("*/__init__.py")}
    assert set(contract["modules"]) == {f"renderer.draw.{name}" for name in folders - {"canvas", "raster"}}


def imported(source: Path) -> Iterator[str]:
    """Full names of the modules and of what is taken from them."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_what_tests_share_imports_no_test() -> None:
    """A test file is where nobody else looks for what he needs: what two files need is a module of its own."""
    shared = [path for path in (PROJECT / "tests").rglob("*.py") if not path.name.startswith("test_")]
    assert shared
    found = {str(path): [name for name in imported(path) if ".test_" in name] for path in shared}
    assert {path: names for path, names in found.items() if names} == {}
