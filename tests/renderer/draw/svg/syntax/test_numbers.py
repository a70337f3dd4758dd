from __future__ import annotations

import math

import pytest

from renderer.draw.svg.syntax.numbers import Numbers, coefficient, rgb, share, transformation
from renderer.geometry import Colour, Matrix


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "0"),
        (12, "12"),
        (12.5, "12.5"),
        (0.25, ".25"),
        (-0.25, "-.25"),
        (-0.0001, "0"),
        (100, "100"),
        (1 / 3, ".333"),
        (-7.0005, "-7"),
        (1e7, "10000000"),
        (math.nan, "0"),
        (math.inf, "0"),
        (-math.inf, "0"),
    ],
)
def test_lengths_are_short_and_plain(length: float, text: str) -> None:
    assert Numbers(1.0).length(length) == text


@pytest.mark.parametrize(("scale", "text"), [(0.01, "3.1"), (0.1, "3.14"), (1.0, "3.142"), (4.0, "3.1416")])
def test_a_larger_picture_has_finer_numbers(scale: float, text: str) -> None:
    assert Numbers(scale).length(math.pi) == text


def test_no_number_is_off_by_more_than_a_picture_at_eight_times_the_size_shows() -> None:
    for scale in (0.01, 0.3, 1.0, 2.0, 3.99, 4.0):
        numbers = Numbers(scale)
        off = max(abs(float(numbers.length(length / 977)) - length / 977) for length in range(977))
        assert off * 8 * scale <= 0.01


def test_thousands_of_different_numbers_are_still_right() -> None:
    numbers = Numbers(1.0)
    for steps in (*range(70_000), 1, 2, 3):
        assert float(numbers.written(steps)) == pytest.approx(steps / 1000)


@pytest.mark.parametrize(
    ("value", "text"), [(1e-9, "0"), (-1e-9, "0"), (2.5e-5, ".000025"), (math.nan, "0"), (1e20, f"1{'0' * 20}")]
)
def test_coefficients_have_no_exponent(value: float, text: str) -> None:
    assert coefficient(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.5, ".5"), (-1, "0"), (2, "1"), (0.3333333, ".333"), (math.nan, "0")])
def test_shares_are_within_bounds(value: float, text: str) -> None:
    assert share(value) == text


@pytest.mark.parametrize(
    ("colour", "text"),
    [(Colour(1, 0, 0), "#f00"), (Colour(0.2, 0.4, 0.5), "#336680"), (Colour(2, -1, 0.5), "#ff0080")],
)
def test_colours(colour: Colour, text: str) -> None:
    assert rgb(colour) == text


def test_a_matrix() -> None:
    assert transformation(Matrix(1, 0.5, -0.5, 1, 10, -20)) == "matrix(1 .5 -.5 1 10 -20)"
