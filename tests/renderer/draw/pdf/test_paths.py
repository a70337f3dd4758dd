from __future__ import annotations

import math

import numpy as np
import pytest
import skia
from numpy.typing import NDArray

from renderer.displaylist import Band
from renderer.draw.pdf.paths import as_cubics, is_on_pixels, outline, path_operators, rule
from renderer.geometry import IDENTITY, Matrix, PathData, Rect, Verb
from renderer.geometry.path import PathBuilder
from renderer.geometry.skiapath import from_skia
from tests.renderer.draw.drawing import polygon, rounded

Points = NDArray[np.float64]


def _points(path: PathData) -> Points:
    """Along all cubics, a hundred for each."""
    at, found = (0.0, 0.0), []
    for verb, values in path.segments():
        if verb is Verb.CUBIC:
            t = np.linspace(0, 1, 100)[:, None]
            a, b, c, d = (np.array(point) for point in (at, values[:2], values[2:4], values[4:]))
            found.append((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)
        at = (values[-2], values[-1]) if values else at
    return np.concatenate(found)


@pytest.mark.parametrize("radius", [1.0, 40.0, 900.0, 20_000.0])
def test_arcs_of_any_size_stay_within_the_tolerance(radius: float) -> None:
    circle = from_skia(skia.Path.Circle(0, 0, radius))
    assert Verb.CONIC in circle.verbs
    cubics = as_cubics(circle, 0.01)
    assert set(cubics.verbs) <= {Verb.MOVE, Verb.LINE, Verb.CUBIC, Verb.CLOSE}
    distances = np.hypot(*_points(cubics).T)
    assert abs(distances - radius).max() <= 0.01 + radius * 1e-6  # points are 32-bit floats


def test_a_conic_of_any_weight_is_followed() -> None:
    for weight in (0.1, 0.5, 1.0, 3.0, 20.0):
        built = PathBuilder()
        built.move(0, 0)
        built.conic(50, 100, 100, 0, weight)
        x, y = _points(as_cubics(built.build(), 0.01)).T
        t = np.linspace(0, 1, 200_001)
        below = (1 - t) ** 2 + 2 * weight * t * (1 - t) + t**2
        curve = np.stack(((100 * weight * t * (1 - t) + 100 * t**2) / below, 200 * weight * t * (1 - t) / below))
        nearest = [np.hypot(curve[0] - px, curve[1] - py).min() for px, py in zip(x[::7], y[::7], strict=True)]
        assert max(nearest) < 0.03, weight


def test_a_quadratic_is_the_same_curve_as_a_cubic() -> None:
    built = PathBuilder()
    built.move(0, 0)
    built.quad(30, 60, 90, 0)
    x, y = _points(as_cubics(built.build(), 0.0)).T
    t = np.linspace(0, 1, 100)
    assert np.allclose(x, 60 * t * (1 - t) + 90 * t**2, atol=1e-4)
    assert np.allclose(y, 120 * t * (1 - t), atol=1e-4)


def test_a_path_without_them_is_left_as_it_is() -> None:
    path = polygon((0, 0), (1, 0), (1, 1))
    assert as_cubics(path, 0.01) is path


def test_operators_carry_the_matrix() -> None:
    path = polygon((0, 0), (10, 0), (10, 10))
    assert path_operators(path, Matrix(0, 1, -1, 0, 5, 0.25), 0.01) == "5 0.250 m\n5 10.250 l\n-5 10.250 l\nh"


def test_a_rectangle_on_whole_pixels_is_one() -> None:
    assert outline(Rect(1, 2, 3, 4), Matrix.scaling(2, 2), 0.01, scale=1.0) == "2 4 6 8 re"
    assert outline(Rect(1, 2, 3, 4), Matrix.rotation(math.pi / 4), 0.01, scale=1.0).endswith("h")


def test_a_rectangle_between_pixels_stays_there_for_readers_that_would_move_it() -> None:
    spelled = outline(Rect(0.5, 0, 2, 4), IDENTITY, 0.01, scale=1.0)
    assert spelled == "0.500 0 m\n2.500 0 l\n2.500 4 l\n0.500 4 l\n0.500 2 l\nh"
    assert outline(Rect(0.5, 0, 2, 4), IDENTITY, 0.01, scale=2.0) == "0.500 0 2 4 re"
    assert is_on_pixels(Rect(0.5, 0, 2, 4), 2.0)
    assert not is_on_pixels(Rect(0.5, 0, 2, 4), 1.0)


@pytest.mark.parametrize(
    "area", [Rect(0, 0, 5, 0), rounded(Rect(0, 0, 0, 0), 3), polygon((0, 3), (9, 3)), PathData(b"", b"")]
)
def test_what_has_no_area_is_not_drawn_as_a_hair_line(area: Rect | PathData) -> None:
    assert outline(area, IDENTITY, 0.01) == ""


def test_bands_and_even_odd_paths_have_a_rule_of_their_own() -> None:
    square = polygon((0, 0), (9, 0), (9, 9))
    assert rule(Band(Rect(0, 0, 9, 9), Rect(1, 1, 7, 7))) == "*"
    assert rule(PathData(square.verbs, square.points, b"", even_odd=True)) == "*"
    assert rule(square) == rule(Rect(0, 0, 1, 1)) == ""


def test_numbers_that_are_none_or_too_large_leave_the_file_whole() -> None:
    path = polygon((0, 0), (10, 0), (10, 10))
    for matrix in (Matrix(math.nan, 0, 0, 1, 0, 0), Matrix(1e30, 0, 0, 1e30, 0, 0), Matrix(math.inf, 0, 0, 1, 0, 0)):
        spelled = path_operators(path, matrix, 0.01)
        assert set(spelled) <= set("0123456789.-\nmlh ")
