"""Each mode against its formula: W3C Compositing and Blending, section 10; the LINEAR ones after Photoshop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from renderer.geometry import Colour
from renderer.scene import BlendMode, LayerBlur
from tests.renderer.lower.drawing import RED, WHITE, at, box, draw, is_close, solid

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


def _channels(mode: BlendMode) -> tuple[float, ...]:
    pairs = zip((BACKDROP.r, BACKDROP.g, BACKDROP.b), (SOURCE.r, SOURCE.g, SOURCE.b), strict=True)
    return tuple(255 * SEPARABLE[mode](b, s) for b, s in pairs)


def _luma(pixel: tuple[float, ...]) -> float:
    return 0.3 * pixel[0] + 0.59 * pixel[1] + 0.11 * pixel[2]


@pytest.mark.parametrize("mode", SEPARABLE)
def test_a_fill_blends_by_its_formula(mode: BlendMode) -> None:
    pixels = draw(box(fills=(solid(SOURCE, 1.0, mode),)), background=BACKDROP)
    assert is_close(at(pixels, 20, 20), _channels(mode), by=3)


@pytest.mark.parametrize("mode", SEPARABLE)
def test_a_node_blends_as_one_group_by_the_same_formula(mode: BlendMode) -> None:
    node = box(blend=mode, fills=(solid(RED), solid(SOURCE)))
    assert is_close(at(draw(node, background=BACKDROP), 20, 20), _channels(mode), by=3)


@pytest.mark.parametrize("mode", [BlendMode.LUMINOSITY, BlendMode.COLOR, BlendMode.HUE, BlendMode.SATURATION])
def test_the_modes_of_hue_and_light_take_their_light_from_the_right_side(mode: BlendMode) -> None:
    found = at(draw(box(fills=(solid(SOURCE, 1.0, mode),)), background=BACKDROP), 20, 20)
    lit_by = SOURCE if mode is BlendMode.LUMINOSITY else BACKDROP
    assert _luma(found) == pytest.approx(255 * _luma((lit_by.r, lit_by.g, lit_by.b)), abs=3)


def test_every_mode_of_the_format_is_drawn() -> None:
    drawn = {*SEPARABLE, BlendMode.HUE, BlendMode.SATURATION, BlendMode.COLOR, BlendMode.LUMINOSITY}
    assert drawn == set(BlendMode)


def test_linear_burn_with_opacity_and_blur_leaves_what_is_beside_it_alone() -> None:
    node = box(20, 20, fills=(solid(SOURCE),), blend=BlendMode.LINEAR_BURN, opacity=0.5, effects=(LayerBlur(2),))
    pixels = draw(node, background=WHITE)
    assert at(pixels, 5, 5) == (255, 255, 255)
    assert is_close(at(pixels, 40, 40), tuple(255 * (1 - 0.5 * (1 - c)) for c in (0.3, 0.6, 0.9)), by=3)


def test_pass_through_lets_a_child_blend_with_the_page_and_normal_does_not() -> None:
    child = box(0, 0, fills=(solid(SOURCE, 1.0, BlendMode.MULTIPLY),))
    through = draw(box(fills=(), children=(child,), blend=BlendMode.PASS_THROUGH), background=BACKDROP)
    isolated = draw(box(fills=(), children=(child,), blend=BlendMode.NORMAL), background=BACKDROP)
    assert is_close(at(through, 20, 20), _channels(BlendMode.MULTIPLY), by=3)
    assert is_close(at(isolated, 20, 20), _channels(BlendMode.NORMAL), by=3)
