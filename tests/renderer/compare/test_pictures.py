from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from renderer.compare import decode, heat_map, measure, strip
from renderer.compare.heatmap import SCALE
from renderer.compare.strip import GAP
from renderer.encode import encode
from renderer.exceptions import ImageError, LimitError
from renderer.formats import ImageFormat
from tests.renderer.compare.pairs import edited, picture


@pytest.mark.parametrize("alpha", [255, 90])
def test_what_the_renderer_encodes_is_decoded_to_the_same_pixels(alpha: int) -> None:
    pixels = picture(alpha=alpha)
    again = decode(encode(pixels, ImageFormat.PNG, quality=90, scale=1), name="cpu", max_pixels=1 << 20)
    assert (again == pixels).all()


@pytest.mark.parametrize("image_format", [ImageFormat.JPEG, ImageFormat.WEBP, ImageFormat.AVIF])
def test_the_other_formats_are_decoded(image_format: ImageFormat) -> None:
    pixels = picture()
    again = decode(encode(pixels, image_format, quality=95, scale=1), name="cpu", max_pixels=1 << 20)
    assert again.shape == pixels.shape
    assert np.abs(again.astype(int) - pixels).mean() < 8


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(30), b"hello" * 100])
def test_what_is_no_picture_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(ImageError) as refused:
        decode(data, name="reference", max_pixels=1000)
    assert refused.value.field == "reference"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(kind: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 26)).save(buffer, kind)
    with pytest.raises(LimitError) as refused:
        decode(buffer.getvalue(), name="reference", max_pixels=1000)
    assert "40 x 26" in refused.value.detail


def test_the_heat_map_has_colour_where_the_pictures_differ_alone() -> None:
    before = picture()
    after = edited(before, 20, 10, 30, 5, (1, 2, 3))
    drawn = heat_map(before, measure(before, after).delta)
    grey = (drawn[..., 0] == drawn[..., 1]) & (drawn[..., 1] == drawn[..., 2])
    differs = (before != after).any(axis=2)
    assert (grey != differs).all()
    assert (drawn[..., 3] == 255).all()


@pytest.mark.parametrize("step", SCALE)
def test_the_heat_maps_colours_are_those_of_its_legend(step: tuple[int, int, int, int]) -> None:
    delta = np.full((1, 1), step[0], np.uint8)
    assert heat_map(picture(1, 1), delta)[0, 0, :3].tolist() == list(step[1:])


def test_a_strip_is_its_pictures_side_by_side() -> None:
    one, other = picture(30, 20), picture(10, 40)
    drawn = strip((one, other))
    assert drawn.shape == (40, 30 + GAP + 10, 4)
    assert (drawn[:20, :30] == one).all()
    assert (drawn[:, 30 + GAP :] == other).all()
    assert not drawn[:, 30 : 30 + GAP].any()
