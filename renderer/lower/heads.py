"""The shapes that Figma puts at the ends of a line: arrow heads, a diamond, a disc.

Lengths are in stroke weights. They are those of the paths that Figma exports: an open head has arms of four and a half
weights at 45 degrees, closed ones are an equilateral triangle five weights high, its like turned around, a diamond
with the same half height, and a disc; the last two are centred on the line's end.
"""

from __future__ import annotations

import math
from typing import Any, Final

import skia

from renderer.scene import HEAD_HALF_HEIGHT, PenStroke, StrokeCap

_ARM: Final = 4.5 * math.sqrt(0.5)
_TRIANGLE: Final = 5.0
# A line would be wider than the tip it ends in: it stops a little inside the head, so that no seam shows.
_TRIMMED: Final = 4.5


def headed_line(start: float, end: float, y: float, stroke: PenStroke, line: Any) -> Any:
    """The area (``skia.Path``) of ``line`` (the stroked line from ``start`` to ``end`` at ``y``) together with a head
    at each end."""
    area = line
    for tip, backwards in ((end, -1.0), (start, 1.0)):
        head = _head(stroke.cap, stroke.weight)
        head.transform(skia.Matrix.MakeAll(backwards, 0, tip, 0, 1, y, 0, 0, 1))
        area = skia.Op(area, head, skia.PathOp.kUnion_PathOp)
    return area


def trim_of(stroke: PenStroke) -> float:
    """By how much the line itself is shorter at an end with a head, pixels."""
    return _TRIMMED * stroke.weight if stroke.cap is StrokeCap.TRIANGLE_ARROW else 0.0


def _head(cap: StrokeCap, weight: float) -> Any:
    """With its tip, or its middle, at the origin, and the line it ends going to the right."""
    half = HEAD_HALF_HEIGHT[cap] * weight
    match cap:
        case StrokeCap.LINE_ARROW:
            return _arms(weight)
        case StrokeCap.CIRCLE_FILLED:
            return skia.Path.Circle(0, 0, half)
        case StrokeCap.DIAMOND_FILLED:
            return _polygon((-half, 0), (0, -half), (half, 0), (0, half))
        case StrokeCap.TRIANGLE_FILLED:
            return _polygon((_TRIANGLE * weight, 0), (0, half), (0, -half))
        case _:
            return _polygon((0, 0), (_TRIANGLE * weight, -half), (_TRIANGLE * weight, half))


def _arms(weight: float) -> Any:
    reach = _ARM * weight
    arms = skia.Path()
    arms.moveTo(reach, -reach)
    arms.lineTo(0, 0)
    arms.lineTo(reach, reach)
    pen = skia.Paint(Style=skia.Paint.kStroke_Style, StrokeWidth=weight)
    pen.setStrokeJoin(skia.Paint.kRound_Join)
    pen.setStrokeCap(skia.Paint.kRound_Cap)
    outline = skia.Path()
    pen.getFillPath(arms, outline)
    return outline


def _polygon(*corners: tuple[float, float]) -> Any:
    return skia.Path.Polygon([skia.Point(x, y) for x, y in corners], True)
