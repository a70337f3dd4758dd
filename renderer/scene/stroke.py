"""Strokes."""

from __future__ import annotations

import math
from enum import Enum

from msgspec import Struct

from renderer.geometry import PathData
from renderer.scene.fill import Fill


class StrokeAlign(Enum):
    INSIDE = "INSIDE"
    OUTSIDE = "OUTSIDE"
    CENTER = "CENTER"


class StrokeJoin(Enum):
    MITER = "MITER"
    BEVEL = "BEVEL"
    ROUND = "ROUND"


class StrokeCap(Enum):
    """What a line ends in. Only lines get heads (:data:`HEAD_HALF_HEIGHT` lists them); elsewhere they come with the
    document's own outline of the stroke."""

    NONE = "NONE"
    ROUND = "ROUND"
    SQUARE = "SQUARE"
    LINE_ARROW = "LINE_ARROW"
    TRIANGLE_ARROW = "TRIANGLE_ARROW"
    TRIANGLE_FILLED = "TRIANGLE_FILLED"
    DIAMOND_FILLED = "DIAMOND_FILLED"
    CIRCLE_FILLED = "CIRCLE_FILLED"


# How far a head reaches to either side of its line, in stroke weights, as in the paths that Figma exports: an
# equilateral triangle of height 5 has half a side of 5 / sqrt 3.
HEAD_HALF_HEIGHT = {
    StrokeCap.LINE_ARROW: 4.5 * math.sqrt(0.5) + 0.5,
    StrokeCap.TRIANGLE_ARROW: 5.0 / math.sqrt(3),
    StrokeCap.TRIANGLE_FILLED: 5.0 / math.sqrt(3),
    StrokeCap.DIAMOND_FILLED: 5.0 / math.sqrt(3),
    StrokeCap.CIRCLE_FILLED: 8.0 / 3.0,
}


class PenStroke(Struct, frozen=True, gc=False):
    """A pen of ``weight`` pixels along the outline. ``side_weights``: top, right, bottom, left, of a rectangle whose
    sides have weights of their own, instead of ``weight``. ``miter_limit``: ratio, as in SVG (Figma's angle a gives ``1
    / sin(a / 2)``). ``dashes``: lengths of dashes and gaps in turn, an even number of them."""

    fills: tuple[Fill, ...]
    weight: float = 1.0
    align: StrokeAlign = StrokeAlign.INSIDE
    join: StrokeJoin = StrokeJoin.MITER
    cap: StrokeCap = StrokeCap.NONE
    miter_limit: float = 4.0
    dashes: tuple[float, ...] = ()
    side_weights: tuple[float, float, float, float] | None = None


class OutlinedStroke(Struct, frozen=True, gc=False):
    """A stroke whose area the document itself carries, to be filled as it is."""

    fills: tuple[Fill, ...]
    outlines: tuple[PathData, ...]


Stroke = PenStroke | OutlinedStroke
