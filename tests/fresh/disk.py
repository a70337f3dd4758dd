"""How much room a tree takes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

_BLOCK: Final = 512
"""Of st_blocks, whatever the file system's own are (stat(2))."""


def used_bytes(folders: Sequence[Path]) -> list[int]:
    """For each folder in turn, what it takes and those before it do not: a file with two names counts once, and a
    folder within a later one is left out of that. Nothing for a folder that is not there."""
    seen: set[tuple[int, int]] = set()
    return [sum(_new(entry, seen) for entry in _entries(folder)) for folder in folders]


def _new(entry: Path, seen: set[tuple[int, int]]) -> int:
    status = entry.lstat()
    key = (status.st_dev, status.st_ino)
    if key in seen:
        return 0
    seen.add(key)
    return status.st_blocks * _BLOCK


def _entries(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield folder
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))
