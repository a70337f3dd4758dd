"""Paints of the document to fills of the scene. Hidden paints are gone; unknown ones are warned about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeGuard

from renderer.exceptions import DocumentError
from renderer.read.model.base import ColourModel, HandleModel, ImageTransform
from renderer.read.model.paint import FiltersModel, PaintModel
from renderer.read.reading import Reading
from renderer.scene import (
    BlendMode,
    Colour,
    Fill,
    GradientFill,
    GradientKind,
    GradientStop,
    ImageFill,
    ImageFilters,
    Matrix,
    Point,
    ScaleMode,
    SolidFill,
)

_BLEND_MODES = {mode.value: mode for mode in BlendMode}
_GRADIENTS = {f"GRADIENT_{kind.value}": kind for kind in GradientKind}
# The plugin API, and documents made with it, say CROP where REST says STRETCH.
_SCALE_MODES = {mode.value: mode for mode in ScaleMode} | {"CROP": ScaleMode.STRETCH}
_REF = re.compile(r"[0-9A-Za-z_-]{1,128}")


def read_fills(paints: Sequence[PaintModel] | None, reading: Reading, field: str) -> tuple[Fill, ...]:
    """The visible paints, bottom first. ``field`` names the list in errors."""
    if not paints:
        return ()
    reading.check_count(len(paints), field)
    fills = (_fill(paint, reading, f"{field}[{index}]") for index, paint in enumerate(paints) if _shows(paint))
    return _merged([fill for fill in fills if fill is not None])


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
    return isinstance(fill, SolidFill) and fill.blend is BlendMode.NORMAL


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


def _shows(paint: PaintModel) -> bool:
    return paint.visible is not False and (paint.opacity is None or paint.opacity > 0)


def _fill(paint: PaintModel, reading: Reading, field: str) -> Fill | None:
    if paint.type == "SOLID":
        return _solid(paint, reading, field)
    if paint.type in _GRADIENTS:
        return _gradient(paint, reading, field)
    if paint.type == "IMAGE":
        return _image(paint, reading, field)
    reading.warn("unsupported-paint", f"A paint of type {paint.type[:40]} is not drawn.")
    return None


def _solid(paint: PaintModel, reading: Reading, field: str) -> SolidFill:
    if paint.color is None:
        raise DocumentError("A SOLID paint has no colour. Add its color.", field=f"{field}.color")
    return SolidFill(read_colour(paint.color), _opacity(paint), read_blend(paint.blend_mode, reading))


def read_colour(model: ColourModel) -> Colour:
    return Colour(clamp(model.r), clamp(model.g), clamp(model.b), clamp(model.a))


def clamp(value: float) -> float:
    return 0.0 if value < 0 else 1.0 if value > 1 else value


def _opacity(paint: PaintModel) -> float:
    return 1.0 if paint.opacity is None else clamp(paint.opacity)


def read_blend(name: str | None, reading: Reading, default: BlendMode = BlendMode.NORMAL) -> BlendMode:
    if name is None:
        return default
    mode = _BLEND_MODES.get(name)
    if mode is None:
        reading.warn("unsupported-blend-mode", f"Blend mode {name[:40]} is unknown and drawn as normal.")
        return default
    return mode


# --- gradients --------------------------------------------------------------------------------------------------------


def _gradient(paint: PaintModel, reading: Reading, field: str) -> Fill | None:
    stops = paint.gradient_stops
    if not stops:
        raise DocumentError("A gradient has no stops. Add gradientStops.", field=f"{field}.gradientStops")
    reading.check_count(len(stops), f"{field}.gradientStops")
    ordered = sorted((GradientStop(clamp(stop.position), read_colour(stop.color)) for stop in stops), key=_position)
    blend = read_blend(paint.blend_mode, reading)
    if len(ordered) == 1:
        return SolidFill(ordered[0].colour, _opacity(paint), blend)
    handles = _handles(paint.gradient_handle_positions, f"{field}.gradientHandlePositions")
    return GradientFill(_GRADIENTS[paint.type], handles, tuple(ordered), _opacity(paint), blend)


def _position(stop: GradientStop) -> float:
    return stop.position


def _handles(models: Sequence[HandleModel] | None, field: str) -> tuple[Point, Point, Point]:
    if not models or not 2 <= len(models) <= 3:
        raise DocumentError("A gradient needs three handle positions: start, end and width.", field=field)
    start, end = Point(models[0].x, models[0].y), Point(models[1].x, models[1].y)
    if len(models) == 3:
        return start, end, Point(models[2].x, models[2].y)
    # The width handle only says something of its own on skewed gradients: across the axis is the default.
    return start, end, Point(start.x - (end.y - start.y), start.y + (end.x - start.x))


# --- images -----------------------------------------------------------------------------------------------------------


def _image(paint: PaintModel, reading: Reading, field: str) -> ImageFill | None:
    ref = paint.image_ref or paint.gif_ref
    if not ref:
        reading.warn("image-without-reference", "An image paint names no image and is not drawn.")
        return None
    if not _REF.fullmatch(ref):
        raise DocumentError(
            "An image reference is a digest in hex: up to 128 letters and digits.", field=f"{field}.imageRef"
        )
    return ImageFill(
        ref=ref.lower(),
        scale_mode=_scale_mode(paint.scale_mode, reading),
        transform=_image_transform(paint.image_transform),
        scaling_factor=_scaling_factor(paint.scaling_factor, f"{field}.scalingFactor"),
        quarter_turns=_quarter_turns(paint.rotation, reading),
        filters=_filters(paint.filters),
        opacity=_opacity(paint),
        blend=read_blend(paint.blend_mode, reading),
    )


def _scale_mode(name: str | None, reading: Reading) -> ScaleMode:
    if name is None:
        return ScaleMode.FILL
    mode = _SCALE_MODES.get(name)
    if mode is None:
        reading.warn("unsupported-scale-mode", f"Image scale mode {name[:40]} is unknown and drawn as FILL.")
        return ScaleMode.FILL
    return mode


def _image_transform(rows: ImageTransform | None) -> Matrix | None:
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


def _quarter_turns(degrees: float | None, reading: Reading) -> int:
    if not degrees:
        return 0
    turns = degrees / 90
    if abs(turns - round(turns)) > 1e-3:
        reading.warn("unsupported-image-rotation", f"An image turned by {degrees:g} degrees is drawn at a right angle.")
    return round(turns) % 4


def _filters(model: FiltersModel | None) -> ImageFilters | None:
    if model is None:
        return None
    filters = ImageFilters(
        exposure=_slider(model.exposure),
        contrast=_slider(model.contrast),
        saturation=_slider(model.saturation),
        temperature=_slider(model.temperature),
        tint=_slider(model.tint),
        highlights=_slider(model.highlights),
        shadows=_slider(model.shadows),
    )
    return None if filters == ImageFilters() else filters


def _slider(value: float | None) -> float:
    return 0.0 if value is None else max(-1.0, min(1.0, value))
