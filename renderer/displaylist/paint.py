"""What areas and glyphs are painted with, in the coordinates of the command."""

from __future__ import annotations

from msgspec import Struct

from renderer.geometry import Colour, Matrix, PathData
from renderer.images import DecodedImage
from renderer.scene import BlendMode, GradientKind, GradientStop


class SolidPaint(Struct, frozen=True, gc=False):
    """``colour`` has all opacity in its alpha."""

    colour: Colour
    blend: BlendMode = BlendMode.NORMAL


class GradientPaint(Struct, frozen=True, gc=False):
    """``matrix`` maps the gradient's own space to the command's coordinates. There the place on the ramp is x (LINEAR),
    the distance from the origin (RADIAL), the angle clockwise from the x axis over a whole turn (ANGULAR), or |x| + |y|
    (DIAMOND). The area of the matrix is not 0. ``stops``: two at least, positions 0..1 that do not fall; beyond the
    first and the last their colours go on. An angular ramp is closed: it has stops at 0 and at 1 where its colours
    differ.
    """

    kind: GradientKind
    matrix: Matrix
    stops: tuple[GradientStop, ...]
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


class ColourAdjustment(Struct, frozen=True, gc=False):
    """What an image's colours become: ``curve`` first (256 values 0..255 for each of red, green and blue, or empty for
    none), then ``matrix`` (4 x 5, row-major, on straight colour in 0..1)."""

    matrix: tuple[float, ...]
    curve: tuple[int, ...] = ()


class ImagePaint(Struct, frozen=True, gc=False):
    """``matrix`` maps image pixels to the command's coordinates. ``repeats``: the image tiles the plane; else its edge
    colours go on, and ``clip`` is its own outline where that leaves part of the node uncovered (None elsewhere)."""

    image: DecodedImage
    matrix: Matrix
    repeats: bool = False
    clip: PathData | None = None
    adjustment: ColourAdjustment | None = None
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


Paint = SolidPaint | GradientPaint | ImagePaint
