from __future__ import annotations

import pytest

from renderer.geometry import Colour, Point
from renderer.scene import BlendMode, GradientFill, GradientKind, GradientStop, RectGeometry
from tests.renderer.lower.drawing import BLACK, BLUE, RED, WHITE, at, box, draw, gradient, is_close, solid


def test_fills_are_painted_in_order_each_with_its_opacity() -> None:
    pixels = draw(box(fills=(solid(RED), solid(BLUE, 0.5))))
    assert is_close(at(pixels, 20, 20), (127.5, 0, 127.5))


def test_fills_on_one_another_are_smoothed_once_at_an_edge() -> None:
    """Black under white of 40 %: where the shape covers half a pixel, half of the grey they make."""
    veil = GradientFill(
        GradientKind.LINEAR,
        (Point(0, 0), Point(1, 0), Point(0, 1)),
        (GradientStop(0, WHITE), GradientStop(1, WHITE)),
        opacity=0.4,
    )
    for fills in ((solid(BLACK), veil), (veil, solid(BLACK, 0.6))):
        pixels = draw(box(10.5, 10, 40, 40, fills=fills))
        inside, edge = at(pixels, 30, 30)[0], at(pixels, 10, 30)[0]
        assert abs(edge - (255 + inside) / 2) <= 1
    assert is_close(at(draw(box(fills=(solid(BLACK), veil))), 20, 20), (102, 102, 102), by=1)


def test_many_fills_are_painted_one_by_one() -> None:
    fills = tuple(solid(colour, 0.5, BlendMode.NORMAL) for colour in (RED, BLUE) * 4)
    assert at(draw(box(fills=fills)), 20, 20)[2] > at(draw(box(fills=fills)), 20, 20)[0]


def test_a_linear_gradient_runs_from_its_first_handle_to_its_second() -> None:
    pixels = draw(box(0, 0, 100, 100, fills=(gradient(GradientKind.LINEAR, (0.25, 0), (0.75, 0), (0.25, 1)),)))
    assert is_close(at(pixels, 10, 50), (0, 0, 0))
    assert is_close(at(pixels, 50, 50), (129, 129, 129), by=3)
    assert is_close(at(pixels, 90, 50), (255, 255, 255))


def test_the_third_handle_tilts_the_lines_of_equal_colour() -> None:
    straight = draw(box(0, 0, 100, 100, fills=(gradient(GradientKind.LINEAR, (0, 0), (1, 0), (0, 1)),)))
    tilted = draw(box(0, 0, 100, 100, fills=(gradient(GradientKind.LINEAR, (0, 0), (1, 0), (0.5, 1)),)))
    assert is_close(at(straight, 50, 90), at(straight, 50, 10))
    assert at(tilted, 50, 90)[0] < at(tilted, 50, 10)[0] - 80


def test_a_radial_gradient_is_an_ellipse_of_its_two_axes() -> None:
    pixels = draw(box(0, 0, 100, 100, fills=(gradient(GradientKind.RADIAL, (0.5, 0.5), (1, 0.5), (0.5, 0.75)),)))
    assert is_close(at(pixels, 75, 50), at(pixels, 50, 62), by=8)
    assert is_close(at(pixels, 50, 80), (255, 255, 255))


def test_an_angular_gradient_turns_clockwise_and_closes_its_ramp() -> None:
    stops = (GradientStop(0.25, BLACK), GradientStop(0.75, WHITE))
    pixels = draw(
        box(0, 0, 100, 100, fills=(gradient(GradientKind.ANGULAR, (0.5, 0.5), (1, 0.5), (0.5, 1), stops=stops),))
    )
    assert is_close(at(pixels, 50, 90), (0, 0, 0), by=4)
    assert is_close(at(pixels, 50, 10), (255, 255, 255), by=4)
    assert is_close(at(pixels, 95, 49), (127, 127, 127), by=8)
    assert is_close(at(pixels, 95, 50), (127, 127, 127), by=8)


def test_a_diamond_gradient_measures_along_both_axes() -> None:
    pixels = draw(box(0, 0, 100, 100, fills=(gradient(GradientKind.DIAMOND, (0.5, 0.5), (1, 0.5), (0.5, 1)),)))
    assert is_close(at(pixels, 74, 50), at(pixels, 62, 62), by=8)
    assert is_close(at(pixels, 90, 90), (255, 255, 255))


@pytest.mark.parametrize("kind", list(GradientKind))
def test_handles_that_span_nothing_leave_the_last_colour(kind: GradientKind) -> None:
    stops = (GradientStop(0, BLACK), GradientStop(1, Colour(0, 1, 0)))
    pixels = draw(box(fills=(gradient(kind, (0.5, 0.5), (0.5, 0.5), (0.5, 0.5), stops=stops),)))
    assert at(pixels, 20, 20) == (0, 255, 0)


@pytest.mark.parametrize("kind", list(GradientKind))
def test_stops_in_any_order_and_a_single_stop(kind: GradientKind) -> None:
    handles = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    ordered = (GradientStop(0, BLACK), GradientStop(0.4, RED), GradientStop(1, WHITE))
    one = draw(box(fills=(gradient(kind, *handles, stops=ordered),)))
    other = draw(box(fills=(gradient(kind, *handles, stops=ordered[::-1]),)))
    assert (one == other).all()
    single = draw(box(fills=(gradient(kind, *handles, stops=(GradientStop(0.3, RED),)),)))
    assert at(single, 20, 20) == (255, 0, 0)


def test_stops_are_mixed_straight_not_premultiplied() -> None:
    stops = (GradientStop(0, Colour(1, 0, 0, 0)), GradientStop(1, Colour(0, 0, 1, 1)))
    fill = gradient(GradientKind.LINEAR, (0, 0), (1, 0), (0, 1), stops=stops)
    red, _, blue, alpha = map(int, draw(box(0, 0, 100, 100, fills=(fill,)), background=None)[50, 50])
    assert alpha == pytest.approx(128, abs=3)
    assert red == pytest.approx(127, abs=4)
    assert blue == pytest.approx(128, abs=4)


def test_a_fill_stays_inside_a_round_corner() -> None:
    fill = gradient(GradientKind.RADIAL, (0.5, 0.5), (1, 0.5), (0.5, 1))
    assert at(draw(box(geometry=RectGeometry((20,) * 4), fills=(fill,)), background=RED), 1, 1) == (255, 0, 0)
