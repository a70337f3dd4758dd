from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from renderer.displaylist import FillArea
from renderer.geometry import Colour, Matrix, Point
from renderer.scene import (
    BackgroundBlur,
    BlendMode,
    BlurRamp,
    DropShadow,
    Effect,
    EllipseGeometry,
    InnerShadow,
    LayerBlur,
    PenStroke,
    RectGeometry,
    SceneItem,
    StrokeAlign,
    TextBlock,
    TextRun,
    TextStyle,
)
from renderer.warnings import Warnings
from tests.renderer.lower.drawing import (
    BLACK,
    BLUE,
    WHITE,
    at,
    box,
    codes,
    draw,
    group,
    is_close,
    load_fonts,
    lowered,
    outlined,
    solid,
    words,
)

WAVE = outlined("M0 0H40V40L20 20L0 40Z")


def _drop(x: float = 0, y: float = 0, radius: float = 0, spread: float = 0, **more: Any) -> DropShadow:
    return DropShadow(Point(x, y), radius, spread, more.pop("colour", BLACK), **more)


def _inner(x: float = 0, y: float = 0, radius: float = 0, spread: float = 0) -> InnerShadow:
    return InnerShadow(Point(x, y), radius, spread, BLUE)


def _dark(pixels: Any) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero((pixels[..., :3] == 0).all(axis=-1))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_a_hard_shadow_is_the_shape_moved() -> None:
    assert _dark(draw(box(20, 20, effects=(_drop(10, 5),))))[2:] == (70, 65)


@pytest.mark.parametrize("angle", [math.pi / 2, math.pi, -math.pi / 2])
def test_the_offset_follows_the_page_however_the_node_is_turned(angle: float) -> None:
    turned = Matrix.translation(40, 40) @ Matrix.rotation(angle) @ Matrix.translation(-20, -20)
    assert _dark(draw(box(transform=turned, effects=(_drop(0, 8),))))[3] == 68


@pytest.mark.parametrize("geometry", [RectGeometry(), RectGeometry((10,) * 4), EllipseGeometry(), WAVE])
def test_a_blurred_shadow_fades_with_half_the_radius_as_sigma(geometry: Any) -> None:
    pixels = draw(box(30, 0, 200, 200, geometry=RectGeometry(), effects=(_drop(-10, 0, 8),)), size=100)
    edge = pixels[50, :30, 0].astype(float)
    ideal = [255 * (1 - 0.5 * (1 + math.erf((x + 0.5 - 20) / (4 * math.sqrt(2))))) for x in range(30)]
    assert np.abs(edge - ideal).max() < 8
    around = draw(box(30, 30, geometry=geometry, effects=(_drop(0, 0, 10),)))
    assert at(around, 30, 26)[0] < 255


def test_spread_grows_the_shadow_and_negative_spread_hides_it() -> None:
    assert _dark(draw(box(30, 30, effects=(_drop(spread=5),))))[:2] == (25, 25)
    assert (draw(box(30, 30, effects=(_drop(spread=-5),)))[..., 0] == 255).all()
    grown = draw(box(30, 30, geometry=WAVE, effects=(_drop(spread=5),)))
    assert at(grown, 27, 50) == (0, 0, 0)


@pytest.mark.parametrize(("shown", "middle"), [(False, 255), (True, 191)])
def test_a_shadow_shows_through_a_clear_node_only_when_asked(shown: bool, middle: int) -> None:
    node = box(30, 30, fills=(solid(WHITE, 0.5),), effects=(_drop(5, 5, show_behind_node=shown),))
    assert at(draw(node), 50, 50)[0] == pytest.approx(middle, abs=3)


def test_a_group_hides_its_shadow_where_it_is_opaque() -> None:
    children = (box(0, 0, 40, 20, fills=(solid(WHITE, 0.5),)), box(0, 20, 40, 20, fills=(solid(WHITE),)))
    pixels = draw(group(*children, x=30, y=30, effects=(_drop(0, 30, show_behind_node=False),)))
    assert at(pixels, 50, 55) == (255, 255, 255)
    assert at(pixels, 50, 75)[0] < 200


def test_a_group_casts_the_shadow_of_its_children() -> None:
    children = (box(0, 0, 10, 10), box(30, 30, 10, 10))
    pixels = draw(group(*children, x=20, y=20, effects=(_drop(0, 12),)))
    assert at(pixels, 25, 37) == (0, 0, 0)
    assert at(pixels, 45, 37) == (255, 255, 255)


def test_an_outside_stroke_casts_its_shadow_too() -> None:
    stroke = PenStroke((solid(),), 6, StrokeAlign.OUTSIDE)
    assert _dark(draw(box(30, 30, stroke=stroke, effects=(_drop(0, 20),))))[3] == 96


def test_text_casts_its_shadow() -> None:
    text = TextBlock("HHH", (TextRun(0, 3, TextStyle("Inter", size=30, weight=900, fills=(solid(),))),))
    node = words(text, 10, 10, 80, 40, effects=(_drop(0, 30), _inner(6)))
    pixels = draw(node, fonts=load_fonts())
    red, black, blue = ((pixels[..., :3] == colour).all(axis=-1) for colour in ((255, 0, 0), (0, 0, 0), (0, 0, 255)))
    assert black.sum() == pytest.approx(red.sum() + blue.sum(), rel=0.25)
    assert blue.sum() > 50


def test_an_inner_shadow_stays_inside_and_falls_from_the_edge() -> None:
    pixels = draw(box(30, 30, effects=(_inner(10, 0),)))
    assert at(pixels, 35, 50) == (0, 0, 255)
    assert at(pixels, 60, 50) == (255, 0, 0)
    assert at(pixels, 25, 50) == (255, 255, 255)
    spread = draw(box(30, 30, effects=(_inner(spread=6),)))
    assert at(spread, 50, 33) == (0, 0, 255)
    assert at(spread, 50, 50) == (255, 0, 0)


def test_an_inner_shadow_of_a_path_with_spread() -> None:
    pixels = draw(box(30, 30, geometry=WAVE, effects=(_inner(spread=4),)))
    assert at(pixels, 50, 32) == (0, 0, 255)
    assert at(pixels, 50, 42) == (255, 0, 0)
    assert at(pixels, 50, 60) == (255, 255, 255)


def test_children_cover_an_inner_shadow() -> None:
    node = box(30, 30, effects=(_inner(10, 0),), children=(box(0, 0, 40, 20, fills=(solid(BLACK),)),))
    assert at(draw(node), 35, 40) == (0, 0, 0)


def test_a_layer_blur_softens_the_whole_node_and_keeps_its_weight() -> None:
    pixels = draw(box(30, 30, effects=(LayerBlur(10),)), background=None)
    assert pixels[..., 3].sum() / 255 == pytest.approx(1600, rel=0.01)
    assert 0 < pixels[28, 50, 3] < 255


_DOWNWARDS = BlurRamp(0, Point(0.5, 0.25), Point(0.5, 0.75))


def test_a_progressive_layer_blur_is_sharp_where_it_begins_and_soft_where_it_ends() -> None:
    pixels = draw(box(20, 10, 60, 80, effects=(LayerBlur(12, _DOWNWARDS),)), background=None)
    assert (pixels[20, 19, 3], pixels[20, 20, 3]) == (0, 255)
    edge = pixels[72, 10:30, 3].astype(int)
    assert (np.diff(edge) >= 0).all()
    assert np.diff(edge).max() < 40


def test_a_progressive_background_blur_grows_too() -> None:
    stripes = tuple(box(20 * i, 0, 10, 100, fills=(solid(BLACK),)) for i in range(5))
    glass = box(0, 0, 100, 100, fills=(solid(WHITE, 0.01),), effects=(BackgroundBlur(24, _DOWNWARDS),))
    contrasts = [int(np.ptp(draw(*stripes, glass)[row, 20:80, 0].astype(int))) for row in (10, 50, 90)]
    assert contrasts[0] > 250
    assert contrasts[0] > contrasts[1] > contrasts[2]


def test_a_progressive_blur_turns_with_its_node() -> None:
    quarter = Matrix(0, 1, -1, 0, 90, 20)
    node = box(0, 0, 60, 80, effects=(LayerBlur(12, _DOWNWARDS),), transform=quarter)
    pixels = draw(node, background=None)
    assert (pixels[19, 80, 3], pixels[20, 80, 3]) == (0, 255)
    assert 0 < pixels[20, 28, 3] < 255


@pytest.mark.parametrize("fill_opacity", [0.01, 0.0])
def test_a_background_blur_shows_only_through_a_fill(fill_opacity: float) -> None:
    stripes = tuple(box(0, 10 * i, 100, 5, fills=(solid(BLACK),)) for i in range(10))
    glass = box(20, 20, 60, 60, fills=(solid(WHITE, 0.01),) if fill_opacity else (), effects=(BackgroundBlur(20),))
    pixels = draw(*stripes, glass)
    assert (at(pixels, 50, 52) == (0, 0, 0)) is not bool(fill_opacity)
    assert at(pixels, 10, 52) == (0, 0, 0)


def test_a_shadow_blends_by_its_mode() -> None:
    shadow = _drop(20, 0, colour=Colour(0.5, 0.5, 0.5), blend=BlendMode.MULTIPLY)
    assert is_close(at(draw(box(0, 0, effects=(shadow,)), background=Colour(1, 0.5, 0)), 50, 20), (127.5, 64, 0), by=3)


def test_nested_effects_paint_the_innermost_content_once() -> None:
    """Painting what casts a shadow a second time would double the work with each group around it."""
    node: SceneItem = box(30, 30)
    effects: tuple[Effect, ...] = (_drop(1, 1, 4), _inner(1, 1, 4))
    for _ in range(10):
        node = group(node, effects=effects)
    assert sum(isinstance(command, FillArea) for command in lowered(node).commands) == 1


@pytest.mark.parametrize("effect", [_drop(radius=1e7), _inner(radius=1e7), LayerBlur(1e7), BackgroundBlur(1e7)])
def test_absurd_blurs_are_held_back_and_said(effect: Effect) -> None:
    heard = Warnings(100)
    draw(box(effects=(effect,), fills=(solid(opacity=0.5),)), warnings=heard)
    assert "blur-clamped" in set(codes(heard))


@pytest.mark.parametrize("spread", [1e7, -1e7])
@pytest.mark.parametrize("geometry", [RectGeometry((5,) * 4), EllipseGeometry(), WAVE])
def test_absurd_spreads_and_offsets_are_harmless(spread: float, geometry: Any) -> None:
    draw(box(geometry=geometry, effects=(_drop(1e7, -1e7, 3, spread), _inner(1e7, -1e7, 3, spread))))
