from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from renderer.geometry import Colour, Matrix, Rect, RoundRect
from renderer.scene import BlendMode
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import (
    BLACK,
    BLUE,
    WHITE,
    Image,
    Plain,
    at,
    box,
    circle,
    codes,
    draw,
    fill,
    inner_shadow,
    is_close,
    notched,
    rounded,
    shadow,
    solid,
    turned,
)

AREAS: list[Plain] = [box(30, 30), rounded(box(30, 30), 10), circle(30, 30), notched(30, 30)]


def _dark(pixels: Image) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero((pixels[..., :3] == 0).all(axis=-1))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


# --- drop shadows -----------------------------------------------------------------------------------------------------


def test_a_hard_shadow_is_the_area_moved() -> None:
    assert _dark(draw(shadow(box(20, 20), 10, 5), fill(box(20, 20))))[2:] == (70, 65)


@pytest.mark.parametrize("angle", [math.pi / 2, math.pi, -math.pi / 2])
def test_the_offset_follows_the_page_however_the_area_is_turned(angle: float) -> None:
    matrix = turned(angle, 40, 40)
    pixels = draw(shadow(box(20, 20), 0, 8, matrix=matrix), fill(box(20, 20), matrix=matrix))
    assert _dark(pixels)[3] == 68


def test_the_offset_is_in_pixels_of_the_page_though_the_area_is_scaled() -> None:
    doubled = Matrix.scaling(2, 2)
    assert _dark(draw(shadow(box(10, 10, 20, 20), 10, 5, matrix=doubled, behind=True)))[2:] == (70, 65)


def test_a_blurred_shadow_fades_by_its_sigma() -> None:
    edge = draw(shadow(box(20, 0, 200, 200), sigma=4, behind=True, opaque=False))[50, :30, 0].astype(float)
    ideal = [255 * (1 - 0.5 * (1 + math.erf((x + 0.5 - 20) / (4 * math.sqrt(2))))) for x in range(30)]
    assert np.abs(edge - ideal).max() < 8


@pytest.mark.parametrize("area", AREAS)
def test_a_blurred_shadow_shows_around_every_kind_of_area(area: Plain) -> None:
    for matrix in (Matrix(), turned(0.5, 50, 50)):
        pixels = draw(shadow(area, sigma=5, matrix=matrix), fill(area, solid(WHITE), matrix=matrix))
        assert pixels[..., 0].min() < 200
        assert at(pixels, 50, 35) == (255, 255, 255)


def test_a_blur_beyond_what_a_mask_can_blur_goes_on_growing() -> None:
    """Skia's mask filter stops at 128 device pixels, so a layer takes over; at that width both look the same."""
    area = box(0, 0, 400, 400)
    narrow, wide, wider = (
        draw(shadow(area, sigma=sigma, opaque=False, behind=True), size=400)[200, ::10, 0].astype(int)
        for sigma in (128, 128.5, 250)
    )
    assert np.abs(narrow - wide).max() <= 3
    assert wider[20] > narrow[20] + 30


def test_spread_grows_the_shadow_and_negative_spread_hides_it() -> None:
    area = box(30, 30)
    assert _dark(draw(shadow(area, spread=5), fill(area)))[:2] == (25, 25)
    assert (draw(shadow(area, spread=-5), fill(area))[..., 0] == 255).all()
    assert (draw(shadow(area, spread=-20, opaque=False, behind=True))[..., 0] == 255).all()


@pytest.mark.parametrize("area", [rounded(box(30, 30), 10), circle(30, 30)])
def test_round_corners_grow_with_their_spread(area: RoundRect) -> None:
    pixels = draw(shadow(area, spread=10, opaque=False, behind=True), background=None)[..., 3] / 255
    radius = area.radii[0] + 10
    assert pixels.sum() == pytest.approx(3600 - (4 - math.pi) * radius**2, rel=0.005)


def test_a_path_grows_by_its_edge_and_shrinks_by_it() -> None:
    area = notched(30, 30)
    assert at(draw(shadow(area, spread=5), fill(area)), 27, 50) == (0, 0, 0)
    shrunk = draw(shadow(area, spread=-5, opaque=False, behind=True))
    assert at(shrunk, 50, 32) == (255, 255, 255)
    assert at(shrunk, 50, 40) == (0, 0, 0)


def test_the_shadow_of_a_path_with_spread_is_as_clear_as_its_colour_where_edge_and_inside_meet() -> None:
    pixels = draw(shadow(notched(30, 30), spread=5, colour=BLACK.faded(0.5), opaque=False, behind=True))
    assert len({at(pixels, 50, y)[0] for y in range(28, 48)}) == 1


@pytest.mark.parametrize("area", AREAS)
def test_a_shadow_lies_behind_what_is_clear_only_when_it_is_said_to(area: Plain) -> None:
    hidden, shown = (at(draw(shadow(area, 5, 5, opaque=False, behind=behind)), 55, 45)[0] for behind in (False, True))
    assert (hidden, shown) == (255, 0)


@pytest.mark.parametrize("area", [box(20, 20, 60, 60), rounded(box(20, 20, 60, 60), 20)])
def test_beneath_an_opaque_area_no_shadow_is_drawn_but_along_its_edge(area: Plain) -> None:
    """Most of the pixels of a large shadow are spared; those that a smoothed edge lets through are not."""
    pixels = draw(shadow(area, sigma=2))
    assert at(pixels, 50, 50) == (255, 255, 255)
    assert (draw(shadow(area), fill(area))[..., 1] == draw(fill(area))[..., 1]).mean() > 0.98
    assert at(pixels, 50, 20)[0] < 200


def test_a_shadow_blends_by_its_mode() -> None:
    command = shadow(box(), 20, 0, colour=Colour(0.5, 0.5, 0.5), blend=BlendMode.MULTIPLY)
    assert is_close(at(draw(command, background=Colour(1, 0.5, 0)), 50, 20), (127.5, 64, 0), by=3)


def test_a_shadow_by_linear_burn_is_drawn_by_another_mode_and_said() -> None:
    warnings = Warnings(10)
    command = shadow(box(), 20, 0, colour=Colour(0.5, 0.5, 0.5), blend=BlendMode.LINEAR_BURN)
    assert at(draw(command, background=Colour(0.75, 0.75, 0.75), warnings=warnings), 50, 20)[0] < 191
    assert codes(warnings) == ["blend-mode-approximated"]


def test_a_soft_shadow_is_as_dark_as_its_colour_says() -> None:
    """Skia would lay it down in 8-bit steps that round down, up to 2 of 255 too dark."""
    pixels = draw(shadow(box(-200, -200, 500, 500), sigma=4, colour=BLACK.faded(0.3), opaque=False, behind=True))
    assert at(pixels, 50, 50)[0] == pytest.approx(255 * 0.7, abs=0.51)


# --- inner shadows ----------------------------------------------------------------------------------------------------


def test_an_inner_shadow_stays_inside_and_falls_from_the_edge() -> None:
    area = box(30, 30)
    pixels = draw(fill(area), inner_shadow(area, 10, 0))
    assert at(pixels, 35, 50) == (0, 0, 255)
    assert at(pixels, 60, 50) == (255, 0, 0)
    assert at(pixels, 25, 50) == (255, 255, 255)


@pytest.mark.parametrize("area", AREAS)
def test_the_spread_of_an_inner_shadow_makes_its_hole_smaller(area: Plain) -> None:
    pixels = draw(fill(area), inner_shadow(area, spread=6))
    assert at(pixels, 50, 33) == (0, 0, 255)
    assert at(pixels, 40, 45) == (255, 0, 0)
    assert at(pixels, 50, 75) == (255, 255, 255)
    assert at(pixels, 50, 25) == (255, 255, 255)


@pytest.mark.parametrize(("area", "column"), [*((area, 50) for area in AREAS[:3]), (AREAS[3], 40)])
def test_a_blurred_inner_shadow_fades_inwards(area: Plain, column: int) -> None:
    reds = draw(fill(area), inner_shadow(area, sigma=3))[30:43, column, 0].astype(int)
    assert (np.diff(reds) >= 0).all()
    assert reds[0] < 160
    assert reds[-1] > 240


def test_a_hole_of_no_size_leaves_all_in_the_dark() -> None:
    area = box(30, 30)
    assert at(draw(fill(area), inner_shadow(area, spread=20)), 50, 50) == (0, 0, 255)


def test_the_offset_of_an_inner_shadow_follows_the_page() -> None:
    matrix = turned(math.pi / 2, 50, 50)
    pixels = draw(fill(box(30, 30), matrix=matrix), inner_shadow(box(30, 30), 10, 0, matrix=matrix))
    assert at(pixels, 35, 50) == (0, 0, 255)
    assert at(pixels, 65, 50) == (255, 0, 0)


def test_a_wide_inner_shadow_darkens_all_of_the_area() -> None:
    area = box(0, 0, 100, 100)
    pixels = draw(fill(area), inner_shadow(area, sigma=200))
    assert at(pixels, 50, 50)[0] < 60


# --- what nobody would draw -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [shadow(box(), sigma=1e7), inner_shadow(box(), sigma=1e7)])
def test_absurd_blurs_are_held_back_and_said(command: Any) -> None:
    warnings = Warnings(10)
    draw(command, warnings=warnings)
    assert codes(warnings) == ["blur-clamped"]


@pytest.mark.parametrize("spread", [1e7, -1e7])
@pytest.mark.parametrize("area", AREAS)
def test_absurd_spreads_and_offsets_are_harmless(area: Plain, spread: float) -> None:
    draw(shadow(area, 1e7, -1e7, 1.5, spread), inner_shadow(area, 1e7, -1e7, 1.5, spread))


def test_an_area_of_no_size_casts_nothing() -> None:
    pixels = draw(shadow(Rect(50, 50, 0, 0), sigma=4), background=BLUE)
    assert (pixels == draw(background=BLUE)).all()
