"""Boxes that end at the capitals and the baseline."""

from __future__ import annotations

from typing import Any

import pytest

from renderer.scene import AutoResize, LineHeight, LineHeightUnit, VerticalAlign
from tests.renderer.text.words import lay, style, text

# Inter's capitals are 0.727 em high: 29.1 px here, in lines of 60.
LOOK = style("Inter", size=40.0, line_height=LineHeight(LineHeightUnit.PIXELS, 60.0))


def baselines(height: float, characters: str = "Trim", **more: Any) -> list[float]:
    return [line.baseline for line in lay(text(characters, LOOK, **more), 500.0, height).lines]


@pytest.mark.parametrize("resize", [AutoResize.HEIGHT, AutoResize.WIDTH_AND_HEIGHT])
def test_a_box_that_grew_no_higher_than_the_capitals_was_trimmed(resize: AutoResize) -> None:
    assert baselines(29.0, auto_resize=resize) == [29.0]
    assert baselines(89.0, "Trim\nme", auto_resize=resize) == [29.0, 89.0]


def test_a_box_as_high_as_its_lines_was_not() -> None:
    assert baselines(60.0, auto_resize=AutoResize.HEIGHT) == [45.0]


def test_a_fixed_box_tells_nothing() -> None:
    assert baselines(29.0) == [45.0]


def test_a_document_that_says_so_is_believed_whatever_the_box() -> None:
    assert baselines(100.0, trims=True) == [29.0]
    assert baselines(100.0, trims=True, vertical_align=VerticalAlign.BOTTOM) == [100.0]
    assert baselines(100.0, trims=True, vertical_align=VerticalAlign.CENTER) == [65.0]
