"""Each mode against its formula: W3C Compositing and Blending, section 10; the LINEAR ones after Photoshop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from renderer.displaylist import Blur
from renderer.geometry import Colour, Matrix
from renderer.scene import BlendMode, GradientKind, GradientStop
from tests.renderer.draw.drawing import (
    RED,
    WHITE,
    at,
    box,
    circle,
    draw,
    fill,
    gradient,
    grouped,
    is_close,
    solid,
    turned,
)

BACKDROP, SOURCE = Colour(0.8, 0.4, 0.2), Colour(0.3, 0.6, 0.9)
Channel = Callable[[float, float], float]


def _soft_light(b: float, s: float) -> float:
    if s <= 0.5:
        return b - (1 - 2 * s) * b * (1 - b)
    d = ((16 * b - 12) * b + 4) * b if b <= 0.25 else b**0.5
    return b + (2 * s - 1) * (d - b)


def _hard_light(b: float, s: float) -> float:
    return 2 * b * s if s <= 0.5 else 1 - 2 * (1 - b) * (1 - s)


SEPARABLE: dict[BlendMode, Channel] = {
    BlendMode.PASS_THROUGH: lambda b, s: s,
    BlendMode.NORMAL: lambda b, s: s,
    BlendMode.DARKEN: min,
    BlendMode.MULTIPLY: lambda b, s: b * s,
    BlendMode.LINEAR_BURN: lambda b, s: max(0.0, b + s - 1),
    BlendMode.COLOR_BURN: lambda b, s: 1 - min(1.0, (1 - b) / s),
    BlendMode.LIGHTEN: max,
    BlendMode.SCREEN: lambda b, s: b + s - b * s,
    BlendMode.LINEAR_DODGE: lambda b, s: min(1.0, b + s),
    BlendMode.COLOR_DODGE: lambda b, s: min(1.0, b / (1 - s)),
    BlendMode.OVERLAY: lambda b, s: _hard_light(s, b),
    BlendMode.SOFT_LIGHT: _soft_light,
    BlendMode.HARD_LIGHT: _hard_light,
    BlendMode.DIFFERENCE: lambda b, s: abs(b - s),
    BlendMode.EXCLUSION: lambda b, s: b + s - 2 * b * s,
}
NOT_SEPARABLE = [BlendMode.LUMINOSITY, BlendMode.COLOR, BlendMode.HUE, BlendMode.SATURATION]


def _channels(mode: BlendMode) -> tuple[float, ...]:
    pairs = zip((BACKDROP.r, BACKDROP.g, BACKDROP.b), (SOURCE.r, SOURCE.g, SOURCE.b), strict=True)
    return tuple(255 * SEPARABLE[mode](b, s) for b, s in pairs)


def _luma(pixel: tuple[float, ...]) -> float:
    return 0.3 * pixel[0] + 0.59 * pixel[1] + 0.11 * pixel[2]


@pytest.mark.parametrize("mode", SEPARABLE)
@pytest.mark.parametrize("area", [box(), circle(0, 0)])
def test_a_paint_blends_by_its_formula(area: object, mode: BlendMode) -> None:
    pixels = draw(fill(area, solid(SOURCE, 1.0, mode)), background=BACKDROP)  # type: ignore[arg-type]
    assert is_close(at(pixels, 20, 20), _channels(mode), by=3)


@pytest.mark.parametrize("mode", SEPARABLE)
def test_a_group_blends_as_one_by_the_same_formula(mode: BlendMode) -> None:
    pixels = draw(*grouped(fill(box(), solid(RED), solid(SOURCE)), blend=mode), background=BACKDROP)
    assert is_close(at(pixels, 20, 20), _channels(mode), by=3)


@pytest.mark.parametrize("mode", NOT_SEPARABLE)
def test_the_modes_of_hue_and_light_take_their_light_from_the_right_side(mode: BlendMode) -> None:
    found = at(draw(fill(box(), solid(SOURCE, 1.0, mode)), background=BACKDROP), 20, 20)
    lit_by = SOURCE if mode is BlendMode.LUMINOSITY else BACKDROP
    assert _luma(found) == pytest.approx(255 * _luma((lit_by.r, lit_by.g, lit_by.b)), abs=3)


def test_every_mode_is_drawn() -> None:
    assert {*SEPARABLE, *NOT_SEPARABLE} == set(BlendMode)


def test_linear_burn_with_opacity_and_blur_leaves_what_is_beside_it_alone() -> None:
    inside = fill(box(20, 20), solid(SOURCE))
    pixels = draw(*grouped(inside, opacity=0.5, blend=BlendMode.LINEAR_BURN, filters=(Blur(1.0),)), background=WHITE)
    assert at(pixels, 5, 5) == (255, 255, 255)
    assert is_close(at(pixels, 40, 40), tuple(255 * (1 - 0.5 * (1 - c)) for c in (0.3, 0.6, 0.9)), by=3)


def test_linear_burn_of_a_turned_gradient_keeps_its_edges() -> None:
    """The layer of a burn is cut at whole pixels: no part of a smoothed edge may be lost with it."""
    stops = (GradientStop(0, SOURCE), GradientStop(1, SOURCE))
    paint = gradient(GradientKind.LINEAR, Matrix.scaling(40, 40), *stops)
    burnt = gradient(GradientKind.LINEAR, Matrix.scaling(40, 40), *stops)
    burnt = type(burnt)(burnt.kind, burnt.matrix, burnt.stops, 1.0, BlendMode.LINEAR_BURN)
    plain, found = (
        draw(fill(box(20.6, 20.6), each, matrix=turned(0.3, 40, 40))).astype(int) for each in (paint, burnt)
    )
    assert np.abs(plain - found).max() <= 2  # over white a burn is what a plain paint is


def test_a_group_lets_nothing_inside_blend_with_what_is_below() -> None:
    inside = fill(box(), solid(SOURCE, 1.0, BlendMode.MULTIPLY))
    through, isolated = draw(inside, background=BACKDROP), draw(*grouped(inside), background=BACKDROP)
    assert is_close(at(through, 20, 20), _channels(BlendMode.MULTIPLY), by=3)
    assert is_close(at(isolated, 20, 20), _channels(BlendMode.NORMAL), by=3)
