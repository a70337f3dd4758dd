from __future__ import annotations

import pytest

from renderer.geometry import Colour
from renderer.scene import SolidFill, TextDecoration
from tests.renderer.fonts.committed import provider
from tests.renderer.text.words import advance, lay, runs, style, text

UNDERLINE, STRIKE = TextDecoration.UNDERLINE, TextDecoration.STRIKETHROUGH
RED = (SolidFill(Colour(1, 0, 0)),)


@pytest.mark.parametrize("family", ["Inter", "Poppins", "Noto Serif"])
def test_an_underline_is_where_the_font_says(family: str) -> None:
    look = style(family, decoration=UNDERLINE)
    metrics = provider().resolve(look).instance.metrics
    layout = lay(text("abc", look))
    (line,), (rule,) = layout.lines, layout.decorations
    assert rule.rect.y == pytest.approx(line.baseline - metrics.underline_offset * 20)
    assert rule.rect.height == pytest.approx(metrics.underline_size * 20)
    assert rule.rect.y > line.baseline
    assert rule.rect.x == 0.0
    assert rule.rect.width == pytest.approx(line.width)


def test_a_strike_goes_through_the_letters() -> None:
    layout = lay(text("abc", style(decoration=STRIKE)))
    (line,), (rule,) = layout.lines, layout.decorations
    assert line.baseline - 10 < rule.rect.y < line.baseline - 3


def test_only_the_decorated_run_has_a_line_in_its_own_paint() -> None:
    layout = lay(runs(("abc ", style()), ("def", style(decoration=UNDERLINE, fills=RED)), (" ghi", style())))
    (rule,) = layout.decorations
    assert rule.rect.x == pytest.approx(advance("abc "), abs=0.5)
    assert rule.rect.width == pytest.approx(advance("def"), abs=0.5)
    assert rule.fills == RED


def test_one_rule_over_lent_characters_and_one_per_line() -> None:
    layout = lay(text("ab\u4e2dcd\nef", style(decoration=UNDERLINE)))
    assert len(layout.decorations) == 2
    assert layout.decorations[0].rect.width == pytest.approx(layout.lines[0].width)


def test_a_rule_stops_before_the_space_and_the_spacing_at_the_end() -> None:
    layout = lay(text("abc  ", style(decoration=UNDERLINE, letter_spacing=4.0)))
    assert layout.decorations[0].rect.width == pytest.approx(layout.lines[0].width)
