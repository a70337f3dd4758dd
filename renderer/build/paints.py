"""Paints of the document to fills of the scene. Hidden paints are gone; unknown ones are warned about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeGuard

from renderer.build.building import Building
from renderer.exceptions import DocumentError
from renderer.figma import FigmaColour, FigmaPaint, ImageAdjustments
from renderer.figma.base import UnitPoint, UnitTransform
from renderer.geometry import Colour, Matrix, Point
from renderer.scene import (
    BlendMode,
    Fill,
    GradientFill,
    GradientKind,
    GradientStop,
    ImageFill,
    ImageFilters,
    ScaleMode,
    SolidFill,
)

_BLEND_MODES: Final = {mode.value: mode for mode in BlendMode}
_GRADIENTS: Final = {f"GRADIENT_{kind.value}": kind for kind in GradientKind}
# The plugin API, and documents made with it, say CROP where REST says STRETCH.
_SCALE_MODES: Final = {mode.value: mode for mode in ScaleMode} | {"CROP": ScaleMode.STRETCH}
_REF: Final = re.compile(r"[0-9A-Za-z_-]{1,128}")
_NORMAL: Final = BlendMode.NORMAL


def read_fills(paints: Sequence[FigmaPaint] | None, building: Building, field: str) -> tuple[Fill, ...]:
    """The visible paints, bottom first. ``field`` names the list in errors."""
    if not paints:
        return ()
    count = len(paints)
    if count == 1:
        fill = _fill(paints[0], building, field, 0)
        return () if fill is None else (fill,)
    building.check_count(count, field)
    fills = [_fill(paint, building, field, index) for index, paint in enumerate(paints)]
    return _merged([fill for fill in fills if fill is not None])


def _fill(paint: FigmaPaint, building: Building, field: str, index: int) -> Fill | None:
    """None where it cannot be seen, or cannot be drawn."""
    if paint.visible is False or (paint.opacity is not None and paint.opacity <= 0.0):
        return None
    kind = paint.type
    if kind == "SOLID":
        return _solid(paint, building, field, index)
    if kind in _GRADIENTS:
        return _gradient(paint, building, f"{field}[{index}]")
    if kind == "IMAGE":
        return _image(paint, building, f"{field}[{index}]")
    building.warn("unsupported-paint", f"A paint of type {kind[:40]} is not drawn.")
    return None


def _solid(paint: FigmaPaint, building: Building, field: str, index: int) -> SolidFill:
    if paint.color is None:
        raise DocumentError("A SOLID paint has no colour. Add its color.", field=f"{field}[{index}].color")
    return SolidFill(read_colour(paint.color), _opacity(paint), read_blend(paint.blend_mode, building, _NORMAL))


def read_colour(colour: FigmaColour) -> Colour:
    r, g, b, a = colour.r, colour.g, colour.b, colour.a
    if 0.0 <= r <= 1.0 and 0.0 <= g <= 1.0 and 0.0 <= b <= 1.0 and 0.0 <= a <= 1.0:
        return Colour(r, g, b, a)
    return Colour(clamp(r), clamp(g), clamp(b), clamp(a))


def clamp(value: float) -> float:
    return 0.0 if value < 0 else 1.0 if value > 1 else value


def _opacity(paint: FigmaPaint) -> float:
    return 1.0 if paint.opacity is None else clamp(paint.opacity)


def read_blend(name: str | None, building: Building, default: BlendMode) -> BlendMode:
    if name is None:
        return default
    mode = _BLEND_MODES.get(name)
    if mode is None:
        building.warn("unsupported-blend-mode", f"Blend mode {name[:40]} is unknown and drawn as normal.")
        return default
    return mode


# --- plain colours ----------------------------------------------------------------------------------------------------


def _merged(fills: Sequence[Fill]) -> tuple[Fill, ...]:
    """Plain colours on one another as one colour. Painted one after the other they would each be smoothed at the edges
    of a shape, and those come out stronger than the shape: Figma mixes its paints first (seen on translucent text)."""
    merged: list[Fill] = []
    for fill in fills:
        below = merged[-1] if merged else None
        if _is_plain(fill) and below is not None and _is_plain(below):
            merged[-1] = _over(fill, below)
        else:
            merged.append(fill)
    return tuple(merged)


def _is_plain(fill: Fill) -> TypeGuard[SolidFill]:
    return isinstance(fill, SolidFill) and fill.blend is _NORMAL


def _over(fill: SolidFill, below: SolidFill) -> SolidFill:
    front, back = fill.colour.a * fill.opacity, below.colour.a * below.opacity
    rest = back * (1 - front)
    alpha = front + rest
    if alpha <= 0:
        return fill
    one, other = fill.colour, below.colour
    red, green, blue = (
        (near * front + far * rest) / alpha for near, far in ((one.r, other.r), (one.g, other.g), (one.b, other.b))
    )
    return SolidFill(Colour(red, green, blue, alpha))


# --- gradients --------------------------------------------------------------------------------------------------------


def _gradient(paint: FigmaPaint, building: Building, field: str) -> Fill | None:
    stops = paint.gradient_stops
    if not stops:
        raise DocumentError("A gradient has no stops. Add gradientStops.", field=f"{field}.gradientStops")
    building.check_count(len(stops), f"{field}.gradientStops")
    ordered = sorted((GradientStop(clamp(stop.position), read_colour(stop.color)) for stop in stops), key=_position)
    blend = read_blend(paint.blend_mode, building, _NORMAL)
    if len(ordered) == 1:
        return SolidFill(ordered[0].colour, _opacity(paint), blend)
    handles = _handles(paint.gradient_handle_positions, f"{field}.gradientHandlePositions")
    return GradientFill(_GRADIENTS[paint.type], handles, tuple(ordered), _opacity(paint), blend)


def _position(stop: GradientStop) -> float:
    return stop.position


def _handles(places: Sequence[UnitPoint] | None, field: str) -> tuple[Point, Point, Point]:
    if not places or not 2 <= len(places) <= 3:
        raise DocumentError("A gradient needs three handle positions: start, end and width.", field=field)
    start, end = Point(places[0].x, places[0].y), Point(places[1].x, places[1].y)
    if len(places) == 3:
        return start, end, Point(places[2].x, places[2].y)
    # The width handle only says something of its own on skewed gradients: across the axis is the default.
    return start, end, Point(start.x - (end.y - start.y), start.y + (end.x - start.x))


# --- images -----------------------------------------------------------------------------------------------------------


def _image(paint: FigmaPaint, building: Building, field: str) -> ImageFill | None:
    ref = paint.image_ref or paint.gif_ref
    if not ref:
        building.warn("image-without-reference", "An image paint names no image and is not drawn.")
        return None
    if not _REF.fullmatch(ref):
        raise DocumentError(
            "An image reference is a digest in hex: up to 128 letters and digits.", field=f"{field}.imageRef"
        )
    return ImageFill(
        ref=ref.lower(),
        scale_mode=_scale_mode(paint.scale_mode, building),
        transform=_image_transform(paint.image_transform),
        scaling_factor=_scaling_factor(paint.scaling_factor, f"{field}.scalingFactor"),
        quarter_turns=_quarter_turns(paint.rotation, building),
        filters=_filters(paint.filters),
        opacity=_opacity(paint),
        blend=read_blend(paint.blend_mode, building, _NORMAL),
    )


def _scale_mode(name: str | None, building: Building) -> ScaleMode:
    if name is None:
        return ScaleMode.FILL
    mode = _SCALE_MODES.get(name)
    if mode is None:
        building.warn("unsupported-scale-mode", f"Image scale mode {name[:40]} is unknown and drawn as FILL.")
        return ScaleMode.FILL
    return mode


def _image_transform(rows: UnitTransform | None) -> Matrix | None:
    if rows is None:
        return None
    (a, c, e), (b, d, f) = rows
    return Matrix(a, b, c, d, e, f)


def _scaling_factor(value: float | None, field: str) -> float:
    if value is None:
        return 1.0
    if value <= 0:
        raise DocumentError("The size of a tile must be above 0.", field=field)
    return value


def _quarter_turns(degrees: float | None, building: Building) -> int:
    if not degrees:
        return 0
    turns = degrees / 90
    if abs(turns - round(turns)) > 1e-3:
        building.warn(
            "unsupported-image-rotation", f"An image turned by {degrees:g} degrees is drawn at a right angle."
        )
    return round(turns) % 4


def _filters(adjustments: ImageAdjustments | None) -> ImageFilters | None:
    if adjustments is None:
        return None
    filters = ImageFilters(
        exposure=_slider(adjustments.exposure),
        contrast=_slider(adjustments.contrast),
        saturation=_slider(adjustments.saturation),
        temperature=_slider(adjustments.temperature),
        tint=_slider(adjustments.tint),
        highlights=_slider(adjustments.highlights),
        shadows=_slider(adjustments.shadows),
    )
    return None if filters == ImageFilters() else filters


def _slider(value: float | None) -> float:
    return 0.0 if value is None else max(-1.0, min(1.0, value))
