from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from renderer.encode.png import SIGNATURE, encode_png, filter_rows


def _noise(height: int, width: int, alpha: int | None = None) -> np.ndarray:
    pixels = np.random.default_rng(height * 1000 + width).integers(0, 256, (height, width, 4), np.uint8)
    if alpha is not None:
        pixels[..., 3] = alpha
    return pixels


def _chunks(body: bytes) -> dict[bytes, bytes]:
    found, position = {}, len(SIGNATURE)
    while position < len(body):
        (length,) = struct.unpack_from(">I", body, position)
        name, content = body[position + 4 : position + 8], body[position + 8 : position + 8 + length]
        assert struct.unpack_from(">I", body, position + 8 + length)[0] == zlib.crc32(name + content)
        found[name] = content
        position += 12 + length
    return found


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (64, 3), (65, 130), (200, 33)])
@pytest.mark.parametrize("alpha", [None, 255, 0])
def test_every_pixel_comes_back(size: tuple[int, int], alpha: int | None) -> None:
    pixels = _noise(*size, alpha)
    image = Image.open(io.BytesIO(encode_png(pixels, dots_per_inch=72)))
    assert image.mode == ("RGB" if alpha == 255 else "RGBA")
    assert (np.asarray(image.convert("RGBA")) == pixels).all()


def _bands() -> np.ndarray:
    """Flat, a gradient downwards, a gradient across, noise: each wants another filter."""
    yy, xx = np.mgrid[0:64, 0:256].astype(np.uint8)
    flat, noise = np.full((64, 256), 77, np.uint8), _noise(64, 256)[..., 0]
    grey = np.concatenate((flat, yy * 4, xx, np.cumsum(noise // 32, axis=1, dtype=np.uint8)))
    return np.stack((grey, grey, grey, np.full_like(grey, 255)), axis=-1)


def test_each_band_of_rows_gets_the_filter_that_suits_it() -> None:
    pixels = _bands()
    rows = filter_rows(np.ascontiguousarray(pixels[..., :3]).reshape(256, 768), 3)
    assert len(set(rows[:, 0])) > 1
    assert (np.asarray(Image.open(io.BytesIO(encode_png(pixels, dots_per_inch=72)))) == pixels[..., :3]).all()


def test_it_says_which_colours_and_which_density_it_means() -> None:
    chunks = _chunks(encode_png(_noise(4, 4), dots_per_inch=144))
    assert next(iter(chunks)) == b"IHDR"
    assert chunks[b"sRGB"] == b"\x00"
    assert struct.unpack(">I", chunks[b"gAMA"]) == (45455,)
    assert struct.unpack(">IIB", chunks[b"pHYs"]) == (5669, 5669, 1)


def test_the_same_pixels_are_the_same_bytes() -> None:
    assert encode_png(_bands(), dots_per_inch=72) == encode_png(_bands(), dots_per_inch=72)


def test_it_compresses() -> None:
    flat = np.full((512, 512, 4), 200, np.uint8)
    assert len(encode_png(flat, dots_per_inch=72)) < 6000
