"""Display lists of a few commands, drawn small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renderer.displaylist import (
    Area,
    CastInnerShadow,
    CastShadow,
    Command,
    DisplayList,
    FillArea,
    Filter,
    GradientPaint,
    Paint,
    Pop,
    PushClip,
    PushGroup,
    SolidPaint,
    Span,
    bounds_of,
)
from renderer.draw.canvas import play
from renderer.draw.canvas.convert import to_colour4f
from renderer.draw.raster import make_raster_surface
from renderer.geometry import IDENTITY, Colour, Matrix, PathData, Point, Rect, RoundRect
from renderer.geometry.corners import fitting
from renderer.geometry.path import PathBuilder
from renderer.scene import BlendMode, GradientKind, GradientStop
from renderer.warnings import Warnings

Image = NDArray[np.uint8]
Plain = Rect | RoundRect | PathData
SIZE = 100
PAGE = Rect(0, 0, SIZE, SIZE)
RED, GREEN, BLUE = Colour(1, 0, 0), Colour(0, 1, 0), Colour(0, 0, 1)
BLACK, WHITE = Colour(0, 0, 0), Colour(1, 1, 1)


def box(x: float = 0, y: float = 0, width: float = 40, height: float = 40) -> Rect:
    return Rect(x, y, width, height)


def rounded(rect: Rect, radius: float) -> Rect | RoundRect:
    return fitting(rect, (radius,) * 8)


def circle(x: float, y: float, size: float = 40) -> Rect | RoundRect:
    return rounded(Rect(x, y, size, size), size / 2)


def polygon(*corners: tuple[float, float]) -> PathData:
    path = PathBuilder()
    path.move(*corners[0])
    for corner in corners[1:]:
        path.line(*corner)
    path.close()
    return path.build()


def notched(x: float, y: float) -> PathData:
    """A square of 40 out of whose lower edge a wedge is cut, up to the middle."""
    return polygon((x, y), (x + 40, y), (x + 40, y + 40), (x + 20, y + 20), (x, y + 40))


def turned(angle: float, x: float, y: float) -> Matrix:
    """A turn about a point of the page."""
    return Matrix.translation(x, y) @ Matrix.rotation(angle) @ Matrix.translation(-x, -y)


def solid(colour: Colour = RED, opacity: float = 1.0, blend: BlendMode = BlendMode.NORMAL) -> SolidPaint:
    return SolidPaint(colour.faded(opacity), blend)


def gradient(kind: GradientKind, matrix: Matrix, *stops: GradientStop, opacity: float = 1.0) -> GradientPaint:
    """From black to white, unless said otherwise."""
    return GradientPaint(kind, matrix, stops or (GradientStop(0, BLACK), GradientStop(1, WHITE)), opacity)


def fill(area: Area, *paints: Paint, matrix: Matrix = IDENTITY, **more: Any) -> FillArea:
    """An area in red, unless said otherwise."""
    return FillArea(area, matrix, paints or (solid(),), matrix.box(bounds_of(area)).outset(1), **more)


def shadow(
    area: Plain,
    x: float = 0,
    y: float = 0,
    sigma: float = 0,
    spread: float = 0,
    *,
    colour: Colour = BLACK,
    blend: BlendMode = BlendMode.NORMAL,
    matrix: Matrix = IDENTITY,
    opaque: bool = True,
    behind: bool = False,
) -> CastShadow:
    return CastShadow(area, matrix, Point(x, y), spread, sigma, colour, blend, opaque, behind, PAGE)


def inner_shadow(
    area: Plain, x: float = 0, y: float = 0, sigma: float = 0, spread: float = 0, *, matrix: Matrix = IDENTITY
) -> CastInnerShadow:
    return CastInnerShadow(area, matrix, Point(x, y), spread, sigma, BLUE, BlendMode.NORMAL, PAGE)


def grouped(
    *inside: Command,
    opacity: float = 1.0,
    blend: BlendMode = BlendMode.NORMAL,
    filters: tuple[Filter, ...] = (),
    bounds: Rect = PAGE,
) -> tuple[Command, ...]:
    return (PushGroup(opacity, blend, filters, bounds, bounds), *inside, Pop())


def clipped(area: Plain, *inside: Command, matrix: Matrix = IDENTITY) -> tuple[Command, ...]:
    return (PushClip(area, matrix, matrix.box(bounds_of(area))), *inside, Pop())


def listed(*commands: Command, spans: tuple[Span, ...] = (), size: int = SIZE) -> DisplayList:
    return DisplayList(Rect(0, 0, size, size), 1.0, None, commands, spans)


def draw(
    *commands: Command,
    background: Colour | None = WHITE,
    warnings: Warnings | None = None,
    spans: tuple[Span, ...] = (),
    make_surface: Callable[[int, int], Any] = make_raster_surface,
    size: int = SIZE,
    scale: float = 1.0,
) -> Image:
    """The commands in order on a square page; shape (size * scale, size * scale, 4)."""
    surface = make_surface(round(size * scale), round(size * scale))
    if background is not None:
        surface.canvas.clear(to_colour4f(background))
    surface.canvas.scale(scale, scale)
    play(listed(*commands, spans=spans, size=size), surface.canvas, warnings=warnings or Warnings(100))
    surface.finish()
    pixels: Image = surface.pixels()
    return pixels


def coverage(*commands: Command, scale: float = 4.0) -> float:
    """How much of the page is painted, in page units, from the alpha of a picture with nothing below."""
    return float(draw(*commands, background=None, scale=scale)[..., 3].astype(np.float64).sum()) / 255 / scale**2


def at(pixels: Image, x: int, y: int) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in pixels[y, x, :3])
    return red, green, blue


def is_close(found: tuple[int, ...], wanted: tuple[float, ...], by: int = 2) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def codes(warnings: Warnings) -> list[str]:
    return [warning.code for warning in warnings.listed()]
