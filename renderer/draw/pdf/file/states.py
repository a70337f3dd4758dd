"""Opacity, blend mode and soft mask: what operators set by a graphics state dictionary (ISO 32000-1, 8.4.5, 11.6.5)."""

from __future__ import annotations

from typing import Final, NamedTuple

from renderer.displaylist import BlendMode
from renderer.draw.pdf.file.content import ContentStream, Form, Resource
from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.file.syntax import dictionary, number, reference

BLEND_NAMES: Final = {
    BlendMode.PASS_THROUGH: "Normal",
    BlendMode.NORMAL: "Normal",
    BlendMode.DARKEN: "Darken",
    BlendMode.MULTIPLY: "Multiply",
    BlendMode.LINEAR_BURN: "Multiply",
    BlendMode.COLOR_BURN: "ColorBurn",
    BlendMode.LIGHTEN: "Lighten",
    BlendMode.SCREEN: "Screen",
    BlendMode.LINEAR_DODGE: "Screen",
    BlendMode.COLOR_DODGE: "ColorDodge",
    BlendMode.OVERLAY: "Overlay",
    BlendMode.SOFT_LIGHT: "SoftLight",
    BlendMode.HARD_LIGHT: "HardLight",
    BlendMode.DIFFERENCE: "Difference",
    BlendMode.EXCLUSION: "Exclusion",
    BlendMode.HUE: "Hue",
    BlendMode.SATURATION: "Saturation",
    BlendMode.COLOR: "Color",
    BlendMode.LUMINOSITY: "Luminosity",
}
"""Figma's blend modes by PDF's names; of :data:`LACKING` ones the nearest."""

LACKING: Final = frozenset({BlendMode.LINEAR_BURN, BlendMode.LINEAR_DODGE})
"""The modes that PDF has no name for."""


class SoftMask(NamedTuple):
    """``kind``: what of a group lets through."""

    kind: str
    group: Form


def luminosity(group: Form) -> SoftMask:
    """How light the group is, laid on black."""
    return SoftMask("/Luminosity", group)


def coverage(group: Form) -> SoftMask:
    """How much of each place the group covers."""
    return SoftMask("/Alpha", group)


def graphics_state(
    content: ContentStream,
    objects: Objects,
    *,
    alpha: float = 1.0,
    blend: BlendMode = BlendMode.NORMAL,
    mask: SoftMask | None = None,
) -> str:
    """The operator that sets what differs from a fresh state, '' where nothing does. Until the next Q."""
    entries: dict[str, str] = {}
    if alpha < 1.0:
        entries |= {"ca": number(alpha, 4), "CA": number(alpha, 4)}
    if BLEND_NAMES[blend] != "Normal":
        entries["BM"] = f"/{BLEND_NAMES[blend]}"
        content.blends = True
    if mask is not None:
        entries["SMask"] = dictionary({"S": mask.kind, "G": reference(mask.group.number)})
        content.height = max(content.height, mask.group.height)
    return f"{content.use(Resource.GRAPHICS_STATE, objects.add(entries))} gs" if entries else ""
