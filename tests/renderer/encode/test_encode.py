from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from renderer.encode import encode
from renderer.formats import BITMAPS, LOSSY, VECTORS, ImageFormat


def _picture(alpha: int = 255) -> np.ndarray:
    yy, xx = np.mgrid[0:48, 0:64].astype(np.uint8)
    return np.stack((xx * 3, yy * 4, 128 + 0 * xx, 0 * xx + alpha), axis=-1).astype(np.uint8)


def _open(pixels: np.ndarray, image_format: ImageFormat, quality: int = 90) -> Image.Image:
    return Image.open(io.BytesIO(encode(pixels, image_format, quality=quality, scale=2)))


@pytest.mark.parametrize("image_format", BITMAPS)
def test_the_bytes_are_what_the_media_type_says(image_format: ImageFormat) -> None:
    image = _open(_picture(), image_format)
    assert Image.MIME[image.format or ""] == image_format.media_type
    assert image.size == (64, 48)


@pytest.mark.parametrize("image_format", LOSSY)
def test_lossy_formats_keep_the_picture_and_name_srgb(image_format: ImageFormat) -> None:
    image = _open(_picture(), image_format)
    assert np.abs(np.asarray(image.convert("RGB")).astype(int) - _picture()[..., :3]).mean() < 4
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


@pytest.mark.parametrize("image_format", [ImageFormat.PNG, ImageFormat.WEBP, ImageFormat.AVIF])
def test_alpha_survives_where_the_format_has_it(image_format: ImageFormat) -> None:
    alpha = np.asarray(_open(_picture(100), image_format).convert("RGBA"))[..., 3]
    assert np.abs(alpha.astype(int) - 100).max() <= 2


def test_jpeg_is_laid_on_white() -> None:
    clear = np.zeros((16, 16, 4), np.uint8)
    assert np.asarray(_open(clear, ImageFormat.JPEG)).min() >= 253


@pytest.mark.parametrize("image_format", [ImageFormat.PNG, ImageFormat.JPEG])
def test_the_density_is_72_dots_per_inch_times_the_scale(image_format: ImageFormat) -> None:
    assert _open(_picture(), image_format).info["dpi"] == pytest.approx((144, 144), abs=0.1)


@pytest.mark.parametrize("image_format", LOSSY)
def test_quality_costs_bytes(image_format: ImageFormat) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 4), np.uint8)
    assert len(encode(noise, image_format, quality=95, scale=1)) > len(encode(noise, image_format, quality=20, scale=1))


@pytest.mark.parametrize("image_format", BITMAPS)
def test_the_same_pixels_are_the_same_bytes(image_format: ImageFormat) -> None:
    assert encode(_picture(), image_format, quality=80, scale=1) == encode(
        _picture(), image_format, quality=80, scale=1
    )


@pytest.mark.parametrize("image_format", VECTORS)
def test_what_is_not_made_of_pixels_is_not_encoded(image_format: ImageFormat) -> None:
    with pytest.raises(ValueError, match="not made of pixels"):
        encode(_picture(), image_format, quality=80, scale=1)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (RuntimeError("Conversion to YUV failed: Out of memory"), MemoryError),
        (RuntimeError("Failed to encode image: Encoding of color planes failed"), MemoryError),
        (OSError("out of memory error when writing image file"), MemoryError),
        (ValueError("encoding error 5"), ValueError),
    ],
)
def test_a_codec_without_memory_is_a_memory_error(
    raised: Exception, expected: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise raised

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(expected):
        encode(_picture(), ImageFormat.AVIF, quality=80, scale=1)
