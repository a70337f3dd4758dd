"""Strokes of the document to the stroke of an item."""

from __future__ import annotations

import math
from typing import Final

from renderer.build.building import Building
from renderer.build.outlines import read_paths
from renderer.build.paints import read_fills
from renderer.figma import FigmaNode
from renderer.geometry import PathData
from renderer.scene import (
    HEAD_HALF_HEIGHT,
    Fill,
    OutlinedStroke,
    PenStroke,
    Stroke,
    StrokeAlign,
    StrokeCap,
    StrokeJoin,
)

_ALIGNS: Final = {align.value: align for align in StrokeAlign}
_JOINS: Final = {join.value: join for join in StrokeJoin}
_CAPS: Final = {cap.value: cap for cap in StrokeCap}

# Figma's default angle, 28.96 degrees, is the miter limit 4 of SVG.
_DEFAULT_MITER_LIMIT: Final = 4.0
_MAX_MITER_LIMIT: Final = 1000.0


def read_stroke(node: FigmaNode, building: Building, *, is_line: bool = False) -> Stroke | None:
    """The stroke, or None where nothing of it would be seen. ``is_line``: of a straight line, which can have heads."""
    if not node.strokes:
        return None
    fills = read_fills(node.strokes, building, "strokes")
    weight = 1.0 if node.stroke_weight is None else node.stroke_weight
    sides = _side_weights(node)
    if not fills or max(sides or (weight,)) <= 0:
        return None
    outlines = _outlines(node, building)
    if any(outline.verbs for outline in outlines):  # one that could not be read is none
        building.check_count(len(node.stroke_dashes or ()), "strokeDashes")
        return OutlinedStroke(fills, outlines)
    return _pen(node, fills, weight, sides, building, is_line=is_line)


def _pen(
    node: FigmaNode,
    fills: tuple[Fill, ...],
    weight: float,
    sides: tuple[float, float, float, float] | None,
    building: Building,
    *,
    is_line: bool,
) -> PenStroke:
    return PenStroke(
        fills=fills,
        weight=weight,
        align=_align(node),
        join=_JOINS.get(node.stroke_join or "MITER", StrokeJoin.MITER),
        cap=_cap(node, building, is_line=is_line),
        miter_limit=_miter_limit(node.stroke_miter_angle),
        dashes=_dashes(node, building),
        side_weights=sides,
    )


def _align(node: FigmaNode) -> StrokeAlign:
    # Without an outline a vector is drawn only where it is a segment, and that one is open: it has no sides.
    if node.type == "VECTOR" and not node.fill_geometry:
        return StrokeAlign.CENTER
    fallback = StrokeAlign.CENTER if node.type == "LINE" else StrokeAlign.INSIDE
    return _ALIGNS.get(node.stroke_align or "", fallback)


def _side_weights(node: FigmaNode) -> tuple[float, float, float, float] | None:
    sides = node.individual_stroke_weights
    return None if sides is None else (sides.top, sides.right, sides.bottom, sides.left)


def _outlines(node: FigmaNode, building: Building) -> tuple[PathData, ...]:
    """The document's own outline of the stroke, where it can be filled as it is.

    For INSIDE and OUTSIDE it cannot: Figma gives the centred stroke of double the weight there, to be clipped by the
    shape. Stroking the shape ourselves, which has to clip as well, says the same.
    """
    if node.stroke_align in ("INSIDE", "OUTSIDE") and node.fill_geometry:
        return ()
    return read_paths(node.stroke_geometry, building, "strokeGeometry")


def _cap(node: FigmaNode, building: Building, *, is_line: bool) -> StrokeCap:
    if node.stroke_type not in (None, "BASIC"):
        building.warn("unsupported-stroke", f"A stroke of kind {node.stroke_type[:40]} is drawn as a plain one.")
    name = node.stroke_cap or "NONE"
    cap = _CAPS.get(name)
    if cap is None or (cap in HEAD_HALF_HEIGHT and not is_line):
        building.warn("unsupported-stroke-cap", f"Stroke cap {name[:40]} is drawn as a plain end.")
        return StrokeCap.NONE
    return cap


def _miter_limit(angle_degrees: float | None) -> float:
    """SVG's ratio for Figma's angle: corners sharper than the angle are cut."""
    if angle_degrees is None:
        return _DEFAULT_MITER_LIMIT
    sine = math.sin(math.radians(min(max(angle_degrees, 0.0), 180.0)) / 2)
    return min(_MAX_MITER_LIMIT, 1 / sine) if sine > 0 else _MAX_MITER_LIMIT


def _dashes(node: FigmaNode, building: Building) -> tuple[float, ...]:
    """Dash and gap lengths in pairs; an odd list is said twice, as in SVG."""
    if not node.stroke_dashes:
        return ()
    dashes = tuple(max(0.0, dash) for dash in node.stroke_dashes)
    building.check_count(len(dashes), "strokeDashes")
    if sum(dashes) <= 0:
        return ()
    return dashes * 2 if len(dashes) % 2 else dashes
