"""What ``renderserver render`` is given by position and as --out: documents, and where their pictures go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.cli.documentfiles import STDIN
from app.cli.flags import fail
from renderer.formats import of_suffix

_STDOUT = "-"


@dataclass(frozen=True, slots=True)
class RenderPlaces:
    """``out``: a file, or the folder for any number of them."""

    documents: tuple[str, ...]
    out: str
    is_folder: bool

    @classmethod
    def of(cls, given: Sequence[str], out: str | None, *, several: bool) -> RenderPlaces:
        """``several``: there may be more than one picture of a document. Ends the program with a message where
        something is wrong."""
        documents, place = _split(given, out)
        is_folder = several or len(documents) > 1 or place.endswith("/") or Path(place).is_dir()
        if is_folder:
            _check_folder(place)
            _check_there(documents)
        return cls(documents, place, is_folder)


def _split(given: Sequence[str], out: str | None) -> tuple[tuple[str, ...], str]:
    if out is not None and _names_a_picture(given[1:]):
        fail("OUT is given twice, as an argument and as --out: leave one of them out.")
    if out is None and len(given) > 2:
        fail("Say in which folder the pictures of several documents go: --out DIR.")
    if out is None and len(given) == 2:
        *given, out = given
    if not out:
        fail("Say where the picture goes: OUT, or --out OUT; - writes standard output.")
    return tuple(given), out


def _names_a_picture(more: Sequence[str]) -> bool:
    return any(name == _STDOUT or of_suffix(Path(name).suffix) for name in more)


def _check_folder(place: str) -> None:
    if place == _STDOUT:
        fail("--out: several pictures go into a folder, and not to standard output.")
    path = Path(place)
    if not place.endswith("/") and not path.is_dir() and of_suffix(path.suffix):
        fail(f"--out: {place} is named as one picture, and several go into a folder; end it in / if it is one.")
    if path.exists() and not path.is_dir():
        fail(f"--out: {place} is there, and is no folder.")


def _check_there(documents: Sequence[str]) -> None:
    """All names before any picture: a typing error is not to be found after an hour."""
    missing = [name for name in documents if name != STDIN and not Path(name).exists()]
    if missing:
        fail(*(f"Cannot read {name}: No such file or directory." for name in missing))
