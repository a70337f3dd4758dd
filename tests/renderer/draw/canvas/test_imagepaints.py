from __future__ import annotations

import io

import numpy as np
import pytest
import skia
from PIL import Image

from renderer.displaylist import ColourAdjustment, ImagePaint
from renderer.geometry import Matrix
from renderer.geometry.outline import path_of
from renderer.images import DecodedImage, ImageSource
from renderer.limits import RenderLimits
from tests.renderer.draw.drawing import Image as Pixels
from tests.renderer.draw.drawing import at, box, draw, fill, is_close, solid

REF = "c" * 40
RED, GREEN, BLUE, GREY, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (90, 90, 90), (255, 255, 255)
IDENTICAL = (1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, 1.0, 0)


def _decoded(pixels: Pixels) -> DecodedImage:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    image = ImageSource({REF: buffer.getvalue()}, limits=RenderLimits()).get(REF)
    assert image is not None
    return image


def _quarters() -> DecodedImage:
    """40 x 20: red, green over blue, grey."""
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:10, :20], pixels[:10, 20:], pixels[10:, :20], pixels[10:, 20:] = RED, GREEN, BLUE, GREY
    return _decoded(pixels)


def _draw(matrix: Matrix, **more: object) -> Pixels:
    return draw(fill(box(10, 10, 80, 80), ImagePaint(_quarters(), matrix, **more)))  # type: ignore[arg-type]


def test_the_matrix_says_where_the_pixels_of_the_image_lie() -> None:
    pixels = _draw(Matrix(2, 0, 0, 4, 10, 10))
    assert (at(pixels, 15, 15), at(pixels, 85, 15)) == (RED, GREEN)
    assert (at(pixels, 15, 85), at(pixels, 85, 85)) == (BLUE, GREY)


def test_a_quarter_turn_is_clockwise() -> None:
    pixels = _draw(Matrix(0, 2, -4, 0, 90, 10))
    assert (at(pixels, 85, 15), at(pixels, 85, 85)) == (RED, GREEN)


def test_the_colours_at_its_edge_go_on_beyond_an_image() -> None:
    assert at(_draw(Matrix(0.5, 0, 0, 0.5, 40, 40)), 12, 12) == RED


def test_an_image_that_repeats_tiles_the_plane() -> None:
    pixels = _draw(Matrix(0.5, 0, 0, 0.5, 10, 10), repeats=True)
    for x, y in ((12, 12), (32, 12), (12, 22), (72, 72)):
        assert at(pixels, x, y) == RED
    assert at(pixels, 28, 12) == GREEN


def test_a_clip_leaves_the_rest_of_the_area_clear() -> None:
    pixels = _draw(Matrix(2, 0, 0, 2, 10, 30), clip=path_of(box(10, 30, 80, 40)))
    assert (at(pixels, 15, 35), at(pixels, 85, 65)) == (RED, GREY)
    assert at(pixels, 50, 15) == at(pixels, 50, 85) == WHITE


def test_a_clip_ends_with_its_paint() -> None:
    paint = ImagePaint(_quarters(), Matrix(2, 0, 0, 2, 10, 30), clip=path_of(box(10, 30, 80, 40)))
    pixels = draw(fill(box(10, 10, 80, 80), paint), fill(box(40, 10, 20, 20), solid()))
    assert at(pixels, 50, 15) == RED


def test_opacity() -> None:
    assert is_close(at(_draw(Matrix(2, 0, 0, 4, 10, 10), opacity=0.5), 15, 15), (255, 127.5, 127.5))


def test_a_clear_image_is_mixed_premultiplied_so_that_no_colour_bleeds_out_of_its_clear_pixels() -> None:
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[:, 0], pixels[:, 1] = (255, 0, 0, 255), (0, 255, 0, 0)
    drawn = draw(fill(box(0, 0, 100, 100), ImagePaint(_decoded(pixels), Matrix.scaling(50, 50))))
    assert all(at(drawn, x, 50)[1] <= at(drawn, x, 50)[0] for x in range(100))


def test_a_large_image_is_drawn_small_from_its_mean() -> None:
    stripes = np.zeros((512, 512, 3), np.uint8)
    stripes[:, ::2] = 255
    drawn = draw(fill(box(0, 0, 10, 10), ImagePaint(_decoded(stripes), Matrix.scaling(10 / 512, 10 / 512))))
    assert is_close(at(drawn, 5, 5), (127.5,) * 3, by=3)


def test_an_adjustment_takes_the_curve_first_and_then_the_matrix() -> None:
    inverted = tuple(255 - value for value in range(256))
    halved = tuple(value / 2 if value == 1.0 and place < 15 else value for place, value in enumerate(IDENTICAL))
    place = Matrix(2, 0, 0, 4, 10, 10)
    assert at(_draw(place, adjustment=ColourAdjustment(IDENTICAL)), 15, 15) == RED
    assert at(_draw(place, adjustment=ColourAdjustment(IDENTICAL, inverted)), 15, 15) == (0, 255, 255)
    found = at(_draw(place, adjustment=ColourAdjustment(halved, inverted)), 15, 15)
    assert is_close(found, (0, 127.5, 127.5))


def test_an_image_is_not_copied_for_its_paint(monkeypatch: pytest.MonkeyPatch) -> None:
    """skia-python's setShader writes the whole image out as a PNG and reads it back: seconds for a large one."""

    def refuse(*_: object) -> None:
        pytest.fail("setShader was called")

    monkeypatch.setattr(skia.Paint, "setShader", refuse)
    assert at(_draw(Matrix(2, 0, 0, 4, 10, 10)), 15, 15) == RED


@pytest.mark.parametrize("matrix", [Matrix(1e-9, 0, 0, 1e-9), Matrix(1e7, 1e7, -1e7, 1e7), Matrix(0, 0, 0, 0)])
@pytest.mark.parametrize("repeats", [True, False])
def test_absurd_places_are_harmless(matrix: Matrix, repeats: bool) -> None:
    _draw(matrix, repeats=repeats)
