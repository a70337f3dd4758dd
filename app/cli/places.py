"""What ``renderserver render`` is given by position and as --out: documents, and where their pictures go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
    def of(cls, given: Sequence[str], out: str | None, *, several: bool, resume: bool = False) -> RenderPlaces:
        """``several``: there may be more than one picture of a document. ``resume``: an earlier run is gone on with.
        Ends the program with a message where something is wrong."""
        documents, place = _split(given, out, several=several)
        several = several or len(documents) > 1
        is_folder = several or resume or place.endswith("/") or Path(place).is_dir()
        if is_folder:
            _check_folder(place, "Several pictures need" if several else "--resume needs")
        return cls(documents, place, is_folder)


def _split(given: Sequence[str], out: str | None, *, several: bool) -> tuple[tuple[str, ...], str]:
    if out is not None and _names_a_picture(given[1:]):
        fail("OUT is given twice, as an argument and as --out: leave one of them out.")
    if out is None and len(given) > 2:
        fail("Say which folder the pictures of several documents go into: --out FOLDER.")
    if out is None and len(given) == 2:
        *given, out = given
    if not out and several:
        fail("Say which folder: --out FOLDER.")
    if not out:
        fail("Say where the picture goes: OUT, or --out OUT; - writes standard output.")
    return tuple(given), out


def _names_a_picture(more: Sequence[str]) -> bool:
    return any(name == _STDOUT or of_suffix(Path(name).suffix) for name in more)


def _check_folder(place: str, needs: str) -> None:
    """``needs``: who wants a folder."""
    if place == _STDOUT:
        fail(f"{needs} a folder, and - is standard output. Use --out FOLDER/.")
    path = Path(place)
    if path.exists() and not path.is_dir():
        fail(f"{place} exists and is not a folder. Use --out FOLDER/.")
    if not place.endswith("/") and not path.is_dir() and of_suffix(path.suffix):
        fail(f"{needs} a folder, and {place} looks like a file. Use --out FOLDER/.")
