from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from renderer.fonts import FontProvider
from renderer.geometry import Rect
from renderer.scene import (
    Fill,
    GradientKind,
    PenStroke,
    Stroke,
    StrokeAlign,
    Text,
    TextBlock,
    TextDecoration,
    TextRun,
    TextStyle,
)
from renderer.warnings import Warnings
from tests.renderer.lower.drawing import (
    BLACK,
    BLUE,
    RED,
    codes,
    draw,
    gradient,
    group,
    is_close,
    load_fonts,
    lowered,
    solid,
    words,
)


@pytest.fixture(scope="module")
def fonts() -> FontProvider:
    return load_fonts()


def _text(characters: str, *fills: Fill, size: float = 40, stroke: Stroke | None = None, **style: Any) -> Text:
    run = TextRun(0, len(characters), TextStyle("Inter", size=size, weight=700, fills=fills or (solid(),), **style))
    return words(TextBlock(characters, (run,)), stroke=stroke)


def _count(pixels: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((pixels[..., :3] == colour).all(axis=-1).sum())


def test_glyphs_are_painted_in_the_runs_fill(fonts: FontProvider) -> None:
    pixels = draw(_text("HI"), fonts=fonts)
    assert _count(pixels, (255, 0, 0)) > 300
    assert _count(pixels, (255, 255, 255)) > 5000


def test_a_gradient_spans_the_box_of_the_node(fonts: FontProvider) -> None:
    fade = gradient(GradientKind.LINEAR, (0, 0), (1, 0), (0, 1))
    pixels = draw(_text("HHHH", fade, size=36), fonts=fonts)
    inked = pixels[..., 0].min(axis=0)
    assert inked[12] < 40
    assert inked[80] > 120


def test_overlapping_glyphs_of_a_translucent_text_do_not_show(fonts: FontProvider) -> None:
    tight = _text("OOO", solid(BLACK, 0.5), letter_spacing=-20.0)
    assert draw(tight, fonts=fonts)[..., 0].min() == pytest.approx(127, abs=2)


def test_underlines_are_painted_too(fonts: FontProvider) -> None:
    plain = _count(draw(_text("H"), fonts=fonts), (255, 0, 0))
    lined = _count(draw(_text("H", decoration=TextDecoration.UNDERLINE), fonts=fonts), (255, 0, 0))
    assert lined > plain + 20


@pytest.mark.parametrize("align", list(StrokeAlign))
def test_a_stroke_runs_around_the_glyphs(fonts: FontProvider, align: StrokeAlign) -> None:
    pixels = draw(_text("HI", stroke=PenStroke((solid(BLUE),), 2, align)), fonts=fonts)
    assert _count(pixels, (0, 0, 255)) > 60
    assert (_count(pixels, (255, 0, 0)) < _count(draw(_text("HI"), fonts=fonts), (255, 0, 0))) is (
        align is not StrokeAlign.OUTSIDE
    )


def test_opacity_holds_for_fill_and_stroke_together(fonts: FontProvider) -> None:
    node = _text("H", stroke=PenStroke((solid(BLUE),), 6, StrokeAlign.CENTER))
    from_group = draw(group(node, opacity=0.5), fonts=fonts)
    reddest = from_group[from_group[..., 2].argmin() // 100, from_group[..., 2].argmin() % 100]
    assert not is_close(tuple(int(v) for v in reddest[:3]), (255, 0, 0), by=60)


def test_emoji_bring_their_own_colours(fonts: FontProvider) -> None:
    pixels = draw(_text("😀", solid(RED)), fonts=fonts)
    yellow = (pixels[..., 0] > 200) & (pixels[..., 1] > 150) & (pixels[..., 2] < 120)
    assert yellow.sum() > 200


def test_a_substituted_font_is_said_once_however_often_it_is_painted(fonts: FontProvider) -> None:
    heard = Warnings(100)
    run = TextRun(0, 2, TextStyle("No Such Family", size=20, fills=(solid(), solid(BLUE, 0.1))))
    draw(words(TextBlock("Hi", (run,))), fonts=fonts, warnings=heard)
    assert codes(heard) == ["font-substituted"]


def test_glyphs_of_no_size_are_not_painted(fonts: FontProvider) -> None:
    assert lowered(_text("Hello", size=0), fonts=fonts).commands == ()


@pytest.mark.parametrize("size", [1e7, 1e-30, 0.0])
def test_absurd_sizes_are_harmless(fonts: FontProvider, size: float) -> None:
    draw(_text("Hello", size=size), fonts=fonts)


def test_a_weight_that_a_family_lacks_is_drawn_heavier_but_no_bold(fonts: FontProvider) -> None:
    dark = []
    for weight in (400.0, 500.0, 700.0):
        style = TextStyle("Liberation Sans", size=36, weight=weight, fills=(solid(BLACK),))
        text = TextBlock("HI", (TextRun(0, 2, style),))
        node = words(text)
        dark.append(int((255 - draw(node, fonts=fonts)[..., 0].astype(int)).sum()))
    assert dark[0] * 1.05 < dark[1] < dark[2] * 0.95


def test_a_stand_in_is_drawn_as_wide_as_the_text_was(fonts: FontProvider) -> None:
    style = TextStyle("Helvetica Neue", size=20, weight=400, fills=(solid(BLACK),))
    ink = Rect(2.0, 10.0, 60.0, 15.0)
    node = words(TextBlock("HHHH", (TextRun(0, 4, style),), ink=ink))
    columns = np.flatnonzero(draw(node, fonts=fonts)[..., 0].min(axis=0) < 200)
    assert [columns[0], columns[-1] + 1] == pytest.approx([7, 67], abs=1)
