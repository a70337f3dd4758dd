"""Which folder the pictures of each document go into, where there are several documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from app.cli.documentfiles import STDIN, DocumentFile, document_file
from app.cli.renders import RECORD, source_in
from app.filenames import FileNames


def document_files(names: Sequence[str], out: Path) -> tuple[DocumentFile, ...]:
    """Of one document the pictures go into the folder itself, of several into one each."""
    files = [document_file(name, out) for name in names]
    return tuple(files) if len(files) == 1 else _at_home(files, out)


def _at_home(files: Sequence[DocumentFile], out: Path) -> tuple[DocumentFile, ...]:
    stems = Counter(_folded(file.stem) for file in files)
    homes = _Homes(out)
    return tuple(file.at(homes.of(file, _wanted(file, alone=stems[_folded(file.stem)] == 1))) for file in files)


def _wanted(file: DocumentFile, *, alone: bool) -> str:
    """The document's own name, or that of the folder which tells it from others: ``home/document.json``."""
    parent = "" if alone or file.name == STDIN else Path(file.name).absolute().resolve().parent.name
    return FileNames().folder(parent or file.stem)


def _folded(stem: str) -> str:
    return FileNames().folder(stem).casefold()


class _Homes:
    """A document has the folder that an earlier run gave it, whatever order the documents are in now, and none that
    holds another's pictures."""

    def __init__(self, out: Path) -> None:
        self._taken: set[str] = set()
        self._earlier: dict[str, list[str]] = defaultdict(list)
        for record in sorted(out.glob(f"*/{RECORD}")):
            source = source_in(record.parent)
            if source is not None:
                self._earlier[source].append(record.parent.name)
                self._taken.add(record.parent.name.casefold())

    def of(self, file: DocumentFile, wanted: str) -> str:
        earlier = self._earlier[file.source]
        if earlier:
            return earlier.pop(0)
        numbered = (wanted if number == 1 else f"{wanted}-{number}" for number in count(1))
        home = next(home for home in numbered if home.casefold() not in self._taken)
        self._taken.add(home.casefold())
        return home
