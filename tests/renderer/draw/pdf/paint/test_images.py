from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from renderer.displaylist import ColourAdjustment, ImagePaint
from renderer.draw.pdf.paint.samples import adjusted, bled, greys, reduced, straight
from renderer.geometry import Matrix
from renderer.images import premultiplied
from tests.renderer.draw.drawing import PAGE, box, fill
from tests.renderer.draw.pdf.files import having, opened, painted, write
from tests.renderer.draw.pdf.paint.photographs import image, photograph, pixels, rounded


def test_a_photograph_is_encoded_anew_as_jpeg() -> None:
    body = write(fill(PAGE, ImagePaint(photograph("JPEG"), Matrix.scaling(2, 3))))
    (found,) = having(body, "/Subtype/Image")
    assert "/DCTDecode" in found
    number = next(number for number, *_ in opened(body).get_page_images(0))
    jpeg = Image.open(BytesIO(opened(body).xref_stream_raw(number)))
    assert jpeg.format == "JPEG"
    assert np.abs(np.asarray(jpeg).astype(int) - pixels()[..., :3]).mean() < 3
    assert jpeg.info.get("exif") is None


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_other_images_are_deflated_without_loss(kind: str) -> None:
    body = write(fill(PAGE, ImagePaint(photograph(kind), Matrix.scaling(2, 3))))
    (found,) = having(body, "/Subtype/Image")
    assert "/FlateDecode" in found
    number = next(number for number, *_ in opened(body).get_page_images(0))
    samples = np.frombuffer(opened(body).xref_stream(number), np.uint8).reshape(40, 60, 3)
    assert (samples == pixels()[..., :3]).all()


def test_alpha_is_a_mask_and_a_photograph_with_it_is_no_jpeg() -> None:
    body = write(fill(PAGE, ImagePaint(image(rounded(), "JPEG"), Matrix.scaling(2, 3))))
    assert not having(body, "/DCTDecode")
    assert having(body, "/SMask", "/DeviceRGB")
    assert having(body, "/DeviceGray", "/Subtype/Image")


def test_an_image_is_in_a_file_once_and_once_more_where_its_colours_are_others() -> None:
    paint = ImagePaint(photograph(), Matrix.scaling(2, 3))
    warmer = ColourAdjustment((1.2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0))
    other = ImagePaint(photograph(), Matrix.scaling(2, 3), adjustment=warmer)
    assert len(having(write(*[fill(PAGE, paint)] * 9), "/Subtype/Image")) == 1
    assert len(having(write(fill(PAGE, paint), fill(PAGE, other)), "/Subtype/Image")) == 2


def test_an_image_with_more_pixels_than_a_page_has_use_for_is_reduced() -> None:
    paint = ImagePaint(image(pixels(1200, 800)), Matrix.scaling(0.05, 0.05))  # twenty pixels for each of the page's
    assert having(write(fill(box(0, 0, 60, 40), paint)), "/Width 240", "/Height 160")
    assert having(write(fill(box(0, 0, 60, 40), paint), scale=4.0), "/Width 1200")


def test_reducing_takes_the_mean_and_keeps_the_rest_at_the_edge() -> None:
    made = np.zeros((3, 5, 4), np.uint8)
    made[:2, :2] = 100
    made[2, 4] = 40
    assert reduced(made, 2).shape == (2, 3, 4)
    assert reduced(made, 2)[0, 0].tolist() == [100] * 4
    assert reduced(made, 2)[1, 2].tolist() == [40] * 4
    assert reduced(made, 1) is made


def test_straight_is_the_inverse_of_premultiplied() -> None:
    made = pixels()
    made[..., 3] = 40 + made[..., 0] // 2
    assert np.abs(straight(premultiplied(made)).astype(int) - made).max() <= 4
    opaque = pixels()
    assert straight(opaque) is opaque


def test_clear_pixels_take_the_colour_of_what_is_around_them() -> None:
    made = np.zeros((64, 64, 4), np.uint8)
    made[:16, :8] = (200, 100, 50, 255)
    made[48:, 48:] = (10, 20, 30, 255)
    colours = bled(made)
    assert colours[3, 12].tolist() == [200, 100, 50]
    assert colours[60, 60].tolist() == [10, 20, 30]
    assert colours[30, 30].tolist() == [(128 * 200 + 256 * 10) // 384, (128 * 100 + 256 * 20) // 384, 36]  # of all
    assert bled(np.zeros((4, 4, 4), np.uint8)).tolist() == np.zeros((4, 4, 3)).tolist()


def test_adjustments_are_baked_in_curve_first() -> None:
    invert = tuple(255 - value for value in range(256))
    half = ColourAdjustment((0.5, 0, 0, 0, 0.1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0), invert)
    made = adjusted(np.full((1, 1, 4), (55, 100, 200, 77), np.uint8), half)
    assert made[0, 0].tolist() == [round((255 - 55) * 0.5 + 25.5), 155, 55, 77]


def test_greys_are_luminance() -> None:
    assert greys(np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)).tolist() == [[54, 182, 18]]


def test_tiles_are_a_pattern() -> None:
    body = write(fill(PAGE, ImagePaint(photograph(), Matrix(0.5, 0, 0, 0.5, 3, 4), repeats=True)))
    assert having(body, "/PatternType 1", "/XStep 60", "/YStep 40", "/Matrix[0.5 0 0 0.5 3 4]")
    assert "scn" in painted(body)
