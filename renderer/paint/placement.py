"""Where an image lands in a node: FILL, FIT, TILE and STRETCH, as one map from image pixels to node coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import skia

from renderer.scene import ImageFill, Matrix, ScaleMode


@dataclass(frozen=True, slots=True)
class Placement:
    """``matrix``: ``skia.Matrix`` from image pixels to node coordinates. ``repeats``: the image tiles the plane;
    otherwise it covers its own rectangle and nothing else."""

    matrix: Any
    repeats: bool


def place(fill: ImageFill, image_width: int, image_height: int, width: float, height: float) -> Placement | None:
    """None when a transform flattens the image to nothing."""
    turned = _turned(fill.quarter_turns, image_width, image_height)
    across, down = (image_width, image_height) if fill.quarter_turns % 2 == 0 else (image_height, image_width)
    match fill.scale_mode:
        case ScaleMode.STRETCH:
            unit = _stretch(fill.transform or Matrix(), width, height)
            if unit is None:
                return None
            unit.preScale(1 / image_width, 1 / image_height)
            return Placement(unit, repeats=False)
        case ScaleMode.TILE:
            factor = fill.scaling_factor
            return Placement(_scaled(turned, factor, factor, 0.0, 0.0), repeats=True) if factor > 0 else None
    scales = width / across, height / down
    scale = max(scales) if fill.scale_mode is ScaleMode.FILL else min(scales)
    if scale <= 0:
        return None
    left, top = (width - across * scale) / 2, (height - down * scale) / 2
    return Placement(_scaled(turned, scale, scale, left, top), repeats=False)


def _stretch(transform: Matrix, width: float, height: float) -> Any | None:
    """From the image's unit square to the node: the inverse of the document's map."""
    t = transform
    inverse = skia.Matrix()
    if not skia.Matrix.MakeAll(t.a, t.c, t.e, t.b, t.d, t.f, 0.0, 0.0, 1.0).invert(inverse):
        return None
    inverse.postScale(width, height)
    return inverse


def _turned(quarter_turns: int, width: int, height: int) -> Any:
    """Turn clockwise about the origin, then move back so that the top left corner is at the origin again."""
    match quarter_turns % 4:
        case 1:
            return skia.Matrix.MakeAll(0, -1, height, 1, 0, 0, 0, 0, 1)
        case 2:
            return skia.Matrix.MakeAll(-1, 0, width, 0, -1, height, 0, 0, 1)
        case 3:
            return skia.Matrix.MakeAll(0, 1, 0, -1, 0, width, 0, 0, 1)
        case _:
            return skia.Matrix()


def _scaled(matrix: Any, scale_x: float, scale_y: float, left: float, top: float) -> Any:
    matrix.postScale(scale_x, scale_y)
    matrix.postTranslate(left, top)
    return matrix
