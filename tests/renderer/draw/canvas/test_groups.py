"""Groups, clips and masks."""

from __future__ import annotations

import math

import pytest

from renderer.displaylist import Command, MaskSource, Pop, PushMasked
from renderer.geometry import Matrix, Rect
from renderer.scene import GradientKind, MaskKind
from tests.renderer.draw.drawing import (
    BLACK,
    BLUE,
    GREEN,
    PAGE,
    RED,
    WHITE,
    Plain,
    at,
    box,
    circle,
    clipped,
    coverage,
    draw,
    fill,
    gradient,
    grouped,
    is_close,
    notched,
    solid,
    turned,
)

CONTENT = fill(box(0, 0, 80, 80), solid(BLUE))


def _masked(kind: MaskKind, mask: Command, *content: Command, bounds: Rect = PAGE) -> tuple[Command, ...]:
    return (PushMasked(kind, bounds), *(content or (CONTENT,)), MaskSource(), mask, Pop())


# --- opacity ----------------------------------------------------------------------------------------------------------


def test_opacity_makes_a_group_of_what_overlaps() -> None:
    pixels = draw(*grouped(fill(box(), solid(RED)), fill(box(20, 20), solid(BLUE)), opacity=0.5))
    assert is_close(at(pixels, 10, 10), (255, 127.5, 127.5))
    assert is_close(at(pixels, 30, 30), (127.5, 127.5, 255))


def test_what_comes_after_a_group_is_not_in_it() -> None:
    pixels = draw(*grouped(fill(box()), opacity=0.5), fill(box(50, 0, 20, 20)))
    assert at(pixels, 60, 10) == (255, 0, 0)


# --- clips ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "size"), [(box(30, 30), 1600.0), (circle(30, 30), math.pi * 400), (notched(30, 30), 1200.0)]
)
@pytest.mark.parametrize("angle", [0.0, 0.4])
def test_a_clip_lets_its_area_show_and_ends_with_its_group(area: Plain, size: float, angle: float) -> None:
    commands = clipped(area, fill(PAGE), matrix=turned(angle, 50, 50))
    assert coverage(*commands) == pytest.approx(size, rel=0.003)
    assert draw(*commands, fill(box(0, 0, 9, 9), solid(GREEN)))[4, 4].tolist() == [0, 255, 0, 255]


def test_the_edge_of_a_clip_is_smoothed() -> None:
    found = draw(*clipped(box(30.5, 30, 40, 40), fill(PAGE)), background=None)[50, 30, 3]
    assert found == pytest.approx(127.5, abs=1)


def test_clips_nest() -> None:
    pixels = draw(*clipped(box(0, 0, 40, 80), *clipped(box(0, 0, 80, 40), CONTENT)))
    assert at(pixels, 20, 20) == (0, 0, 255)
    assert at(pixels, 60, 20) == at(pixels, 20, 60) == (255, 255, 255)


# --- masks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [MaskKind.ALPHA, MaskKind.LUMINANCE])
def test_a_mask_is_not_painted_and_hides_what_lies_outside_it(kind: MaskKind) -> None:
    pixels = draw(*_masked(kind, fill(circle(20, 20), solid(WHITE))), background=GREEN)
    assert at(pixels, 40, 40) == (0, 0, 255)
    assert at(pixels, 10, 10) == at(pixels, 22, 22) == (0, 255, 0)


@pytest.mark.parametrize("kind", [MaskKind.ALPHA, MaskKind.LUMINANCE])
def test_a_half_clear_mask_shows_half(kind: MaskKind) -> None:
    pixels = draw(*_masked(kind, fill(box(0, 0, 80, 80), solid(WHITE, 0.5))))
    assert is_close(at(pixels, 40, 40), (127.5, 127.5, 255), by=3)


@pytest.mark.parametrize(("kind", "shown"), [(MaskKind.ALPHA, True), (MaskKind.LUMINANCE, False)])
def test_black_hides_by_luminance_only(kind: MaskKind, shown: bool) -> None:
    pixels = draw(*_masked(kind, fill(box(0, 0, 80, 80), solid(BLACK))))
    assert (at(pixels, 40, 40) == (0, 0, 255)) is shown


def test_a_gradient_fades_what_it_masks() -> None:
    fade = gradient(GradientKind.LINEAR, Matrix.scaling(80, 80))
    pixels = draw(*_masked(MaskKind.LUMINANCE, fill(box(0, 0, 80, 80), fade)))
    assert at(pixels, 10, 40)[0] > at(pixels, 40, 40)[0] > at(pixels, 70, 40)[0]


def test_what_was_painted_before_and_comes_after_is_left_alone() -> None:
    before, after = fill(box(0, 0, 80, 80), solid(GREEN)), fill(box(0, 90, 80, 10))
    pixels = draw(before, *_masked(MaskKind.ALPHA, fill(box(0, 0, 40, 80))), after)
    assert (at(pixels, 20, 40), at(pixels, 60, 40), at(pixels, 60, 95)) == ((0, 0, 255), (0, 255, 0), (255, 0, 0))


def test_two_masks_both_hold() -> None:
    inner = _masked(MaskKind.ALPHA, fill(box(0, 0, 80, 40)))
    pixels = draw(*_masked(MaskKind.ALPHA, fill(box(0, 0, 40, 80)), *inner))
    assert at(pixels, 20, 20) == (0, 0, 255)
    assert at(pixels, 60, 20) == at(pixels, 20, 60) == (255, 255, 255)


def test_a_mask_may_be_a_group_of_its_own() -> None:
    mask = grouped(fill(box(0, 0, 20, 20)), fill(box(40, 40, 20, 20)), opacity=0.5)
    pixels = draw(PushMasked(MaskKind.ALPHA, PAGE), CONTENT, MaskSource(), *mask, Pop())
    assert is_close(at(pixels, 10, 10), (127.5, 127.5, 255))
    assert at(pixels, 30, 30) == (255, 255, 255)


def test_nothing_shows_outside_the_bounds_of_the_mask() -> None:
    pixels = draw(*_masked(MaskKind.ALPHA, fill(PAGE), bounds=box(0, 0, 30, 30)))
    assert at(pixels, 20, 20) == (0, 0, 255)
    assert at(pixels, 35, 20) == (255, 255, 255)


def test_very_many_clips_are_harmless() -> None:
    draw(*clipped(box(0, 0, 80, 80))[:1] * 3000, CONTENT, *(Pop(),) * 3000)
