"""What the files of several pictures are called: names that every file system takes, and each only once.

Names of layers are a stranger's text. As in Figma's own exports a slash in one makes a folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from app.report import RenderReport
from renderer.formats import ImageFormat

# What some file system takes for something else than a part of a name.
_UNUSABLE: Final = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?\Z", re.IGNORECASE)
_MAX_BYTES: Final = 120  # of one folder or stem: most file systems take 255 for a whole name
_MAX_FOLDERS: Final = 8
_NAMELESS: Final = "picture"


class FileNames:
    """The names of one folder, given out one by one. ``taken``: those that it has already."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken: set[str] = set()
        self._folders: set[str] = set()
        self._counts: dict[tuple[str, str], int] = {}
        self._owners: dict[str, dict[str, int]] = {}
        for name in taken:
            self._take(name)

    def of(self, picture: RenderReport, image_format: ImageFormat, *, by_name: bool) -> str:
        """``by_name``: after the node's name, as an export has it, and not after its id."""
        node = picture.node or ""
        stem = picture.name if by_name else node.replace(":", "-")
        return self.unique(stem, picture.suffix, image_format.suffixes[0], owner=node)

    def unique(self, stem: str, suffix: str, extension: str, owner: str = "") -> str:
        """A relative path with slashes. ``suffix`` ends its last part, before the extension (without its dot).
        ``owner``: all that is one owner's, and has one stem, keeps together: ``icon-2.png`` and ``icon-2@2x.png``."""
        end, after = _cleaned(suffix), f".{extension}"
        owners = self._owners.setdefault(stem.casefold(), {})
        if owner not in owners:
            number = next(reversed(owners.values()), 0) + 1
            while self._is_taken(self._start(_numbered(stem, number), end) + after):
                number += 1
            owners[owner] = number
        return self._give(_numbered(stem, owners[owner]), end, after)

    def folder(self, stem: str) -> str:
        """Likewise, of a folder."""
        return self._give(stem, "", "")

    def _give(self, stem: str, end: str, after: str) -> str:
        """``end`` and ``after``: what stands on either side of the number that tells a name from others."""
        start = self._start(stem, end)
        alike = start.casefold(), after
        number, name = self._counts.get(alike, 0), ""
        while not name or self._is_taken(name):
            number += 1
            name = f"{_numbered(start, number)}{after}"
        self._counts[alike] = number
        self._take(name)
        return name

    def _start(self, stem: str, end: str) -> str:
        *folders, last = _parts(stem) or [_NAMELESS]
        folders = folders[:_MAX_FOLDERS]
        if any(folder in self._taken for folder in _folders_of("/".join([*folders, last]))):
            folders, last = [], _cleaned("-".join([*folders, last]))  # a file has the name of such a folder
        return "/".join([*folders, f"{last}{end}"])

    def _is_taken(self, name: str) -> bool:
        return name.casefold() in self._taken or name.casefold() in self._folders

    def _take(self, name: str) -> None:
        self._taken.add(name.casefold())
        self._folders.update(_folders_of(name))


def _numbered(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem or _NAMELESS}-{number}"


def _folders_of(name: str) -> Iterator[str]:
    """All above it, in one case."""
    folded = name.casefold()
    return (folded[:end] for end, character in enumerate(folded) if character == "/")


def _parts(stem: str) -> list[str]:
    found = (_cleaned(part).strip(" .") for part in stem.split("/"))
    return [f"{part}_" if _RESERVED.match(part) else part for part in found if part]


def _cleaned(text: str) -> str:
    """On one line, of what every file system takes, and short."""
    return _UNUSABLE.sub("-", text).encode(errors="ignore")[:_MAX_BYTES].decode(errors="ignore")
