from __future__ import annotations

import skia

from renderer.draw.raster import DEVICE, make_raster_surface
from tests.renderer.draw.drawing import box, draw, fill, solid


def test_pixels_are_straight_rgba_top_row_first() -> None:
    surface = make_raster_surface(4, 2)
    surface.canvas.drawRect(skia.Rect.MakeXYWH(1, 0, 2, 1), skia.Paint(Color=0x80FF0000))
    surface.finish()
    pixels = surface.pixels()
    assert pixels.shape == (2, 4, 4)
    assert pixels[0].tolist() == [[0, 0, 0, 0], [255, 0, 0, 128], [255, 0, 0, 128], [0, 0, 0, 0]]
    assert not pixels[1].any()


def test_an_opaque_picture_is_not_copied() -> None:
    surface = make_raster_surface(2, 2)
    surface.canvas.clear(0xFF102030)
    assert surface.pixels() is surface.pixels()
    assert surface.pixels()[0, 0].tolist() == [16, 32, 48, 255]


def test_the_rasteriser_says_that_it_is_one() -> None:
    assert DEVICE.software
    assert make_raster_surface(1, 1).device is DEVICE


def test_the_same_list_gives_the_same_bytes() -> None:
    commands = (fill(box(3.3, 4.7), solid(opacity=0.3)),)
    assert (draw(*commands) == draw(*commands)).all()
