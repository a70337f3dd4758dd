"""What SVG cannot say, as a picture: that area alone, at twice the scale.

A picture's pixels lie on those of the whole picture at twice the scale, so that it can be drawn there without being
resampled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from renderer.displaylist import Command, FillArea, GradientPaint
from renderer.draw.raster import rasterise
from renderer.draw.svg.images import address
from renderer.draw.svg.sheet import Sheet
from renderer.exceptions import LimitError
from renderer.geometry import Matrix, Rect
from renderer.limits import MAX_PICTURE_PIXELS, MAX_RASTERISED_PIXELS
from renderer.pixels import Pixels, is_opaque
from renderer.scene import BlendMode

FINER = 2.0


class Picture(Struct, frozen=True, gc=False):
    """``element``: an ``image``, in the coordinates of the picture. ``opaque``: all over."""

    element: str
    opaque: bool


def picture(commands: Sequence[Command], bounds: Rect, sheet: Sheet) -> Picture | None:
    """What commands paint within ``bounds`` (page coordinates) and the view, on a clear ground; None where nothing is
    seen. One that would be too large has a smaller scale. Raises :class:`LimitError` where all together become too
    large."""
    seen = sheet.on_view(bounds).intersection(sheet.view)
    if seen.is_empty:
        return None
    scale = min(sheet.scale * FINER, math.sqrt(MAX_PICTURE_PIXELS / (seen.width * seen.height)))
    area = _whole_pixels(seen, scale)
    count_pixels(round(area.width * scale) * round(area.height * scale), sheet)
    origin = sheet.display_list.bounds
    page = Rect(area.x + origin.x, area.y + origin.y, area.width, area.height)
    pixels = rasterise(sheet.display_list, commands, page, scale, warnings=sheet.warnings)
    return Picture(_image(pixels, area, sheet), is_opaque(pixels)) if pixels[..., 3].any() else None


def gradient_picture(paint: GradientPaint, matrix: Matrix, bounds: Rect, sheet: Sheet) -> str:
    """An ``image`` of a gradient that SVG has not, all over ``bounds`` (page coordinates), or ''."""
    back = matrix.inverse()
    if back is None:
        return ""
    whole = GradientPaint(paint.kind, paint.matrix, paint.stops, 1.0, BlendMode.NORMAL)
    seen = picture([FillArea(back.box(bounds.outset(1.0)), matrix, (whole,), bounds)], bounds, sheet)
    return "" if seen is None else seen.element


def rasterised(what: str, sheet: Sheet) -> None:
    """Say it."""
    detail = f"SVG has no {what}: that area is a picture of {FINER:g} times the scale"
    sheet.warnings.add("rasterised", detail, sheet.node)


def _whole_pixels(rect: Rect, scale: float) -> Rect:
    left, top = math.floor(rect.x * scale), math.floor(rect.y * scale)
    right, bottom = math.ceil(rect.right * scale), math.ceil(rect.bottom * scale)
    return Rect(left / scale, top / scale, (right - left) / scale, (bottom - top) / scale)


def count_pixels(count: int, sheet: Sheet) -> None:
    """Raises :class:`LimitError` where all pictures together become too large."""
    sheet.rasterised_pixels += count
    if sheet.rasterised_pixels > MAX_RASTERISED_PIXELS:
        raise LimitError(
            f"What SVG cannot say takes more than {MAX_RASTERISED_PIXELS} pixels of pictures, which is the limit. Ask "
            "for a smaller picture, a part of the document with `node`, or a PNG.",
            code="limit-rasterised",
        )


def _image(pixels: Pixels, area: Rect, sheet: Sheet) -> str:
    return f'<image{sheet.box(area)} preserveAspectRatio="none" xlink:href="{address(pixels)}"/>'
