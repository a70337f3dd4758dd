"""One font file in memory, as HarfBuzz and as Skia see it.

Both map the file read-only and close it at once, so a face can be shaped and drawn later under a filter that allows
no system call, and no file descriptor stays open. Skia's own empty font manager is used, never the host's fontconfig.
"""

from __future__ import annotations

from pathlib import Path

import skia
import uharfbuzz as hb

from renderer.exceptions import FontFolderError

_MANAGER = skia.FontMgr.New_Custom_Empty()


class FontFile:
    """A TTF, OTF or TTC. ``name`` is for messages. FontFolderError if it holds no usable face."""

    __slots__ = ("_blob", "_data", "name")

    def __init__(self, name: str, blob: hb.Blob, data: skia.Data) -> None:
        self.name = name
        self._blob = blob
        self._data = data

    @classmethod
    def map(cls, path: Path) -> FontFile:
        """The file at ``path``, mapped twice (HarfBuzz, Skia); the pages are shared."""
        try:
            blob = hb.Blob.from_file_path(str(path))
        except (hb.HarfBuzzError, OSError) as error:
            raise FontFolderError(f"{path} cannot be opened: {error}") from error
        data = skia.Data.MakeFromFileName(str(path))
        if data is None or data.size() == 0:
            raise FontFolderError(f"{path} cannot be mapped, or is empty")
        return cls(str(path), blob, data)

    @property
    def face_count(self) -> int:
        """Faces in the file: one, more in a collection, none if it is no font at all."""
        return int(hb.Face(self._blob).count)

    def shaping_face(self, index: int) -> hb.Face:
        face = hb.Face(self._blob, index)
        if face.glyph_count == 0:
            raise FontFolderError(f"{self.name} holds no font at index {index}")
        return face

    def drawing_face(self, index: int) -> skia.Typeface:
        typeface = _MANAGER.makeFromData(self._data, index)
        if typeface is None:
            raise FontFolderError(f"{self.name} cannot be drawn with (index {index})")
        return typeface
