"""Figma's blend modes by their names in CSS (Compositing and Blending Level 2)."""

from __future__ import annotations

from typing import Final

from renderer.displaylist import BlendMode

_NAMES: Final = {
    BlendMode.DARKEN: "darken",
    BlendMode.MULTIPLY: "multiply",
    BlendMode.COLOR_BURN: "color-burn",
    BlendMode.LIGHTEN: "lighten",
    BlendMode.SCREEN: "screen",
    BlendMode.LINEAR_DODGE: "plus-lighter",
    BlendMode.COLOR_DODGE: "color-dodge",
    BlendMode.OVERLAY: "overlay",
    BlendMode.SOFT_LIGHT: "soft-light",
    BlendMode.HARD_LIGHT: "hard-light",
    BlendMode.DIFFERENCE: "difference",
    BlendMode.EXCLUSION: "exclusion",
    BlendMode.HUE: "hue",
    BlendMode.SATURATION: "saturation",
    BlendMode.COLOR: "color",
    BlendMode.LUMINOSITY: "luminosity",
}


def style_of(mode: BlendMode) -> str:
    """A declaration, or '' for the plain modes and for LINEAR_BURN, which CSS has not."""
    name = _NAMES.get(mode)
    return "" if name is None else f"mix-blend-mode:{name}"


# Engines that know only the modes of Level 1 ignore "plus-lighter", and the group with it; they then meet this one.
# In others the outer group isolates the inner one, whose mode then has nothing to blend with.
NEAREST_TO_LINEAR_DODGE: Final = "mix-blend-mode:screen"
