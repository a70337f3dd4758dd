"""What SVG cannot say, as a picture: that area alone, at twice the scale.

A picture's pixels lie on those of the whole picture at twice the scale, so that it can be drawn there without being
resampled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from renderer.displaylist import BlendMode, Command, FillArea, GradientPaint
from renderer.draw.raster import rasterise
from renderer.draw.svg.pictures.images import address
from renderer.draw.svg.sheet import Sheet
from renderer.exceptions import LimitError
from renderer.geometry import Matrix, Rect
from renderer.limits import MAX_PICTURE_PIXELS, MAX_RASTERISED_PIXELS
from renderer.pixels import Pixels

FINER = 2.0
_GRID = 4  # pixels; wide blurs are computed on pictures of a quarter of the size, which lie alike in both then
_OPAQUE = 250  # of 255: a blur of what is opaque may be rounded down


class Rasterised(Struct, frozen=True, gc=False):
    """``element``: an ``image``, in the coordinates of the picture. ``opaque``: all over, but for its margin."""

    element: str
    opaque: bool


def picture(commands: Sequence[Command], bounds: Rect, sheet: Sheet, *, margin: float = 0.0) -> Rasterised | None:
    """What commands paint within ``bounds`` (page coordinates) and the view, on a clear ground; None where nothing is
    seen. ``margin``: around the bounds, shown too. One that would be too large has a smaller scale. Raises
    :class:`LimitError` where all together become too large."""
    inside = sheet.on_view(bounds).intersection(sheet.view)
    seen = sheet.on_view(bounds.outset(margin)).intersection(sheet.view)
    if seen.is_empty:
        return None
    scale = min(sheet.scale * FINER, math.sqrt(MAX_PICTURE_PIXELS / (seen.width * seen.height)))
    area = _whole_pixels(seen, scale)
    count_pixels(round(area.width * scale) * round(area.height * scale), sheet)
    origin = sheet.display_list.bounds
    page = Rect(area.x + origin.x, area.y + origin.y, area.width, area.height)
    pixels = rasterise(sheet.display_list, commands, page, scale, warnings=sheet.warnings)
    if not pixels[..., 3].any():
        return None
    return Rasterised(_image(pixels, area, sheet), bool((_part(pixels, area, inside, scale)[..., 3] >= _OPAQUE).all()))


def _part(pixels: Pixels, area: Rect, inside: Rect, scale: float) -> Pixels:
    """The pixels of ``area`` that lie whole in ``inside``."""
    top, left = math.ceil((inside.y - area.y) * scale), math.ceil((inside.x - area.x) * scale)
    bottom, right = math.floor((inside.bottom - area.y) * scale), math.floor((inside.right - area.x) * scale)
    return pixels[top:bottom, left:right]


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
    sheet.warnings.rasterised(what, "SVG", sheet.node)


def _whole_pixels(rect: Rect, scale: float) -> Rect:
    left, top = _GRID * math.floor(rect.x * scale / _GRID), _GRID * math.floor(rect.y * scale / _GRID)
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
