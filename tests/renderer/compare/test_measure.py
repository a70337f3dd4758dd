"""The measures against differences that are known, against small formulas of their own, and against each other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from renderer.compare import ComparedBox, CompareLimits, flip, measure
from renderer.compare.ground import BLACK, WHITE, Rgb, laid_on
from renderer.compare.ssim import ssim_map
from renderer.compare.tiles import tiles
from renderer.compare.yiq import THRESHOLD, differing
from tests.renderer.compare.pairs import edited, noisy, picture

needs_flip = pytest.mark.skipif(flip.MISSING is not None, reason=str(flip.MISSING))


@pytest.mark.parametrize("alpha", [255, 128, 0])
def test_a_picture_is_the_same_as_itself_by_every_measure(alpha: int) -> None:
    same = picture(alpha=alpha)
    found = measure(same, same.copy()).difference
    assert (found.max_delta, found.changed_pixels, found.differing_pixels, found.smoothing_pixels) == (0, 0, 0, 0)
    assert found.ssim == 1.0
    assert (found.bounding_box, found.changed_box) == (None, None)
    assert (found.flip_mean, found.flip_p99) in {(0.0, 0.0), (None, None)}


def test_a_known_edit_is_counted_and_found_where_it_is() -> None:
    before = np.full((200, 300, 4), 255, np.uint8)
    found = measure(before, edited(before, 40, 50, 30, 20)).difference
    assert (found.changed_pixels, found.differing_pixels, found.clearly_off_pixels) == (600, 600, 600)
    assert found.max_delta == 255
    assert found.bounding_box == found.changed_box == ComparedBox(40, 50, 30, 20)
    assert found.judged_pixels == 300 * 200
    assert found.ssim < 1.0


def test_a_step_no_eye_sees_is_changed_and_does_not_differ() -> None:
    before = picture()
    after = before.copy()
    after[10:20, 10:20, 0] ^= 1
    found = measure(before, after).difference
    assert (found.max_delta, found.changed_pixels, found.differing_pixels, found.bounding_box) == (1, 100, 0, None)
    assert found.changed_box == ComparedBox(10, 10, 10, 10)


def test_clear_pixels_have_no_colour() -> None:
    one, other = picture(alpha=0), picture(alpha=0)
    other[..., :3] = 77
    assert measure(one, other).difference.changed_pixels == 0


@pytest.mark.parametrize("colour", [255, 0])
def test_what_is_white_on_white_or_black_on_black_is_seen_all_the_same(colour: int) -> None:
    one = np.zeros((40, 40, 4), np.uint8)
    other = one.copy()
    other[10:20, 10:20] = (colour, colour, colour, 255)
    found = measure(one, other).difference
    assert (found.differing_pixels, found.max_delta, found.bounding_box) == (100, 255, ComparedBox(10, 10, 10, 10))
    assert found.ssim < 0.99


def test_what_a_mask_covers_is_not_judged() -> None:
    before = picture()
    after = edited(before, 10, 10, 20, 20)
    found = measure(before, after, masks=(ComparedBox(10, 10, 20, 20),)).difference
    assert (found.changed_pixels, found.ssim) == (0, 1.0)
    assert found.judged_pixels == before.shape[0] * before.shape[1] - 23 * 23
    beside = measure(before, after, masks=(ComparedBox(90, 60, 20, 20),)).difference
    assert beside.changed_pixels > 300


def test_a_mask_larger_than_the_picture_leaves_nothing_to_judge() -> None:
    found = measure(picture(), edited(picture(), 0, 0, 9, 9), masks=(ComparedBox(-5, -5, 999, 999),)).difference
    assert (found.judged_pixels, found.changed_pixels, found.ssim) == (0, 0, 1.0)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 9), (7, 7), (6, 300)])
def test_pictures_smaller_than_a_window(width: int, height: int) -> None:
    one = picture(width, height)
    found = measure(one, 255 - one | np.array((0, 0, 0, 255), np.uint8)).difference
    assert -1 <= found.ssim < 1
    assert found.judged_pixels == width * height


def test_tiles_cover_every_pixel_once() -> None:
    seen = np.zeros((530, 270), int)
    for tile in tiles(270, 530):
        seen[tile.core] += 1
        assert seen[tile.around][tile.inner].shape == seen[tile.core].shape
    assert (seen == 1).all()


# --- against formulas of their own ----------------------------------------------------------------------------------


def _ssim_at(one: Rgb, other: Rgb, y: int, x: int) -> float:
    """Wang et al. 2004, equation 13, of the 7 x 7 window around one pixel, with sample variances; mean of channels."""
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    total = 0.0
    for channel in range(3):
        a, b = (p[y - 3 : y + 4, x - 3 : x + 4, channel].astype(float).ravel() for p in (one, other))
        covariance = ((a - a.mean()) * (b - b.mean())).sum() / 48
        above = (2 * a.mean() * b.mean() + c1) * (2 * covariance + c2)
        total += above / ((a.mean() ** 2 + b.mean() ** 2 + c1) * (a.var(ddof=1) + b.var(ddof=1) + c2))
    return total / 3


def test_ssim_is_its_formula() -> None:
    one, other = (laid_on(p, WHITE) for p in (picture(), noisy(picture(), 40)))
    found = ssim_map(one, other)
    for y, x in ((20, 30), (45, 40), (70, 100), (3, 3)):
        assert found[y, x] == pytest.approx(_ssim_at(one, other, y, x), abs=1e-6)


def _yiq_distance(one: Rgb, other: Rgb) -> np.ndarray:
    """Kotsarenko and Ramos 2010, as a share of the largest distance there is."""
    d = one.astype(float) - other
    y = d @ (0.29889531, 0.58662247, 0.11448223)
    i = d @ (0.59597799, -0.27417610, -0.32180189)
    q = d @ (0.21147017, -0.52261711, 0.31114694)
    return np.asarray((0.5053 * y**2 + 0.299 * i**2 + 0.1957 * q**2) / 35215)


def test_the_eyes_measure_is_its_formula() -> None:
    one, other = (laid_on(p, WHITE) for p in (picture(), noisy(picture(), 90)))
    wanted = _yiq_distance(one, other) > THRESHOLD**2
    assert 100 < wanted.sum() < wanted.size
    assert (differing(one, other, smoothing_counts=True) == wanted).all()


def test_an_edge_that_is_only_smoothed_does_not_differ() -> None:
    """A slope one pixel wide in one picture, none in the other."""
    hard = np.zeros((60, 60, 4), np.uint8)
    hard[..., 3] = 255
    for y in range(60):
        hard[y, : 20 + y // 4, :3] = 255
    soft = hard.copy()
    for y in range(60):
        soft[y, 20 + y // 4, :3] = 60 * (y % 4)
    found = measure(hard, soft).difference
    assert found.smoothing_pixels > 20
    assert found.differing_pixels == 0


@needs_flip
def test_flip_is_zero_for_the_same_and_large_for_black_on_white() -> None:
    white, black = (np.full((64, 64, 3), value, np.uint8) for value in (WHITE, BLACK))
    assert flip.flip_map(white, white).max() == 0
    # HyAB between black and white is the largest there is but for the hue: the paper's redistribution puts it near 1.
    assert 0.95 < flip.flip_map(white, black).mean() <= 1
    assert flip.flip_map(white, black).mean() == pytest.approx(flip.flip_map(black, white).mean(), abs=1e-6)


@needs_flip
def test_flip_does_not_see_what_lies_below_the_eyes_resolution() -> None:
    """A checkerboard of single pixels around grey at 67 pixels per degree is nearly the grey; squares of 8 are not."""
    fine, coarse = ((np.indices((96, 96)) // side).sum(axis=0) % 2 * 60 + 98 for side in (1, 8))
    grey, *boards = (
        np.repeat(p[..., None], 3, axis=2).astype(np.uint8) for p in (np.full((96, 96), 128), fine, coarse)
    )
    inside = slice(16, -16), slice(16, -16)
    seen = [flip.flip_map(grey, board)[inside].mean() for board in boards]
    assert seen[0] < seen[1] / 2


@needs_flip
def test_measured_in_tiles_is_measured_whole() -> None:
    one = picture(600, 300)
    other = noisy(edited(one, 250, 240, 12, 40), 6)
    first, second = laid_on(one, WHITE), laid_on(other, WHITE)
    found = measure(one, other).difference
    whole = flip.flip_map(first, second)
    assert found.flip_mean == pytest.approx(float(whole.mean()), rel=1e-4)
    assert found.flip_p99 == pytest.approx(float(np.percentile(whole, 99)), rel=1e-4)
    assert found.ssim == pytest.approx(ssim_map(first, second)[3:-3, 3:-3].mean(), abs=1e-6)
    assert found.differing_pixels == differing(first, second).sum()


@needs_flip
@pytest.mark.parametrize(("x", "y"), [(0, 0), (250, 254), (300, 120), (597, 299), (255, 0)])
def test_measured_only_around_a_small_change_is_measured_whole(x: int, y: int) -> None:
    one = picture(600, 300)
    other = edited(one, x, y, 3, 5, (0, 255, 90))
    first, second = laid_on(one, WHITE), laid_on(other, WHITE)
    found = measure(one, other).difference
    assert found.flip_mean == pytest.approx(float(flip.flip_map(first, second).mean(dtype=float)), rel=1e-3)
    assert found.ssim == pytest.approx(ssim_map(first, second)[3:-3, 3:-3].mean(), abs=1e-7)
    assert found.differing_pixels == differing(first, second).sum()


@needs_flip
def test_flip_stops_at_its_bound_and_says_so() -> None:
    one = picture(300, 300)
    found = measure(one, noisy(one, 3), limits=CompareLimits(max_flip_pixels=1000)).difference
    assert (found.flip_mean, found.flip_p99) == (None, None)
    assert found.flip_missing is not None
    assert found.ssim < 1


def test_without_flip_everything_else_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flip, "MISSING", "not built for this machine")
    found = measure(picture(), edited(picture(), 5, 5, 10, 10)).difference
    assert (found.flip_mean, found.flip_missing) == (None, "not built for this machine")
    assert found.differing_pixels > 0
    assert found.ssim < 1


# --- against each other ---------------------------------------------------------------------------------------------


@needs_flip
def test_all_measures_agree_on_what_is_worse() -> None:
    before = picture()
    found = [measure(before, noisy(before, amount)).difference for amount in (2, 12, 40, 110)]
    for less, more in pairwise(found):
        assert less.ssim > more.ssim
        assert less.max_delta < more.max_delta
        assert less.flip_mean is not None
        assert more.flip_mean is not None
        assert less.flip_mean < more.flip_mean
        assert less.differing_pixels <= more.differing_pixels
    assert found[-1].differing_pixels > found[0].differing_pixels
