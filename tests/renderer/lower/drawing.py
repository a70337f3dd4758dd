"""Scenes of a few items, lowered and drawn small by the CPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renderer.displaylist import DisplayList
from renderer.draw import MakeSurface, draw_pixels
from renderer.draw.raster import make_raster_surface
from renderer.fonts import FontProvider
from renderer.geometry import Colour, Matrix, PathData, Point, Rect
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.lower import lower
from renderer.read.rest.svgpath import parse_path
from renderer.scene import (
    BlendMode,
    GradientFill,
    GradientKind,
    GradientStop,
    Group,
    Masked,
    MaskKind,
    PathGeometry,
    RectGeometry,
    Region,
    Scene,
    SceneItem,
    Shape,
    SolidFill,
    Text,
    TextBlock,
)
from renderer.warnings import Warnings

Image = NDArray[np.uint8]
FONTS = Path(__file__).parents[3] / "fonts"
SIZE = 100
RED, GREEN, BLUE = Colour(1, 0, 0), Colour(0, 1, 0), Colour(0, 0, 1)
BLACK, WHITE = Colour(0, 0, 0), Colour(1, 1, 1)


def solid(colour: Colour = RED, opacity: float = 1.0, blend: BlendMode = BlendMode.NORMAL) -> SolidFill:
    return SolidFill(colour, opacity, blend)


def box(x: float = 0, y: float = 0, width: float = 40, height: float = 40, **more: Any) -> Shape:
    """A rectangle at (x, y), red unless said otherwise; any field of Shape can be given."""
    more.setdefault("geometry", RectGeometry())
    more.setdefault("fills", (solid(),))
    more.setdefault("transform", Matrix.translation(x, y))
    return Shape(id="1:1", name="box", width=width, height=height, **more)


def group(*children: SceneItem, x: float = 0, y: float = 0, **more: Any) -> Group:
    """Any field of Group can be given."""
    more.setdefault("transform", Matrix.translation(x, y))
    return Group(id="1:1", name="group", width=40, height=40, children=children, **more)


def words(block: TextBlock, x: float = 5, y: float = 5, width: float = 90, height: float = 90, **more: Any) -> Text:
    """A text in a box at (x, y); any field of Text can be given."""
    more.setdefault("transform", Matrix.translation(x, y))
    return Text(id="1:1", name="text", width=width, height=height, block=block, **more)


def masked(kind: MaskKind, mask: Group | Shape | Text, *content: SceneItem) -> Masked:
    return Masked(kind=kind, mask=mask, content=content)


def path(svg: str, *, even_odd: bool = False) -> PathData:
    return parse_path(svg, even_odd=even_odd)


def outlined(*svgs: str) -> PathGeometry:
    """Regions without fills of their own."""
    return PathGeometry(tuple(Region(path(svg)) for svg in svgs))


def gradient(kind: GradientKind, *handles: tuple[float, float], stops: tuple[GradientStop, ...] = ()) -> GradientFill:
    start, end, side = (Point(*handle) for handle in handles)
    ramp = stops or (GradientStop(0, BLACK), GradientStop(1, WHITE))
    return GradientFill(kind, (start, end, side), ramp)


def lowered(
    *items: SceneItem,
    warnings: Warnings | None = None,
    images: dict[str, bytes] | None = None,
    size: int = SIZE,
    scale: float = 1.0,
    fonts: Any = None,
) -> DisplayList:
    """The items in order on a square page."""
    limits = RenderLimits()
    page = Group(id="0:0", name="page", width=size, height=size, children=items)
    return lower(
        Scene(page, Rect(0, 0, size, size)),
        scale=scale,
        fonts=fonts,
        images=ImageSource(images or {}, limits=limits),
        limits=limits,
        warnings=warnings or Warnings(limits.max_warnings),
    )


def draw(
    *items: SceneItem,
    background: Colour | None = WHITE,
    warnings: Warnings | None = None,
    make_surface: MakeSurface = make_raster_surface,
    **more: Any,
) -> Image:
    """The items in order on a square page; shape (size, size, 4). ``more``: of :func:`lowered`."""
    heard = warnings or Warnings(RenderLimits().max_warnings)
    display_list = lowered(*items, warnings=heard, **more).over(background)
    side = round(display_list.bounds.width * display_list.scale)
    surface = make_surface(side, side)
    draw_pixels(display_list, surface, heard)
    return surface.pixels()


def codes(warnings: Warnings) -> list[str]:
    return [warning.code for warning in warnings.listed()]


def area(*items: SceneItem, scale: float = 4.0) -> float:
    """How much of the page the items cover, in page units, from the alpha of a picture with nothing below."""
    return float(draw(*items, background=None, scale=scale)[..., 3].astype(np.float64).sum()) / 255 / scale**2


def at(pixels: Image, x: int, y: int) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in pixels[y, x, :3])
    return red, green, blue


def is_close(found: tuple[int, ...], wanted: tuple[float, ...], by: int = 2) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def load_fonts() -> FontProvider:
    return FontProvider.load(FONTS)
