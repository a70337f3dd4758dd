"""What the files of several pictures are called: names that every file system takes, and each only once.

Names of layers are a stranger's text. As in Figma's own exports a slash in one makes a folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
        self._taken = {name.casefold() for name in taken}

    def of(self, picture: RenderReport, image_format: ImageFormat, *, by_name: bool) -> str:
        """``by_name``: after the node's name, as an export has it, and not after its id."""
        stem = picture.name if by_name else (picture.node or "").replace(":", "-")
        return self.unique(stem, picture.suffix, image_format.suffixes[0])

    def unique(self, stem: str, suffix: str, extension: str) -> str:
        """A relative path with slashes. ``suffix`` ends its last part, before the extension (without its dot)."""
        return self._give(stem, _cleaned(suffix), f".{extension}")

    def folder(self, stem: str) -> str:
        """Likewise, of a folder."""
        return self._give(stem, "", "")

    def _give(self, stem: str, before: str, after: str) -> str:
        """``before`` and ``after``: what stands on either side of the number that tells a name from others."""
        *folders, last = _parts(stem) or [_NAMELESS]
        number, name = 1, ""
        while not name or name.casefold() in self._taken:
            count = "" if number == 1 else f"-{number}"
            name = "/".join([*folders[:_MAX_FOLDERS], f"{last}{before}{count}{after}"])
            number += 1
        self._taken.add(name.casefold())
        return name


def _parts(stem: str) -> list[str]:
    found = (_cleaned(part).strip(" .") for part in stem.split("/"))
    return [f"{part}_" if _RESERVED.match(part) else part for part in found if part]


def _cleaned(text: str) -> str:
    """On one line, of what every file system takes, and short."""
    return _UNUSABLE.sub("-", text).encode(errors="ignore")[:_MAX_BYTES].decode(errors="ignore")
