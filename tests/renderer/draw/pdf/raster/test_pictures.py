"""What is drawn as pixels: how large, how fine, and what is said of it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from renderer.displaylist import Blur, BlurBackdrop, CastInnerShadow, Command, Ramp, ShadowFilter, Span
from renderer.draw.pdf.raster.pictures import Pictures, on_grid
from renderer.geometry import IDENTITY, Colour, Point, Rect
from renderer.limits import MAX_COARSENING_PIXELS
from renderer.scene import BlendMode
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import (
    BLACK,
    BLUE,
    PAGE,
    RED,
    box,
    circle,
    codes,
    fill,
    grouped,
    inner_shadow,
    listed,
    notched,
    shadow,
    solid,
)
from tests.renderer.draw.pdf.files import having, painted, write


def _sizes(*commands: Command, scale: float = 1.0) -> list[tuple[int, int]]:
    """Of the images in a file, without those of one pixel."""
    found = [
        (int(found[1]), int(found[2]))
        for text in having(write(*commands, scale=scale), "/Subtype/Image")
        if (found := re.search(r"/Width (\d+)/Height (\d+)", text))
    ]
    return [size for size in found if size != (1, 1)]


def test_a_blur_is_drawn_twice_as_finely_as_the_page_and_no_finer_than_it_needs() -> None:
    layer = (*grouped(fill(circle(30, 30)), filters=(Blur(1.0),)),)
    assert set(_sizes(*layer)) == {(200, 200)}
    assert set(_sizes(*layer, scale=3.0)) == {(600, 600)}
    assert set(_sizes(*grouped(fill(circle(30, 30)), filters=(Blur(20.0),)))) == {(40, 40)}


def test_a_blur_that_grows_has_a_sharp_part() -> None:
    ramp = Blur(20.0, Ramp(0.0, Point(0, 0), Point(90, 0)))
    assert set(_sizes(*grouped(fill(circle(30, 30)), filters=(ramp,)))) == {(200, 200)}


def test_a_shadow_without_blur_stays_an_area() -> None:
    for command in (
        shadow(box(10, 10), 5, 5, 0, 3),
        inner_shadow(circle(10, 10), 5, 5, 0, 3),
        shadow(notched(9, 9), 5, 5),
    ):
        warnings = Warnings(9)
        body = write(command, warnings=warnings)
        assert codes(warnings) == []
        assert not having(body, "/Subtype/Image")
        assert "\nf" in painted(body)


def test_a_blurred_shadow_is_one_colour_and_a_mask_of_its_own_area() -> None:
    command = shadow(box(30, 30, 20, 20), 2, 2, 8)
    body = write(command)
    assert having(body, "/Width 1/Height 1", "/DeviceRGB", "/SMask")
    assert _sizes(command) == [(100, 100)]  # eight samples for each standard deviation


def test_a_shadow_that_is_cut_out_is_cut_by_an_outline() -> None:
    assert "W* n" in painted(write(shadow(circle(30, 30), 2, 2, 4, opaque=False)))
    assert "W* n" not in painted(write(shadow(circle(30, 30), 2, 2, 4, opaque=False, behind=True)))


def test_an_inner_shadow_is_clipped_by_an_outline() -> None:
    assert " c\n" in painted(write(inner_shadow(circle(30, 30), 2, 2, 4))).split("W n")[0]


@pytest.mark.parametrize(
    "commands",
    [
        (shadow(box(), 1, 1, 4),),
        (CastInnerShadow(box(), IDENTITY, Point(1, 1), 0, 4, BLACK, BlendMode.NORMAL, box()),),
        grouped(fill(box()), filters=(Blur(4.0),)),
        grouped(fill(box()), filters=(ShadowFilter(Point(1, 1), 4, BLACK),)),
        (fill(PAGE), BlurBackdrop(box(), IDENTITY, 3.0, None, 1.0, box())),
        (fill(PAGE), fill(box(), solid(RED, 1.0, BlendMode.LINEAR_BURN))),
    ],
    ids=["shadow", "inner shadow", "layer blur", "shadow of a group", "background blur", "linear burn"],
)
def test_what_is_pixels_is_said_and_of_which_node(commands: tuple[Command, ...]) -> None:
    warnings = Warnings(9)
    spans = (Span("1:1", "page", 0, len(commands) + 1), Span("7:7", "blurred", 1, len(commands) + 1))
    write(fill(box(80, 80, 5, 5)), *commands, spans=spans, warnings=warnings)
    assert [(warning.code, warning.node) for warning in warnings.listed()] == [("rasterised", "7:7")]
    assert re.fullmatch(r"PDF cannot say a [a-z ]+: that part is pixels", warnings.listed()[0].detail)


def test_pixels_begin_where_those_of_the_page_do() -> None:
    area = on_grid(Rect(10.3, 10.3, 5, 5), 2.0, Rect(0.1, 0.1, 99, 99))
    assert np.allclose((area.x, area.y, area.width, area.height), (10.1, 10.1, 5.5, 5.5))


def test_all_areas_together_have_so_many_pixels_and_get_coarser() -> None:
    pictures = Pictures(listed(), 4.0, Warnings(9))
    area, total = Rect(0, 0, 2_000, 2_000), 0.0
    finest = pictures.resolution(area)
    for _ in range(400):
        resolution = pictures.resolution(area)
        pictures._pixels_left -= 1 + int(area.width * area.height * resolution**2)
        total += area.width * area.height * resolution**2
    assert total <= MAX_COARSENING_PIXELS + 400 * 64
    assert 0 < pictures.resolution(area) < finest < 8.0


def test_a_long_strip_is_not_drawn_wider_than_the_rasteriser_can() -> None:
    pictures = Pictures(listed(), 4.0, Warnings(9))
    assert pictures.resolution(Rect(0, 0, 1e7, 1e-3)) * 1e7 < 20_000_000


def test_a_backdrop_blur_sees_only_what_lies_below_it_in_its_group() -> None:
    blur = BlurBackdrop(box(0, 0, 100, 100), IDENTITY, 3.0, None, 1.0, PAGE)
    body = write(
        fill(PAGE, solid(RED)), *grouped(fill(box(), solid(BLUE)), blur, fill(PAGE, solid(Colour(1, 1, 1, 0.01))))
    )
    assert having(body, "/Subtype/Image", "/SMask")  # translucent: the page below is not in it


@pytest.mark.parametrize("area", [Rect(3, 3, 0, 0), Rect(3, 3, 5, 0), Rect(3, 3, 0, 5)])
def test_an_area_without_an_extent_has_a_resolution(area: Rect) -> None:
    assert Pictures(listed(), 1.0, Warnings(10)).resolution(area) > 0
