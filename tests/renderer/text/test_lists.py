from __future__ import annotations

import pytest

from renderer.scene import ListType, TextLine
from renderer.text.lists import indent_of, markers
from renderer.text.paragraphs import Paragraph
from tests.renderer.text.words import style

NONE, DOT, NUMBER = ListType.NONE, ListType.UNORDERED, ListType.ORDERED


def paragraph(kind: ListType, level: int = 1) -> Paragraph:
    return Paragraph(0, "x", (), style(), TextLine(kind, level))


def marked(*lines: tuple[ListType, int]) -> list[str]:
    return list(markers([paragraph(kind, level) for kind, level in lines]))


def test_numbers_count_on_and_start_again_after_the_list() -> None:
    assert marked((NUMBER, 1), (NUMBER, 1), (NONE, 0), (NUMBER, 1)) == ["1.", "2.", "", "1."]


def test_every_level_counts_for_itself() -> None:
    lines = [(NUMBER, 1), (NUMBER, 2), (NUMBER, 2), (NUMBER, 3), (NUMBER, 1), (NUMBER, 2)]
    assert marked(*lines) == ["1.", "a.", "b.", "i.", "2.", "a."]


def test_bullets_take_turns_by_level() -> None:
    assert marked((DOT, 1), (DOT, 2), (DOT, 3), (DOT, 4)) == ["\u2022", "\u25e6", "\u25aa", "\u2022"]


@pytest.mark.parametrize(("count", "letters"), [(26, "z."), (27, "aa."), (28, "ab."), (703, "aaa.")])
def test_letters_go_on_after_z(count: int, letters: str) -> None:
    assert marked(*[(NUMBER, 2)] * count)[-1] == letters


@pytest.mark.parametrize(("count", "roman"), [(4, "iv."), (9, "ix."), (14, "xiv."), (49, "xlix."), (944, "cmxliv.")])
def test_roman_numerals(count: int, roman: str) -> None:
    assert marked(*[(NUMBER, 3)] * count)[-1] == roman


def test_a_level_is_one_and_a_half_times_the_size() -> None:
    assert [indent_of(paragraph(DOT, level)) for level in (0, 1, 2)] == [30.0, 30.0, 60.0]
    assert indent_of(paragraph(NONE, 0)) == 0.0
