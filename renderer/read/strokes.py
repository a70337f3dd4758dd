"""Strokes of the document to the stroke of a scene node."""

from __future__ import annotations

import math

from renderer.read.model.node import NodeModel
from renderer.read.outlines import read_outlines
from renderer.read.paints import read_fills
from renderer.read.reading import Reading
from renderer.scene import HEAD_HALF_HEIGHT, PathData, Stroke, StrokeAlign, StrokeCap, StrokeJoin

_ALIGNS = {align.value: align for align in StrokeAlign}
_JOINS = {join.value: join for join in StrokeJoin}
_CAPS = {cap.value: cap for cap in StrokeCap}

# Figma's default angle, 28.96 degrees, is the miter limit 4 of SVG.
_DEFAULT_MITER_LIMIT = 4.0
_MAX_MITER_LIMIT = 1000.0


def read_stroke(model: NodeModel, reading: Reading, *, is_line: bool = False) -> Stroke | None:
    """The stroke, or None where nothing of it would be seen. ``is_line``: of a straight line, which can have heads."""
    fills = read_fills(model.strokes, reading, "strokes")
    if not fills:
        return None
    sides = _side_weights(model)
    weight = 1.0 if model.stroke_weight is None else model.stroke_weight
    if max(sides or (weight,)) <= 0:
        return None
    outline = _outline(model, reading)
    return Stroke(
        fills=fills,
        weight=weight,
        align=_align(model),
        join=_JOINS.get(model.stroke_join or "MITER", StrokeJoin.MITER),
        cap=_cap(model, reading, drawn_already=bool(outline), is_line=is_line),
        miter_limit=_miter_limit(model.stroke_miter_angle),
        dashes=_dashes(model, reading),
        side_weights=sides,
        outline=outline,
    )


def _align(model: NodeModel) -> StrokeAlign:
    # Without an outline a vector is drawn only where it is a segment, and that one is open: it has no sides.
    if model.type == "VECTOR" and not model.fill_geometry:
        return StrokeAlign.CENTER
    fallback = StrokeAlign.CENTER if model.type == "LINE" else StrokeAlign.INSIDE
    return _ALIGNS.get(model.stroke_align or "", fallback)


def _side_weights(model: NodeModel) -> tuple[float, float, float, float] | None:
    sides = model.individual_stroke_weights
    return None if sides is None else (sides.top, sides.right, sides.bottom, sides.left)


def _outline(model: NodeModel, reading: Reading) -> tuple[PathData, ...]:
    """The document's own outline of the stroke, where it can be filled as it is.

    For INSIDE and OUTSIDE it cannot: Figma gives the centred stroke of double the weight there, to be clipped by the
    shape. Stroking the shape ourselves, which has to clip as well, says the same.
    """
    if model.stroke_align in ("INSIDE", "OUTSIDE") and model.fill_geometry:
        return ()
    return read_outlines(model.stroke_geometry, None, reading, "strokeGeometry")


def _cap(model: NodeModel, reading: Reading, *, drawn_already: bool, is_line: bool) -> StrokeCap:
    kind = model.complex_stroke_properties.stroke_type if model.complex_stroke_properties else None
    if kind not in (None, "BASIC") and not drawn_already:
        reading.warn("unsupported-stroke", f"A stroke of kind {str(kind)[:40]} is drawn as a plain one.")
    name = model.stroke_cap or "NONE"
    cap = _CAPS.get(name)
    if cap is None or (cap in HEAD_HALF_HEIGHT and not is_line):
        if not drawn_already:
            reading.warn("unsupported-stroke-cap", f"Stroke cap {name[:40]} is drawn as a plain end.")
        return StrokeCap.NONE
    return cap


def _miter_limit(angle_degrees: float | None) -> float:
    """SVG's ratio for Figma's angle: corners sharper than the angle are cut."""
    if angle_degrees is None:
        return _DEFAULT_MITER_LIMIT
    sine = math.sin(math.radians(min(max(angle_degrees, 0.0), 180.0)) / 2)
    return min(_MAX_MITER_LIMIT, 1 / sine) if sine > 0 else _MAX_MITER_LIMIT


def _dashes(model: NodeModel, reading: Reading) -> tuple[float, ...]:
    """Dash and gap lengths in pairs; an odd list is said twice, as in SVG."""
    dashes = tuple(max(0.0, dash) for dash in model.stroke_dashes or ())
    reading.check_count(len(dashes), "strokeDashes")
    if sum(dashes) <= 0:
        return ()
    return dashes * 2 if len(dashes) % 2 else dashes
