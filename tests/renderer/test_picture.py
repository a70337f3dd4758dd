from __future__ import annotations

import pytest

from renderer.exceptions import OptionError
from renderer.formats import VECTORS, ImageFormat
from renderer.geometry import Rect
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.picture import picture_size
from renderer.warnings import Warnings

LIMITS = RenderLimits()


def _size(across: float, down: float, **options: object) -> tuple[int, int]:
    picture = picture_size(Rect(3.7, -2.2, across, down), RenderOptions(**options), LIMITS, Warnings(9))  # type: ignore[arg-type]
    return picture.width, picture.height


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({}, (100, 50)),
        ({"scale": 2.0}, (200, 100)),
        ({"scale": 0.01}, (1, 1)),
        ({"width": 300}, (300, 150)),
        ({"height": 25}, (50, 25)),
        ({"width": 300, "height": 25}, (50, 25)),
        ({"width": 10, "height": 400}, (10, 5)),
    ],
)
def test_size_follows_scale_width_and_height(options: dict[str, object], size: tuple[int, int]) -> None:
    assert _size(100, 50, **options) == size


def test_a_fractional_size_is_rounded_up_but_rounding_errors_are_not() -> None:
    assert _size(100.2, 50.0004) == (101, 50)


def test_a_third_as_a_scale_gives_whole_pixels() -> None:
    assert _size(99, 33, width=33) == (33, 11)


@pytest.mark.parametrize(
    ("width", "height", "scale"), [(8000, 8000, 1.0), (4000, 3000, 4.0), (1e7, 1e7, 4.0), (1e7, 1.0, 1.0)]
)
def test_above_the_limits_it_is_scaled_down_and_said(width: float, height: float, scale: float) -> None:
    warnings = Warnings(9)
    picture = picture_size(Rect(0, 0, width, height), RenderOptions(scale=scale), LIMITS, warnings)
    assert picture.width * picture.height <= LIMITS.max_output_pixels
    assert max(picture.width, picture.height) <= LIMITS.max_output_side
    assert picture.width * picture.height > 0.9 * min(LIMITS.max_output_pixels, LIMITS.max_output_side * picture.height)
    assert [warning.code for warning in warnings.listed()] == ["picture-scaled-down"]


def test_webp_is_kept_to_the_side_it_can_have() -> None:
    options = RenderOptions(height=16_384, format=ImageFormat.WEBP)
    warnings = Warnings(9)
    picture = picture_size(Rect(0, 0, 1, 400), options, LIMITS, warnings)
    assert picture.height == 16_383
    assert [warning.code for warning in warnings.listed()] == ["picture-scaled-down"]


@pytest.mark.parametrize("image_format", VECTORS)
def test_a_vector_format_has_no_pixels_to_be_too_many(image_format: ImageFormat) -> None:
    bounds = Rect(0, 0, 9000, 8000)
    warnings = Warnings(9)
    picture = picture_size(bounds, RenderOptions(format=image_format), LIMITS, warnings)
    assert (picture.width, picture.height, picture.scale) == (9000, 8000, 1.0)
    assert warnings.listed() == ()


@pytest.mark.parametrize(
    ("image_format", "side"), [(ImageFormat.PDF, 14_400), (ImageFormat.SVG, LIMITS.max_output_side)]
)
def test_a_vector_format_is_kept_to_the_side_it_can_have(image_format: ImageFormat, side: int) -> None:
    warnings = Warnings(9)
    picture = picture_size(Rect(0, 0, 20_000, 100), RenderOptions(format=image_format), LIMITS, warnings)
    assert (picture.width, picture.scale) == (side, side / 20_000)
    assert [warning.code for warning in warnings.listed()] == ["picture-scaled-down"]


def test_scale_and_size_count_for_a_vector_format_too() -> None:
    assert _size(100, 50, scale=2.0, format=ImageFormat.SVG) == (200, 100)
    assert _size(100, 50, width=300, format=ImageFormat.PDF) == (300, 150)


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, 0), (-1, 5), (float("nan"), 5)])
def test_nothing_cannot_be_drawn(width: float, height: float) -> None:
    with pytest.raises(OptionError) as refused:
        _size(width, height)
    assert refused.value.code == "picture-empty"
