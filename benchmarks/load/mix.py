"""The documents of a load test: a folder's, or three of our own (a card, a screen, a long list)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.documents import screen

MAX_DOCUMENTS: Final = 200
_BUILT_IN: Final = {"built-in card": 1, "built-in screen": 8, "built-in list": 40}


class MixError(ValueError):
    """There is nothing to send, or too much."""


def built_in() -> dict[str, bytes]:
    return {name: screen(cards) for name, cards in _BUILT_IN.items()}


def from_folder(folder: Path) -> Mapping[str, bytes]:
    """Every ``document.json`` below it, or every ``*.json`` where none is called so; by its path. Raises MixError."""
    found = sorted(folder.rglob("document.json")) or sorted(folder.rglob("*.json"))
    if not found:
        raise MixError(f"{folder} has no .json file")
    if len(found) > MAX_DOCUMENTS:
        raise MixError(f"{folder} has {len(found)} documents; a load test takes at most {MAX_DOCUMENTS}")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
