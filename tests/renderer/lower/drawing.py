"""Scenes of a few nodes, drawn small."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from renderer.fonts import FontProvider
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.paint import nodes, paint
from renderer.scene import (
    BlendMode,
    Colour,
    GradientFill,
    GradientKind,
    GradientStop,
    Matrix,
    Node,
    Point,
    Rect,
    RectGeometry,
    Scene,
    SolidFill,
    Warning_,
)
from renderer.draw.raster import make_raster_surface

Image = NDArray[np.uint8]
FONTS = Path(__file__).parents[3] / "fonts"
SIZE = 100
RED, GREEN, BLUE = Colour(1, 0, 0), Colour(0, 1, 0), Colour(0, 0, 1)
BLACK, WHITE = Colour(0, 0, 0), Colour(1, 1, 1)


def solid(colour: Colour = RED, opacity: float = 1.0, blend: BlendMode = BlendMode.NORMAL) -> SolidFill:
    return SolidFill(colour, opacity, blend)


def box(x: float = 0, y: float = 0, width: float = 40, height: float = 40, **more: Any) -> Node:
    """A rectangle at (x, y), red unless said otherwise; any field of Node can be given."""
    more.setdefault("geometry", RectGeometry())
    more.setdefault("fills", (solid(),))
    more.setdefault("transform", Matrix.translation(x, y))
    return Node(id="1:1", name="box", width=width, height=height, **more)


def gradient(kind: GradientKind, *handles: tuple[float, float], stops: tuple[GradientStop, ...] = ()) -> GradientFill:
    start, end, side = (Point(*handle) for handle in handles)
    ramp = stops or (GradientStop(0, BLACK), GradientStop(1, WHITE))
    return GradientFill(kind, (start, end, side), ramp)


def draw(
    *nodes: Node,
    background: Colour | None = WHITE,
    images: dict[str, bytes] | None = None,
    warn: Callable[[Warning_], None] | None = None,
    limits: RenderLimits | None = None,
    make_surface: Callable[[int, int], Any] = make_raster_surface,
    size: int = SIZE,
    scale: float = 1.0,
    fonts: Any = None,
) -> Image:
    """The nodes in order on a square page; shape (size, size, 4)."""
    limits = limits or RenderLimits()
    surface = make_surface(round(size * scale), round(size * scale))
    if background is not None:
        surface.canvas.clear(as_argb(background))
    surface.canvas.scale(scale, scale)
    page = Node(id="0:0", name="page", width=size, height=size, children=nodes)
    paint(
        Scene(page, Rect(0, 0, size, size)),
        surface.canvas,
        images=ImageSource(images or {}, limits=limits),
        fonts=fonts,
        limits=limits,
        warn=warn or (lambda warning: None),
    )
    surface.finish()
    pixels: Image = surface.pixels()
    return pixels


def as_argb(colour: Colour) -> int:
    alpha, red, green, blue = (round(value * 255) for value in (colour.a, colour.r, colour.g, colour.b))
    return alpha << 24 | red << 16 | green << 8 | blue


def area(*nodes: Node, scale: float = 4.0) -> float:
    """How much of the page the nodes cover, in page units, from the alpha of a picture with nothing below."""
    return float(draw(*nodes, background=None, scale=scale)[..., 3].astype(np.float64).sum()) / 255 / scale**2


def at(pixels: Image, x: int, y: int) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in pixels[y, x, :3])
    return red, green, blue


def is_close(found: tuple[int, ...], wanted: tuple[float, ...], by: int = 2) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def load_fonts() -> FontProvider:
    return FontProvider.load(FONTS)


def spy_on_fills(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the nodes whose fills are painted, in order, as it happens."""
    painted: list[str] = []
    original = nodes._draw_fills

    def spy(node: Node, *rest: Any) -> None:
        painted.append(node.name)
        original(node, *rest)

    monkeypatch.setattr(nodes, "_draw_fills", spy)
    return painted
