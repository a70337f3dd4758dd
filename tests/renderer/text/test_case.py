from __future__ import annotations

import pytest

from renderer.scene import TextCase, TextRun
from renderer.text.case import apply_case
from tests.renderer.fonts.committed import provider
from tests.renderer.text.words import lay, runs, style, text


@pytest.mark.parametrize(
    ("case", "characters", "expected"),
    [
        (TextCase.ORIGINAL, "aBc", "aBc"),
        (TextCase.UPPER, "stra\u00dfe", "STRASSE"),
        (TextCase.LOWER, "ABC \u0130", "abc i\u0307"),
        (TextCase.TITLE, "one don't TWO", "One Don't TWO"),
        (TextCase.TITLE, "\u01c6abc", "\u01c5abc"),
    ],
)
def test_case_changes_the_characters(case: TextCase, characters: str, expected: str) -> None:
    made = (TextRun(0, len(characters), style(case=case)),)
    assert "".join(piece.text for piece in apply_case(characters, made, provider())) == expected


def test_a_title_does_not_start_again_inside_a_word() -> None:
    content = runs(("ab", style(case=TextCase.TITLE)), ("cd ef", style(case=TextCase.TITLE, size=9.0)))
    assert "".join(piece.text for piece in apply_case(content.characters, content.runs, provider())) == "Abcd Ef"


def test_what_no_run_covers_is_not_shown() -> None:
    assert apply_case("abc", (TextRun(1, 1, style()),), provider()) == []
    assert [piece.text for piece in apply_case("abc", (TextRun(1, 9, style()),), provider())] == ["bc"]


def test_small_capitals_are_smaller_where_the_font_has_none() -> None:
    look = style("Sen", case=TextCase.SMALL_CAPS)
    assert not {"smcp"} & provider().resolve(look).instance.face.substitutions
    layout = lay(text("Ab1", look))
    assert [(run.size, len(run.glyphs)) for run in layout.runs] == [(20.0, 1), (pytest.approx(14.4), 1), (20.0, 1)]
    assert layout.lines[0].height == lay(text("Ab1", style("Sen"))).lines[0].height


def test_small_capitals_are_the_fonts_own_where_it_has_them() -> None:
    look = style("Playfair Display", case=TextCase.SMALL_CAPS)
    assert "smcp" in provider().resolve(look).instance.face.substitutions
    (run,) = lay(text("ab", look)).runs
    plain = {lay(text(letters, style("Playfair Display"))).runs[0].glyphs for letters in ("ab", "AB")}
    assert run.size == 20.0
    assert run.glyphs not in plain


def test_forced_small_capitals_take_the_capitals_too() -> None:
    layout = lay(text("Ab1", style("Sen", case=TextCase.SMALL_CAPS_FORCED)))
    assert [(run.size, len(run.glyphs)) for run in layout.runs] == [(pytest.approx(14.4), 2), (20.0, 1)]
