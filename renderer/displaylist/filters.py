"""What a group's picture goes through before it is laid down. Lengths and places are the page's."""

from __future__ import annotations

from msgspec import Struct

from renderer.geometry import Colour, Point


class Ramp(Struct, frozen=True, gc=False):
    """A blur that grows: of ``sigma`` up to ``start``, and of the blur's own from ``end`` on. The two places differ."""

    sigma: float
    start: Point
    end: Point


class Blur(Struct, frozen=True, gc=False):
    """A Gaussian blur of standard deviation ``sigma`` (Figma's radius is twice that)."""

    sigma: float
    ramp: Ramp | None = None


class ShadowFilter(Struct, frozen=True, gc=False):
    """A shadow of all that was painted, below it and above the shadows before it. ``behind``: it is seen through what
    is translucent; else what was painted is cut out of it."""

    offset: Point
    sigma: float
    colour: Colour
    behind: bool = False


class InnerShadowFilter(Struct, frozen=True, gc=False):
    """The colour wherever a moved and blurred copy of what was painted is not, kept inside what was painted."""

    offset: Point
    sigma: float
    colour: Colour


Filter = ShadowFilter | InnerShadowFilter | Blur
"""Applied in order: shadows first, then inner shadows, then blurs. A shadow is cast by what was painted, without the
filters before it; a blur blurs their result."""
