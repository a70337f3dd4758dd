"""A colour."""

from __future__ import annotations

from msgspec import Struct


class Colour(Struct, frozen=True, gc=False):
    """Straight-alpha sRGB, each component 0..1."""

    r: float
    g: float
    b: float
    a: float = 1.0

    def faded(self, opacity: float) -> Colour:
        """The same colour, ``opacity`` times as opaque."""
        return self if opacity == 1.0 else Colour(self.r, self.g, self.b, self.a * opacity)
