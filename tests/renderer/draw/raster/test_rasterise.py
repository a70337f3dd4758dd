from __future__ import annotations

import numpy as np
import pytest

from renderer.displaylist import MaskSource, Pop, PushGroup, PushMasked, Span
from renderer.draw.raster import rasterise
from renderer.exceptions import LimitError
from renderer.geometry import Rect
from renderer.scene import BlendMode, MaskKind
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import PAGE, box, circle, draw, fill, grouped, listed, shadow, solid


def test_an_area_is_drawn_alone_at_its_own_scale() -> None:
    whole = listed(fill(box(0, 0, 100, 100)), fill(box(10, 20, 5, 5), solid()))
    pixels = rasterise(whole, whole.commands[1:], Rect(8, 18, 9, 9), 2.0, warnings=Warnings(1))
    assert pixels.shape == (18, 18, 4)
    rows, columns = np.nonzero(pixels[..., 3])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 13, 4, 13)
    assert pixels[8, 8].tolist() == [255, 0, 0, 255]


def test_pixels_are_straight_not_premultiplied() -> None:
    whole = listed(fill(box(0, 0, 2, 2), solid(opacity=0.5)))
    assert rasterise(whole, whole.commands, Rect(0, 0, 2, 2), 1.0, warnings=Warnings(1))[0, 0].tolist() == [
        255,
        0,
        0,
        128,
    ]


@pytest.mark.parametrize(
    ("width", "scale", "pixels"), [(10, 1.0, 10), (10.2, 1.0, 11), (10.00001, 1.0, 10), (0.1, 1.0, 1), (10, 0.26, 3)]
)
def test_a_part_of_a_pixel_is_a_whole_one(width: float, scale: float, pixels: int) -> None:
    whole = listed()
    assert rasterise(whole, (), Rect(0, 0, width, width), scale, warnings=Warnings(1)).shape == (pixels, pixels, 4)


def test_groups_that_are_left_open_are_closed() -> None:
    balanced = listed(*grouped(fill(circle(0, 0)), opacity=0.5))
    closed = rasterise(balanced, balanced.commands, PAGE, 1.0, warnings=Warnings(1))
    assert (rasterise(balanced, balanced.commands[:-1], PAGE, 1.0, warnings=Warnings(1)) == closed).all()
    masked = listed(PushMasked(MaskKind.ALPHA, PAGE), fill(PAGE), MaskSource(), fill(circle(0, 0)), Pop())
    shown = rasterise(masked, masked.commands[:-1], PAGE, 1.0, warnings=Warnings(1))
    assert (shown == rasterise(masked, masked.commands, PAGE, 1.0, warnings=Warnings(1))).all()
    assert shown[50, 90, 3] == 0


def test_a_whole_list_is_what_is_played() -> None:
    whole = listed(shadow(circle(30, 30), 5, 5, 4), fill(circle(30, 30)), *grouped(fill(box()), opacity=0.3))
    played = draw(*whole.commands, background=None, scale=2)
    assert (rasterise(whole, whole.commands, PAGE, 2.0, warnings=Warnings(1)) == played).all()


def test_warnings_name_the_node_though_only_a_part_is_drawn() -> None:
    commands = (fill(box()), shadow(box(), sigma=1e6))
    whole = listed(*commands, spans=(Span("1:1", "", 0, 1), Span("1:2", "", 1, 2)))
    warnings = Warnings(1)
    rasterise(whole, whole.commands[1:], PAGE, 1.0, warnings=warnings)
    assert [warning.node for warning in warnings.listed()] == ["1:2"]


def test_layers_are_bounded_here_too() -> None:
    area = Rect(0, 0, 2000, 2000)
    nested = listed(*(PushGroup(0.9, BlendMode.NORMAL, (), area, area),) * 60)
    with pytest.raises(LimitError):
        rasterise(nested, nested.commands, area, 1.0, warnings=Warnings(1))
