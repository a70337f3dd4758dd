"""A font folder without a manifest: what the files say of themselves (their name and OS/2 tables)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import uharfbuzz as hb

from renderer.exceptions import FontFolderError
from renderer.fonts.fontfile import FontFile
from renderer.fonts.manifest import FontEntry, FontRole, Manifest

_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_GRINNING_FACE = 0x1F600
_FAMILY_NAMES = (hb.OTNameIdPredefined.TYPOGRAPHIC_FAMILY, hb.OTNameIdPredefined.FONT_FAMILY)


def scan_directory(directory: Path) -> Manifest:
    """Every font under ``directory``, in the order of the paths. FontFolderError names a file that is none."""
    paths = sorted(path for path in directory.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
    return Manifest(tuple(entry for path in paths for entry in _entries(path)))


def _entries(path: Path) -> Iterator[FontEntry]:
    file = FontFile.map(path)
    if file.face_count == 0:
        raise FontFolderError(f"{path} is not a font; move it out of the folder")
    for index in range(file.face_count):
        yield describe(file, path, index)


def describe(file: FontFile, path: Path, index: int) -> FontEntry:
    """The face at ``index`` in its own words."""
    face = file.shaping_face(index)
    font = hb.Font(face)
    names = [name for name in (face.get_name(key) for key in _FAMILY_NAMES) if name]
    return FontEntry(
        path=path,
        index=index,
        family=names[0] if names else path.stem,
        aliases=tuple(names[1:]),
        postscript_name=face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) or None,
        weight=float(font.get_style_value(hb.StyleTag.WEIGHT)),
        italic=font.get_style_value(hb.StyleTag.ITALIC) > 0.5 or font.get_style_value(hb.StyleTag.SLANT_ANGLE) < -2,
        role=FontRole.EMOJI if _has_emoji(face) else FontRole.TEXT,
    )


def _has_emoji(face: hb.Face) -> bool:
    coloured = face.has_color_paint or face.has_color_png or face.has_color_layers
    return bool(coloured) and _GRINNING_FACE in face.unicodes
