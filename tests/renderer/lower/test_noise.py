"""Noise lies on what its node paints, as dense and as coarse as it should be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from renderer.geometry import Colour, Point
from renderer.scene import BlendMode, DropShadow, EllipseGeometry, Noise, NoiseKind
from renderer.warnings import Warnings
from tests.renderer.lower.drawing import BLACK, BLUE, GREEN, RED, WHITE, box, codes, draw, is_close, solid

OVER = (solid(WHITE),)


def noise(kind: NoiseKind = NoiseKind.MONOTONE, **more: Any) -> Noise:
    given = {"size": 1.0, "density": 0.5, "colour": RED, "second": GREEN, **more}
    return Noise(kind, **given)


def colours_of(effect: Noise, **more: Any) -> list[tuple[int, ...]]:
    pixels = draw(box(0, 0, 100, 100, fills=OVER, effects=(effect,), **more))
    return [tuple(int(part) for part in pixel[:3]) for pixel in pixels.reshape(-1, 4)]


@pytest.mark.parametrize("density", [0.1, 0.5, 0.9, 1.0])
def test_as_many_squares_are_painted_as_the_density_says(density: float) -> None:
    colours = colours_of(noise(density=density))
    assert colours.count((255, 0, 0)) / len(colours) == pytest.approx(density, abs=0.02)
    assert set(colours) <= {(255, 0, 0), (255, 255, 255)}


def test_two_tones_share_the_squares() -> None:
    colours = colours_of(noise(NoiseKind.DUOTONE, density=1.0))
    assert colours.count((255, 0, 0)) / len(colours) == pytest.approx(0.5, abs=0.02)
    assert colours.count((0, 255, 0)) / len(colours) == pytest.approx(0.5, abs=0.02)


def test_many_tones_are_many() -> None:
    assert len(set(colours_of(noise(NoiseKind.MULTITONE, opacity=0.5)))) > 1000


def test_squares_are_as_large_as_they_are_said_to_be() -> None:
    pixels = draw(box(0, 0, 100, 100, fills=OVER, effects=(noise(size=5.0),)))[..., 1]
    squares = pixels.reshape(20, 5, 20, 5)
    assert (squares == squares[:, :1, :, :1]).all()
    assert (np.diff(squares[:, 0, :, 0].astype(int), axis=1) != 0).any()


def test_noise_stays_on_the_node_and_off_its_shadow() -> None:
    shadow = DropShadow(Point(0, 45), 0, 0, BLUE)
    disc = box(30, 10, geometry=EllipseGeometry(), fills=OVER, effects=(shadow, noise(density=1.0)))
    pixels = draw(disc, background=BLACK)
    assert tuple(pixels[30, 50, :3]) == (255, 0, 0)
    assert tuple(pixels[12, 32, :3]) == (0, 0, 0)
    assert tuple(pixels[75, 50, :3]) == (0, 0, 255)


def test_noise_is_the_same_every_time_and_fades_with_its_node() -> None:
    assert colours_of(noise()) == colours_of(noise())
    (faded,) = set(colours_of(noise(density=1.0), opacity=0.5))
    assert is_close(faded, (255, 127.5, 127.5))


def test_a_mode_that_is_not_drawn_is_said() -> None:
    heard = Warnings(100)
    draw(box(effects=(noise(blend=BlendMode.MULTIPLY),)), warnings=heard)
    assert codes(heard) == ["blend-mode-approximated"]


@pytest.mark.parametrize("size", [0.0, 1e-9, 1e7])
def test_absurd_sizes_are_harmless(size: float) -> None:
    draw(box(effects=(noise(size=size, colour=Colour(1, 0, 0)),)))
