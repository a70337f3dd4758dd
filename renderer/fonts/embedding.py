"""What of a font goes into a file that is given away: the outlines of some glyphs, if its licence bits let them."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

import uharfbuzz as hb

from renderer.fonts.face import FaceInstance

# OS/2 fsType (OpenType, "OS/2 — OS/2 and Windows Metrics"): of the usage bits the least restrictive counts.
_USAGE: Final = 0x000F
_RESTRICTED: Final = 0x0002
_NO_SUBSETTING: Final = 0x0100
_BITMAPS_ONLY: Final = 0x0200
_FS_TYPE: Final = struct.Struct(">8xH")
_BOX: Final = struct.Struct(">36x4h")
_FLAGS: Final = (
    hb.SubsetFlags.NO_HINTING
    | hb.SubsetFlags.RETAIN_GIDS
    | hb.SubsetFlags.NOTDEF_OUTLINE
    | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    | hb.SubsetFlags.DOWNGRADE_CFF2
    | hb.SubsetFlags.CFF_IDENTITY_CHARSET
)
# What a program that has been told glyphs and places does not read.
_DROPPED: Final = (
    *("GSUB", "GPOS", "GDEF", "BASE", "JSTF", "MATH", "kern", "kerx", "morx", "mort", "feat", "trak", "ankr", "opbd"),
    *("cmap", "name", "post", "OS/2", "STAT", "MVAR", "HVAR", "VVAR", "avar", "meta", "DSIG", "VORG", "vhea", "vmtx"),
    *("COLR", "CPAL", "CBDT", "CBLC", "EBDT", "EBLC", "EBSC", "SVG ", "sbix", "gasp", "hdmx", "VDMX", "LTSH", "PCLT"),
)
_DROPPED_TAGS: Final = tuple(int.from_bytes(tag.encode(), "big") for tag in _DROPPED)
_WEIGHT_AXIS: Final = "wght"


class OutlineKind(Enum):
    """In which table a font has its outlines."""

    TRUETYPE = "glyf"
    CFF = "CFF "


@dataclass(frozen=True, slots=True)
class FontSubset:
    """``program``: a TrueType file, or a bare CFF table. Glyphs keep their numbers."""

    kind: OutlineKind
    program: bytes


def may_embed(instance: FaceInstance) -> bool:
    """Whether the font lets a part of it be embedded; one that says nothing does."""
    table = _table(instance.face.shaping, "OS/2")
    if len(table) < _FS_TYPE.size:
        return True
    bits = int(_FS_TYPE.unpack_from(table)[0])
    return bits & _USAGE != _RESTRICTED and not bits & (_NO_SUBSETTING | _BITMAPS_ONLY)


def subset(instance: FaceInstance, glyphs: Iterable[int]) -> FontSubset | None:
    """The outlines of some glyphs, at the instance's weight; None where HarfBuzz finds none that it can take apart."""
    face = instance.face.shaping
    wanted = hb.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.flags = _FLAGS
    wanted.drop_table_tag_set.update(_DROPPED_TAGS)
    if instance.face.is_variable:
        wanted.pin_all_axes_to_default(face)
        wanted.pin_axis_location(face, _WEIGHT_AXIS, instance.weight)
    try:
        made = hb.subset(face, wanted)
    except (hb.HarfBuzzError, RuntimeError):  # a font that came with a request can be broken anywhere
        return None
    for kind in OutlineKind:
        if _table(made, kind.value):
            program = made.blob.data if kind is OutlineKind.TRUETYPE else _table(made, kind.value)
            return FontSubset(kind, bytes(program))
    return None


def bounding_box(instance: FaceInstance) -> tuple[float, float, float, float]:
    """Around the outlines of all glyphs: left, bottom, right, top, in ems, y up. The em square where it is not said."""
    table = _table(instance.face.shaping, "head")
    if len(table) < _BOX.size:
        return 0.0, 0.0, 1.0, 1.0
    left, bottom, right, top = (value / instance.upem for value in _BOX.unpack_from(table))
    return left, bottom, right, top


def _table(face: hb.Face, tag: str) -> bytes:
    """Empty where the font has no such table."""
    blob = face.reference_table(tag)
    return b"" if blob is None else bytes(blob.data)
