from __future__ import annotations

import io

import numpy as np
import pytest
import skia
from PIL import Image

from renderer.geometry import Matrix
from renderer.scene import ImageFill, ImageFilters, ScaleMode
from renderer.warnings import Warnings
from tests.renderer.lower.drawing import at, box, codes, draw, is_close

REF = "c" * 40
RED, GREEN, BLUE, GREY, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (90, 90, 90), (255, 255, 255)


def _image() -> dict[str, bytes]:
    """40 x 20: red, green over blue, grey."""
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:10, :20], pixels[:10, 20:], pixels[10:, :20], pixels[10:, 20:] = RED, GREEN, BLUE, GREY
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return {REF: buffer.getvalue()}


def _draw(mode: ScaleMode, **more: object) -> np.ndarray:
    return draw(box(10, 10, 80, 80, fills=(ImageFill(REF, mode, **more),)), images=_image())  # type: ignore[arg-type]


def test_fill_covers_the_node_and_cuts_the_longer_side() -> None:
    pixels = _draw(ScaleMode.FILL)
    assert (at(pixels, 15, 15), at(pixels, 85, 15), at(pixels, 15, 85)) == (RED, GREEN, BLUE)


def test_fit_shows_all_of_the_image_and_leaves_the_rest_clear() -> None:
    pixels = _draw(ScaleMode.FIT)
    assert (at(pixels, 15, 35), at(pixels, 85, 35), at(pixels, 85, 65)) == (RED, GREEN, GREY)
    assert at(pixels, 50, 15) == at(pixels, 50, 85) == WHITE


def test_tile_repeats_from_the_top_left() -> None:
    pixels = _draw(ScaleMode.TILE, scaling_factor=0.5)
    for x, y in ((12, 12), (32, 12), (12, 22), (72, 72)):
        assert at(pixels, x, y) == RED
    assert at(pixels, 28, 12) == GREEN


def test_stretch_fills_the_node_and_a_transform_crops() -> None:
    assert at(_draw(ScaleMode.STRETCH), 15, 15) == RED
    right_half = _draw(ScaleMode.STRETCH, transform=Matrix(0.5, 0, 0, 1, 0.5, 0))
    assert (at(right_half, 15, 15), at(right_half, 15, 85)) == (GREEN, GREY)


def test_a_crop_that_reaches_beyond_the_image_leaves_the_rest_clear() -> None:
    pixels = _draw(ScaleMode.STRETCH, transform=Matrix(2, 0, 0, 1, 0, 0))
    assert at(pixels, 20, 15) == RED
    assert at(pixels, 70, 50) == WHITE


@pytest.mark.parametrize(("turns", "corner"), [(0, RED), (1, BLUE), (2, GREY), (3, GREEN)])
def test_quarter_turns_are_clockwise(turns: int, corner: tuple[int, int, int]) -> None:
    for mode in (ScaleMode.FILL, ScaleMode.TILE):
        assert at(_draw(mode, quarter_turns=turns, scaling_factor=1.0), 14, 14) == corner


def test_opacity_and_a_small_sampling_of_a_large_image() -> None:
    assert is_close(at(_draw(ScaleMode.FILL, opacity=0.5), 15, 15), (255, 127.5, 127.5))


def test_a_missing_image_draws_nothing_and_is_named() -> None:
    heard = Warnings(100)
    pixels = draw(box(fills=(ImageFill("d" * 40),)), warnings=heard)
    assert (pixels == 255).all()
    assert [(warning.code, warning.node) for warning in heard.listed()] == [("image-missing", "1:1")]


def test_adjustments_are_approximated_and_said() -> None:
    heard = Warnings(100)
    fill = ImageFill(REF, filters=ImageFilters(exposure=0.5, saturation=-1.0, temperature=0.2))
    pixels = draw(box(10, 10, 80, 80, fills=(fill,)), images=_image(), warnings=heard)
    red, green, blue = at(pixels, 15, 15)
    assert red > green > blue
    assert set(codes(heard)) == {"image-filter-approximated"}


@pytest.mark.parametrize("amount", [1.0, -1.0])
def test_shadows_change_dark_tones_and_highlights_light_ones(amount: float) -> None:
    ramp = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[None, :], 4, axis=0))
    stored = io.BytesIO()
    ramp.save(stored, "PNG")

    def tones(**sliders: float) -> list[int]:
        fill = ImageFill(REF, ScaleMode.STRETCH, filters=ImageFilters(**sliders) if sliders else None)
        pixels = draw(box(0, 0, 256, 256, fills=(fill,)), images={REF: stored.getvalue()}, size=256)
        return [int(tone) for tone in pixels[128, :, 0]]

    plain, shadows, highlights = tones(), tones(shadows=amount), tones(highlights=amount)
    assert (shadows[0], shadows[255], highlights[0], highlights[255]) == (0, 255, 0, 255)
    assert shadows == sorted(shadows)
    assert highlights == sorted(highlights)
    moved = [[abs(a - b) for a, b in zip(plain, changed, strict=True)] for changed in (shadows, highlights)]
    assert moved[0][64] > 3 * moved[0][224] > 0
    assert moved[1][192] > 3 * moved[1][32] > 0


@pytest.mark.parametrize("matrix", [Matrix(0, 0, 0, 0), Matrix(1e-9, 0, 0, 1e-9), Matrix(1e7, 1e7, -1e7, 1e7)])
def test_absurd_placements_are_harmless(matrix: Matrix) -> None:
    _draw(ScaleMode.STRETCH, transform=matrix)
    _draw(ScaleMode.TILE, scaling_factor=1e-9)
    _draw(ScaleMode.TILE, scaling_factor=0.0)


def test_an_image_is_not_copied_for_its_paint(monkeypatch: pytest.MonkeyPatch) -> None:
    """skia-python's setShader writes the whole image out as a PNG and reads it back: seconds for a large one."""

    def refuse(*_: object) -> None:
        pytest.fail("setShader was called")

    monkeypatch.setattr(skia.Paint, "setShader", refuse)
    assert at(_draw(ScaleMode.FILL), 15, 15) == RED
