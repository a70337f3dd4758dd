"""A clean copy of the project: the files that git tracks, as they are in the working tree, changes and all.

So a change can be tried before it is committed; what git ignores (an environment, caches) is not there.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.borrowed import PROJECT


def tracked(folder: Path = PROJECT) -> list[str]:
    """Relative paths of the tracked files that are there, and of new ones that git does not ignore."""
    command = ["git", "-C", str(folder), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sorted({name for name in said.split("\0") if name and (folder / name).is_file()})


def copy(target: Path, folder: Path = PROJECT) -> None:
    """To ``target``, a folder that is not there yet, as root's own files."""
    for name in tracked(folder):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / name, place, follow_symlinks=False)


def state(folder: Path = PROJECT) -> str:
    """The commit, and whether the working tree differs from it."""
    said = ["git", "-C", str(folder), "describe", "--always", "--dirty=, with changes", "--exclude=*"]
    return subprocess.run(said, capture_output=True, text=True, check=True).stdout.strip()
