"""The copy of the project that a fresh system gets, and how the page names it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fresh import project

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "project"
    (place / "sub").mkdir(parents=True)
    (place / ".gitignore").write_text("ignored\n")
    (place / "run").write_text("#!/bin/sh\n")
    (place / "run").chmod(0o755)
    (place / "sub/a file").write_text("one")
    git(place, "init", "--quiet")
    git(place, "add", ".")
    git(place, "-c", "user.name=A", "-c", "user.email=a@b.invalid", "commit", "--quiet", "--message", "first")
    (place / "ignored").write_text("a cache")
    return place


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True)


def copied(folder: Path, target: Path) -> dict[str, str]:
    project.copy(target, folder)
    return {str(path.relative_to(target)): path.read_text() for path in target.rglob("*") if path.is_file()}


def test_the_copy_is_what_git_tracks_with_its_modes(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    found = copied(folder, target)
    assert found == {".gitignore": "ignored\n", "run": "#!/bin/sh\n", "sub/a file": "one"}
    assert (target / "run").stat().st_mode & 0o777 == 0o755


def test_changes_go_along(folder: Path, tmp_path: Path) -> None:
    (folder / "sub/a file").write_text("two")
    (folder / "new").write_text("three")
    (folder / "run").unlink()
    found = copied(folder, tmp_path / "copy")
    assert found == {".gitignore": "ignored\n", "sub/a file": "two", "new": "three"}


def test_the_commit_alone_is_named_where_nothing_differs(folder: Path) -> None:
    assert re.fullmatch(r"[0-9a-f]{7,}", project.state(folder))


def test_what_differs_from_the_commit_is_told(folder: Path) -> None:
    (folder / "sub/a file").write_text("two")
    (folder / "new").write_text("three")
    (folder / "newer").write_text("four")
    assert re.fullmatch(r"[0-9a-f]{7,}, with 1 changed file, with 2 untracked files", project.state(folder))
