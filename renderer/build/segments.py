"""Segments: lines, and vectors so thin that they need no outline."""

from __future__ import annotations

import math
from typing import Final

from msgspec import structs

from renderer.geometry import Matrix
from renderer.scene import PenStroke, Shape, StrokeAlign, StrokeCap

_QUARTER: Final = Matrix(0.0, 1.0, -1.0, 0.0, 0.0, 0.0)


def laid_along(shape: Shape) -> Shape:
    """The shape as a segment along its own x axis, with a centred stroke.

    A line has no inside, yet Figma aligns its stroke: INSIDE lies wholly on its upper side and ends where the line
    does, caps and all (a line of weight 5 at y = 0 has the render bounds y = -5 to 0, and no more width than itself).
    """
    along = shape if shape.width >= shape.height else _turned(shape)
    along = structs.replace(along, height=0.0)
    return _centred(along, along.stroke) if isinstance(along.stroke, PenStroke) else along


def _turned(shape: Shape) -> Shape:
    """One from top to bottom as one from left to right."""
    return structs.replace(shape, width=shape.height, transform=shape.transform @ _QUARTER)


def _centred(shape: Shape, stroke: PenStroke) -> Shape:
    centred = structs.replace(stroke, align=StrokeAlign.CENTER)
    if stroke.align is StrokeAlign.CENTER:
        return structs.replace(shape, stroke=centred)
    inside = stroke.align is StrokeAlign.INSIDE
    inset = stroke.weight / 2 if inside and stroke.cap in (StrokeCap.ROUND, StrokeCap.SQUARE) else 0.0
    shift = Matrix.translation(inset, -stroke.weight / 2 if inside else stroke.weight / 2)
    width = max(math.ulp(1.0), shape.width - 2 * inset)
    return structs.replace(shape, width=width, transform=shape.transform @ shift, stroke=centred)
