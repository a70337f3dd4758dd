from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from renderer.displaylist import FillGlyphs, Paint
from renderer.geometry import Matrix
from renderer.scene import BlendMode, GradientKind, TextBlock, TextRun, TextStyle
from renderer.text import GlyphRun, layout_text
from tests.renderer.draw.drawing import BLACK, BLUE, PAGE, RED, Image, draw, gradient, solid
from tests.renderer.fonts.committed import provider

CORNER = Matrix.translation(5, 5)


def _run(characters: str, size: float = 40, family: str = "Inter", weight: float = 700, **style: Any) -> GlyphRun:
    look = TextStyle(family, size=size, weight=weight, **style)
    block = TextBlock(characters, (TextRun(0, len(characters), look),))
    return layout_text(block, 90, 90, provider()).runs[0]


def _draw(run: GlyphRun, *paints: Paint, **more: Any) -> Image:
    return draw(FillGlyphs(run, CORNER, paints or (solid(),), PAGE), **more)


def _count(pixels: Image, colour: tuple[int, int, int]) -> int:
    return int((pixels[..., :3] == colour).all(axis=-1).sum())


def test_glyphs_are_painted_in_the_colour_of_the_command() -> None:
    pixels = _draw(_run("HI"))
    assert _count(pixels, (255, 0, 0)) > 300
    assert _count(pixels, (255, 255, 255)) > 5000


def test_a_gradient_lies_in_the_coordinates_of_the_command() -> None:
    inked = _draw(_run("HHHH", 36), gradient(GradientKind.LINEAR, Matrix.scaling(90, 90)))[..., 0].min(axis=0)
    assert inked[12] < 40
    assert inked[80] > 120


def test_overlapping_glyphs_of_a_translucent_text_do_not_show() -> None:
    pixels = _draw(_run("OOO", letter_spacing=-20.0), solid(BLACK, 0.5))
    assert pixels[..., 0].min() == pytest.approx(127, abs=2)


def test_lines_are_painted_one_by_one_and_all_of_them() -> None:
    pixels = _draw(_run("H\nH\nH", 24))
    rows = np.flatnonzero((pixels[..., 1] < 128).any(axis=1))
    assert (np.diff(rows) > 1).sum() == 2


def test_glyphs_blend_by_the_mode_of_their_paint() -> None:
    assert _count(_draw(_run("H"), solid(BLUE, 1.0, BlendMode.MULTIPLY), background=RED), (0, 0, 0)) > 100
    assert _count(_draw(_run("H"), solid(BLUE, 1.0, BlendMode.LINEAR_BURN), background=RED), (0, 0, 0)) > 100


def test_linear_burn_reaches_every_line() -> None:
    pixels = _draw(_run("H\nH\nH", 24), solid(BLACK, 1.0, BlendMode.LINEAR_BURN))
    assert (pixels == _draw(_run("H\nH\nH", 24), solid(BLACK))).all()


def test_emoji_bring_their_own_colours() -> None:
    pixels = _draw(_run("😀"), solid(RED))
    yellow = (pixels[..., 0] > 200) & (pixels[..., 1] > 150) & (pixels[..., 2] < 120)
    assert yellow.sum() > 200


def test_of_the_paints_of_emoji_the_opacity_of_the_first_counts() -> None:
    whole, half, two = (
        _draw(_run("😀"), *paints).astype(int)
        for paints in ((solid(RED),), (solid(RED, 0.5),), (solid(RED, 0.5), solid(BLUE)))
    )
    assert np.abs((255 + whole) / 2 - half).max() <= 2
    assert (half == two).all()


def test_emoji_blend_by_the_mode_of_their_paint() -> None:
    darkened = _draw(_run("😀"), solid(RED, 1.0, BlendMode.MULTIPLY), background=BLUE)
    assert _count(darkened, (255, 0, 0)) == 0
    assert darkened[..., 1].max() == 0
    assert _count(_draw(_run("😀"), solid(RED, 1.0, BlendMode.LINEAR_BURN), background=BLACK), (0, 0, 0)) == 100 * 100


def test_a_weight_that_a_family_lacks_is_drawn_heavier_but_no_bold() -> None:
    dark = [
        int((255 - _draw(_run("HI", 36, "Liberation Sans", weight), solid(BLACK))[..., 0].astype(int)).sum())
        for weight in (400.0, 500.0, 700.0)
    ]
    assert dark[0] * 1.05 < dark[1] < dark[2] * 0.95


def test_a_run_is_stretched_and_slanted_as_it_says() -> None:
    plain = _run("HHH", 30)
    wide, slanted = (replace(plain, stretch=stretch, skew=skew) for stretch, skew in ((1.5, 0.0), (1.0, -0.3)))
    assert _draw(wide, solid(BLACK))[..., 0].mean() < _draw(plain, solid(BLACK))[..., 0].mean() - 1
    top, bottom = (np.flatnonzero(_draw(slanted, solid(BLACK))[row, :, 0] < 128)[0] for row in (18, 30))
    assert top > bottom + 2


@pytest.mark.parametrize("size", [1e7, 1e-30])
def test_absurd_sizes_are_harmless(size: float) -> None:
    _draw(_run("Hello", size))


def test_text_looks_the_same_wherever_on_the_page_it_stands() -> None:
    run = _run("Hag", 30)
    moved = draw(FillGlyphs(run, Matrix.translation(7, 9), (solid(),), PAGE))
    assert (moved[9:90, 7:90] == _draw(run)[5:86, 5:88]).all()
