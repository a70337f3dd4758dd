from __future__ import annotations

import math

import numpy as np
import pytest

from renderer.displaylist import Band, Cut, FillArea
from renderer.draw.canvas import coverage as coverage_masks
from renderer.geometry import Matrix, PathData, Rect, RoundRect
from renderer.geometry.path import PathBuilder
from renderer.scene import BlendMode, GradientKind, GradientStop
from tests.renderer.draw.drawing import (
    BLACK,
    BLUE,
    RED,
    WHITE,
    Plain,
    at,
    box,
    circle,
    coverage,
    draw,
    fill,
    gradient,
    is_close,
    notched,
    polygon,
    rounded,
    solid,
)

# --- areas ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "size"),
    [
        (box(10, 10, 30, 20), 600.0),
        (circle(10, 10, 60), math.pi * 900),
        (rounded(box(10, 10, 60, 40), 10), 2400 - (4 - math.pi) * 100),
        (RoundRect(box(10, 10, 60, 40), (20, 10, 0, 0, 0, 0, 0, 0)), 2400 - (1 - math.pi / 4) * 200),
        (notched(10, 10), 1600 - 400.0),
        (Band(box(10, 10, 60, 60), box(15, 15, 50, 50)), 3600 - 2500.0),
        (Band(rounded(box(10, 10, 60, 60), 30), circle(20, 20, 40)), math.pi * (900 - 400)),
        (Band(box(10, 10, 60, 60), None), 3600.0),
    ],
)
def test_an_area_is_painted_and_nothing_else(area: Plain, size: float) -> None:
    assert coverage(fill(area)) == pytest.approx(size, rel=0.003)


def test_half_a_pixel_is_half_painted() -> None:
    for area in (box(10.5, 10, 20, 20), polygon((10.5, 10), (30.5, 10), (30.5, 30), (10.5, 30))):
        outside, edge, inside = (int(alpha) for alpha in draw(fill(area), background=None)[20, 9:12, 3])
        assert [outside, edge, inside] == pytest.approx([0, 127.5, 255], abs=1)


@pytest.mark.parametrize(("even_odd", "middle"), [(False, 255), (True, 0)])
def test_a_path_is_filled_by_its_winding_rule(even_odd: bool, middle: int) -> None:
    path = PathBuilder()
    for inset in (0, 20):
        path.move(10 + inset, 10 + inset)
        for x, y in ((90, 10), (90, 90), (10, 90)):
            path.line(x + (inset if x == 10 else -inset), y + (inset if y == 10 else -inset))
        path.close()
    assert draw(fill(path.build(even_odd=even_odd)), background=None)[50, 50, 3] == middle


def test_large_paths_are_drawn_without_a_mask_and_look_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    area = fill(circle(10.3, 10.6, 70))
    masked = draw(area)
    monkeypatch.setattr(coverage_masks, "_LARGEST_MASK_PX", 0)
    assert np.abs(draw(area).astype(int) - masked).max() <= 3


def test_an_empty_path_paints_nothing() -> None:
    assert (draw(fill(PathData(b"", b""))) == 255).all()


# --- cuts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize(("inside", "size"), [(True, 400.0), (False, 1200.0)])
def test_of_an_area_that_is_cut_one_part_is_painted(
    monkeypatch: pytest.MonkeyPatch, small: bool, inside: bool, size: float
) -> None:
    """In a layer where it is small, by a clip where it is large."""
    if not small:
        monkeypatch.setattr(coverage_masks, "_LARGEST_MASK_PX", 0)
    command = fill(box(10, 10), cut=Cut(box(30, 30, 60, 60), inside=inside))
    assert coverage(command) == pytest.approx(size, rel=0.002)


@pytest.mark.parametrize("small", [True, False])
def test_what_is_cut_blends_by_its_mode(monkeypatch: pytest.MonkeyPatch, small: bool) -> None:
    if not small:
        monkeypatch.setattr(coverage_masks, "_LARGEST_MASK_PX", 0)
    paint = solid(BLUE, 1.0, BlendMode.MULTIPLY)
    pixels = draw(fill(box(), solid(RED)), fill(box(), paint, cut=Cut(circle(0, 0), inside=True)))
    assert at(pixels, 20, 20) == (0, 0, 0)
    assert at(pixels, 1, 1) == (255, 0, 0)


# --- paints -----------------------------------------------------------------------------------------------------------


def test_paints_lie_on_one_another_in_order_each_with_its_opacity() -> None:
    assert is_close(at(draw(fill(box(), solid(RED), solid(BLUE, 0.5))), 20, 20), (127.5, 0, 127.5))


def test_paints_on_one_another_are_smoothed_once_at_an_edge() -> None:
    """Black under white of 40 %: where the area covers half a pixel, half of the grey they make."""
    stops = (GradientStop(0, WHITE), GradientStop(1, WHITE))
    veil = gradient(GradientKind.LINEAR, Matrix.scaling(40, 40), *stops, opacity=0.4)
    for paints in ((solid(BLACK), veil), (veil, solid(BLACK, 0.6))):
        pixels = draw(fill(box(10.5, 10, 40, 40), *paints))
        inside, edge = at(pixels, 30, 30)[0], at(pixels, 10, 30)[0]
        assert abs(edge - (255 + inside) / 2) <= 1
    assert is_close(at(draw(fill(box(), solid(BLACK), veil)), 20, 20), (102, 102, 102), by=1)


def test_many_paints_are_painted_one_by_one() -> None:
    red, _, blue = at(draw(fill(box(), *(solid(colour, 0.5) for colour in (RED, BLUE) * 4))), 20, 20)
    assert blue > red


def test_a_mode_of_its_own_is_kept_among_other_paints() -> None:
    paints = (solid(RED), solid(BLUE, 1.0, BlendMode.MULTIPLY))
    assert at(draw(fill(box(), *paints)), 20, 20) == (0, 0, 0)


# --- gradients --------------------------------------------------------------------------------------------------------


def _over_page(kind: GradientKind, matrix: Matrix, *stops: GradientStop, opacity: float = 1.0) -> FillArea:
    return fill(Rect(0, 0, 100, 100), gradient(kind, matrix, *stops, opacity=opacity))


def test_a_linear_gradient_runs_along_the_x_of_its_space_and_goes_on_beyond() -> None:
    pixels = draw(_over_page(GradientKind.LINEAR, Matrix(50, 0, 0, 100, 25, 0)))
    assert is_close(at(pixels, 10, 50), (0, 0, 0))
    assert is_close(at(pixels, 50, 50), (129, 129, 129), by=3)
    assert is_close(at(pixels, 90, 50), (255, 255, 255))


def test_a_skewed_space_tilts_the_lines_of_equal_colour() -> None:
    straight = draw(_over_page(GradientKind.LINEAR, Matrix(100, 0, 0, 100, 0, 0)))
    tilted = draw(_over_page(GradientKind.LINEAR, Matrix(100, 0, 50, 100, 0, 0)))
    assert is_close(at(straight, 50, 90), at(straight, 50, 10))
    assert at(tilted, 50, 90)[0] < at(tilted, 50, 10)[0] - 80


def test_a_radial_gradient_is_an_ellipse() -> None:
    pixels = draw(_over_page(GradientKind.RADIAL, Matrix(50, 0, 0, 25, 50, 50)))
    assert is_close(at(pixels, 75, 50), at(pixels, 50, 62), by=8)
    assert is_close(at(pixels, 50, 80), (255, 255, 255))


def test_an_angular_gradient_turns_clockwise() -> None:
    stops = (GradientStop(0, BLACK), GradientStop(0.25, WHITE), GradientStop(0.75, BLACK), GradientStop(1, BLACK))
    pixels = draw(_over_page(GradientKind.ANGULAR, Matrix(50, 0, 0, 50, 50, 50), *stops))
    assert is_close(at(pixels, 50, 90), (255, 255, 255), by=8)
    assert is_close(at(pixels, 50, 10), (0, 0, 0), by=8)
    assert is_close(at(pixels, 10, 50), (127, 127, 127), by=8)


def test_a_diamond_gradient_measures_along_both_axes() -> None:
    pixels = draw(_over_page(GradientKind.DIAMOND, Matrix(50, 0, 0, 50, 50, 50)))
    assert is_close(at(pixels, 74, 50), at(pixels, 62, 62), by=8)
    assert is_close(at(pixels, 90, 90), (255, 255, 255))


@pytest.mark.parametrize("kind", list(GradientKind))
def test_opacity_holds_for_every_gradient(kind: GradientKind) -> None:
    stops = (GradientStop(0, BLACK), GradientStop(1, BLACK))
    faded = _over_page(kind, Matrix.scaling(100, 100), *stops, opacity=0.25)
    assert is_close(at(draw(faded), 50, 50), (191, 191, 191))


def test_stops_are_mixed_straight_not_premultiplied() -> None:
    stops = (GradientStop(0, RED.faded(0)), GradientStop(1, BLUE))
    command = _over_page(GradientKind.LINEAR, Matrix.scaling(100, 100), *stops)
    red, _, blue, alpha = map(int, draw(command, background=None)[50, 50])
    assert alpha == pytest.approx(128, abs=3)
    assert red == pytest.approx(127, abs=4)
    assert blue == pytest.approx(128, abs=4)


def test_a_gradient_moves_with_its_command_and_stays_within_its_area() -> None:
    paint = gradient(GradientKind.LINEAR, Matrix.scaling(40, 40))
    pixels = draw(fill(rounded(box(), 20), paint, matrix=Matrix.translation(30, 30)), background=RED)
    assert is_close(at(pixels, 50, 50), (127, 127, 127), by=5)
    assert at(pixels, 31, 31) == (255, 0, 0)
