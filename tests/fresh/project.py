"""A clean copy of the project: the files of the working tree, changed and new ones too, but for what git ignores.

So a change can be tried before it is committed, and an environment or caches are not there.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.borrowed import PROJECT


def files(folder: Path = PROJECT) -> list[str]:
    """Relative paths of the files that are there."""
    named = [*_listed(folder, "--cached"), *_new(folder)]
    return sorted({name for name in named if (folder / name).is_file()})


def _new(folder: Path) -> list[str]:
    """Those that git does not track and does not ignore."""
    return _listed(folder, "--others", "--exclude-standard")


def _listed(folder: Path, *which: str) -> list[str]:
    return [name for name in _git(folder, "ls-files", "-z", *which).split("\0") if name]


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True).stdout


def copy(target: Path, folder: Path = PROJECT) -> None:
    """To ``target``, a folder that is not there yet, as root's own files."""
    for name in files(folder):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / name, place, follow_symlinks=False)


def state(folder: Path = PROJECT) -> str:
    """The commit, and how what is copied differs from it."""
    commit = _git(folder, "rev-parse", "--short", "HEAD").strip()
    changed = _git(folder, "diff", "--name-only", "HEAD").splitlines()
    differs = [(len(changed), "changed"), (len(_new(folder)), "untracked")]
    return ", ".join([commit, *(f"with {count} {what} file{'s' * (count > 1)}" for count, what in differs if count)])
