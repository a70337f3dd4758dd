from __future__ import annotations

import math

import numpy as np
import pytest

from renderer.displaylist import Blur, BlurBackdrop, Command, Filter, InnerShadowFilter, Ramp, ShadowFilter
from renderer.geometry import IDENTITY, Matrix, Point, Rect
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import (
    BLACK,
    BLUE,
    GREEN,
    PAGE,
    WHITE,
    Plain,
    at,
    box,
    circle,
    codes,
    draw,
    fill,
    grouped,
    notched,
    solid,
    turned,
)

_DOWNWARDS = Ramp(0, Point(50, 30), Point(50, 70))
STRIPES = tuple(fill(box(0, 10 * i, 100, 5), solid(BLACK)) for i in range(10))


def _drop(x: float, y: float, sigma: float = 0, *, behind: bool = False) -> ShadowFilter:
    return ShadowFilter(Point(x, y), sigma, BLACK, behind)


def _filtered(*commands: Command, filters: tuple[Filter, ...]) -> tuple[Command, ...]:
    return grouped(*commands, filters=filters)


# --- shadows of what was painted --------------------------------------------------------------------------------------


def test_a_group_casts_the_shadow_of_all_it_paints() -> None:
    pixels = draw(*_filtered(fill(box(20, 20, 10, 10)), fill(box(50, 50, 10, 10)), filters=(_drop(0, 12),)))
    assert at(pixels, 25, 37) == at(pixels, 55, 67) == (0, 0, 0)
    assert at(pixels, 45, 37) == (255, 255, 255)


def test_a_shadow_is_cut_out_where_its_group_is_opaque_unless_it_lies_behind() -> None:
    inside = (fill(box(30, 30, 40, 20), solid(WHITE, 0.5)), fill(box(30, 50, 40, 20), solid(WHITE)))
    cut, behind = (draw(*_filtered(*inside, filters=(_drop(0, 5, behind=shown),))) for shown in (False, True))
    assert at(cut, 50, 60) == at(behind, 50, 60) == (255, 255, 255)
    assert at(cut, 50, 40)[0] > at(behind, 50, 40)[0] + 20
    assert at(cut, 50, 72) == at(behind, 50, 72) == (0, 0, 0)


def test_the_second_of_two_shadows_lies_over_the_first() -> None:
    filters = (_drop(20, 0), ShadowFilter(Point(20, 10), 0, BLUE))
    pixels = draw(*_filtered(fill(box(20, 20)), filters=filters))
    assert at(pixels, 70, 40) == (0, 0, 255)
    assert at(pixels, 70, 25) == (0, 0, 0)


def test_an_inner_shadow_stays_on_what_was_painted() -> None:
    filters = (InnerShadowFilter(Point(10, 0), 0, BLUE),)
    pixels = draw(*_filtered(fill(circle(30, 30)), filters=filters))
    assert (at(pixels, 33, 50), at(pixels, 60, 50), at(pixels, 25, 50)) == ((0, 0, 255), (255, 0, 0), (255, 255, 255))


def test_shadows_inner_shadows_and_a_blur_hold_together() -> None:
    filters = (_drop(0, 20), InnerShadowFilter(Point(0, 10), 0, BLUE), Blur(1.0))
    pixels = draw(*_filtered(fill(box(30, 20)), filters=filters))
    assert (at(pixels, 50, 25), at(pixels, 50, 45), at(pixels, 50, 70)) == ((0, 0, 255), (255, 0, 0), (0, 0, 0))
    assert 20 < at(pixels, 50, 79)[0] < 235


def test_offsets_are_the_pages_and_scale_with_the_picture() -> None:
    pixels = draw(*_filtered(fill(box(20, 20)), filters=(_drop(10, 5),)), scale=2)
    rows, columns = np.nonzero((pixels[..., :3] == 0).all(axis=-1))
    assert (columns.max() + 1, rows.max() + 1) == (140, 130)


def test_a_group_may_blur_what_lies_beside_the_picture() -> None:
    beside = Rect(0, 0, 200, 100)
    pixels = draw(*grouped(fill(box(100, 0, 100, 100)), filters=(Blur(5.0),), bounds=beside))
    assert at(pixels, 98, 50)[1] < 180


# --- blurs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", [1.0, 5.0, 17.0, 25.0])
def test_a_blur_keeps_the_weight_of_what_it_softens(sigma: float) -> None:
    """Also those that work on a smaller picture."""
    area = fill(box(180, 180))
    group = grouped(area, filters=(Blur(sigma),), bounds=Rect(0, 0, 400, 400))
    alpha = draw(*group, background=None, size=400)[..., 3].astype(float)
    assert alpha.sum() / 255 == pytest.approx(1600, rel=0.02)
    profile = alpha.sum(axis=0) / alpha.sum()
    middle = (profile * np.arange(400)).sum()
    spread = math.sqrt((profile * (np.arange(400) - middle) ** 2).sum())
    assert spread == pytest.approx(math.sqrt(sigma**2 + 40**2 / 12), rel=0.05)


def test_a_blur_scales_with_the_picture() -> None:
    group = grouped(fill(box(30, 30)), filters=(Blur(4.0),))
    one, two = draw(*group, background=None), draw(*group, background=None, scale=2)
    halved = two[..., 3].reshape(100, 2, 100, 2).mean(axis=(1, 3))
    assert np.abs(halved - one[..., 3]).max() < 12


def test_a_blur_that_nobody_sees_changes_nothing() -> None:
    area = fill(circle(30, 30))
    assert (draw(*grouped(area, filters=(Blur(0.01),))) == draw(*grouped(area))).all()


def test_a_progressive_blur_is_sharp_where_it_begins_and_soft_where_it_ends() -> None:
    pixels = draw(*_filtered(fill(box(20, 10, 60, 80)), filters=(Blur(6.0, _DOWNWARDS),)), background=None)
    assert (pixels[20, 19, 3], pixels[20, 20, 3]) == (0, 255)
    edge = pixels[72, 10:30, 3].astype(int)
    assert (np.diff(edge) >= 0).all()
    assert np.diff(edge).max() < 40


def test_a_progressive_blur_lies_on_the_page() -> None:
    sideways = Ramp(0, Point(70, 50), Point(30, 50))
    pixels = draw(*_filtered(fill(box(10, 20, 80, 60)), filters=(Blur(6.0, sideways),)), background=None, scale=2)
    assert (pixels[39, 160, 3], pixels[40, 160, 3]) == (0, 255)
    assert 0 < pixels[40, 56, 3] < 255


def test_a_ramp_that_the_device_cannot_resolve_is_a_plain_blur() -> None:
    short = Ramp(0, Point(50, 50), Point(50, 50.0005))
    area = fill(box(30, 30))
    found, plain = (draw(*grouped(area, filters=(Blur(6.0, ramp),))) for ramp in (short, None))
    assert (found == plain).all()


# --- backdrops --------------------------------------------------------------------------------------------------------


def _glass(
    area: Plain, sigma: float, ramp: Ramp | None = None, opacity: float = 1.0, matrix: Matrix = IDENTITY
) -> Command:
    return BlurBackdrop(area, matrix, sigma, ramp, opacity, PAGE)


@pytest.mark.parametrize("area", [box(20, 20, 60, 60), circle(20, 20, 60)])
def test_what_lies_below_is_blurred_within_the_area_alone(area: Plain) -> None:
    pixels = draw(*STRIPES, _glass(area, 10))
    assert np.ptp(pixels[40:60, 50, 0].astype(int)) < 60
    assert np.ptp(pixels[40:60, 5, 0].astype(int)) == 255


def test_nothing_from_outside_the_area_bleeds_into_it() -> None:
    pixels = draw(fill(box(30, 30), solid(GREEN)), _glass(box(30, 30), 10), background=BLACK)
    assert at(pixels, 31, 31) == at(pixels, 50, 50) == (0, 255, 0)


def test_a_turned_area_is_blurred_too() -> None:
    pixels = draw(*STRIPES, _glass(box(30, 30), 10, matrix=turned(math.pi / 4, 50, 50)))
    assert np.ptp(pixels[45:55, 50, 0].astype(int)) < 60
    assert np.ptp(pixels[25:35, 33, 0].astype(int)) == 255


def test_a_faint_backdrop_blur_mixes_with_what_was_there() -> None:
    sharp, half, whole = (
        np.ptp(draw(*STRIPES, _glass(PAGE, 10, opacity=opacity))[40:60, 50, 0].astype(int)) for opacity in (0, 0.5, 1)
    )
    assert sharp > half > whole


def test_a_progressive_backdrop_blur_grows() -> None:
    stripes = tuple(fill(box(20 * i, 0, 10, 100), solid(BLACK)) for i in range(5))
    pixels = draw(*stripes, _glass(PAGE, 12, Ramp(0, Point(50, 25), Point(50, 75))))
    contrasts = [int(np.ptp(pixels[row, 20:80, 0].astype(int))) for row in (10, 50, 90)]
    assert contrasts[0] > 250
    assert contrasts[0] > contrasts[1] > contrasts[2]


def test_a_clear_ground_stays_clear_under_its_blur() -> None:
    pixels = draw(fill(box(40, 40, 20, 20)), _glass(box(20, 20, 60, 60), 8), background=None)
    assert pixels[50, 50, 3] < 200  # the blur has replaced what was there, not been laid over it


# --- what nobody would draw -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "commands",
    [
        grouped(fill(box()), filters=(Blur(1e7),)),
        grouped(fill(box()), filters=(_drop(0, 0, 1e7),)),
        grouped(fill(box()), filters=(InnerShadowFilter(Point(0, 0), 1e7, BLUE),)),
        (_glass(notched(0, 0), 1e7),),
        (_glass(notched(0, 0), 1e7, _DOWNWARDS),),
    ],
)
def test_absurd_blurs_are_held_back_and_said(commands: tuple[Command, ...]) -> None:
    warnings = Warnings(10)
    draw(*commands, warnings=warnings)
    assert codes(warnings) == ["blur-clamped"]
