"""Number types with their bounds, and the small values that many parts share."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from renderer.limits import MAX_COORDINATE

# A little room for the float32 noise of real documents; it is clamped away when the scene is built.
_NOISE = 1e-3

Length = Annotated[float, Meta(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
Extent = Annotated[float, Meta(ge=-_NOISE, le=MAX_COORDINATE)]
Fraction = Annotated[float, Meta(ge=-_NOISE, le=1 + _NOISE)]
# The linear part of a matrix, or a position in a unit square: no unit, but not a place to hide 1e300 either.
Ratio = Annotated[float, Meta(ge=-1e6, le=1e6)]
# Whole numbers: some programs that pass documents on write 1 as 1.0.
Whole = Annotated[float, Meta(ge=-1e9, le=1e9)]
Angle = Annotated[float, Meta(ge=-1e6, le=1e6)]


class Vector(Struct, frozen=True, gc=False):
    """A place or a distance, in pixels."""

    x: Length
    y: Length


class UnitPoint(Struct, frozen=True, gc=False):
    """A place in the unit square of a node's box; it may lie outside."""

    x: Ratio
    y: Ratio


class Size(Struct, frozen=True, gc=False):
    x: Extent
    y: Extent


class PageBox(Struct, frozen=True, gc=False):
    """An axis-aligned box in page coordinates."""

    x: Length
    y: Length
    width: Extent
    height: Extent


# Two rows of three: ((m00, m01, m02), (m10, m11, m12)).
UnitTransform = tuple[tuple[Ratio, Ratio, Ratio], tuple[Ratio, Ratio, Ratio]]
Transform = tuple[tuple[Length, Length, Length], tuple[Length, Length, Length]]
