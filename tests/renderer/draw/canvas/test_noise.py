"""Noise lies on what its group holds, as dense and as coarse as it should be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from renderer.displaylist import DrawNoise
from renderer.geometry import IDENTITY, Matrix
from renderer.scene import Noise, NoiseKind
from tests.renderer.draw.drawing import (
    BLACK,
    GREEN,
    PAGE,
    RED,
    WHITE,
    Image,
    circle,
    draw,
    fill,
    grouped,
    is_close,
    solid,
)


def _noise(kind: NoiseKind = NoiseKind.MONOTONE, *, matrix: Matrix = IDENTITY, **more: Any) -> DrawNoise:
    given = {"size": 1.0, "density": 0.5, "colour": RED, "second": GREEN, **more}
    return DrawNoise(Noise(kind, **given), matrix, PAGE, PAGE)


def _over_white(noise: DrawNoise, opacity: float = 1.0) -> Image:
    return draw(*grouped(fill(PAGE, solid(WHITE)), noise, opacity=opacity))


def _colours(noise: DrawNoise, opacity: float = 1.0) -> list[tuple[int, ...]]:
    return [tuple(int(part) for part in pixel[:3]) for pixel in _over_white(noise, opacity).reshape(-1, 4)]


@pytest.mark.parametrize("density", [0.1, 0.5, 0.9, 1.0])
def test_as_many_squares_are_painted_as_the_density_says(density: float) -> None:
    colours = _colours(_noise(density=density))
    assert colours.count((255, 0, 0)) / len(colours) == pytest.approx(density, abs=0.02)
    assert set(colours) <= {(255, 0, 0), (255, 255, 255)}


def test_two_tones_share_the_squares() -> None:
    colours = _colours(_noise(NoiseKind.DUOTONE, density=1.0))
    assert colours.count((255, 0, 0)) / len(colours) == pytest.approx(0.5, abs=0.02)
    assert colours.count((0, 255, 0)) / len(colours) == pytest.approx(0.5, abs=0.02)


def test_many_tones_are_many() -> None:
    assert len(set(_colours(_noise(NoiseKind.MULTITONE, opacity=0.5)))) > 1000


@pytest.mark.parametrize(("size", "matrix"), [(5.0, IDENTITY), (2.5, Matrix.scaling(2, 2))])
def test_squares_are_as_large_as_they_are_said_to_be(size: float, matrix: Matrix) -> None:
    squares = _over_white(_noise(size=size, matrix=matrix))[..., 1].reshape(20, 5, 20, 5)
    assert (squares == squares[:, :1, :, :1]).all()
    assert (np.diff(squares[:, 0, :, 0].astype(int), axis=1) != 0).any()


def test_noise_stays_on_what_its_group_holds() -> None:
    pixels = draw(*grouped(fill(circle(30, 10), solid(WHITE)), _noise(density=1.0)), background=BLACK)
    assert tuple(pixels[30, 50, :3]) == (255, 0, 0)
    assert tuple(pixels[12, 32, :3]) == (0, 0, 0)


def test_noise_is_the_same_every_time_and_fades_with_its_group() -> None:
    assert _colours(_noise()) == _colours(_noise())
    (faded,) = set(_colours(_noise(density=1.0), opacity=0.5))
    assert is_close(faded, (255, 127.5, 127.5))


@pytest.mark.parametrize("size", [0.0, 1e-9, 1e7])
def test_absurd_sizes_are_harmless(size: float) -> None:
    _over_white(_noise(size=size))
