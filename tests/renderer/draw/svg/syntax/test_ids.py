from __future__ import annotations

import pytest

from renderer.draw.svg.syntax.ids import Ids


def test_the_same_name_gets_a_number() -> None:
    ids = Ids()
    assert [ids.unique("icon") for _ in range(3)] == ["icon", "icon_2", "icon_3"]


def test_a_name_that_looks_like_one_with_a_number_stays_unique() -> None:
    ids = Ids()
    assert [ids.unique(name) for name in ("a_2", "a", "a", "a")] == ["a_2", "a", "a_3", "a_4"]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Frame 1", "Frame_1"),
        ("icon / close.svg", "icon_close_svg"),
        ("1st", "_1st"),
        ("-x", "_-x"),
        ("", "_"),
        ("Größe", "Größe"),
        ("按钮", "按钮"),
        ('"><script>', "_script_"),
        ("a\x00b\ud800c", "a_b_c"),
        ("\u202eevil", "_evil"),
        ("x" * 500, "x" * 64),
    ],
)
def test_what_may_not_stand_in_an_id_is_replaced(name: str, made: str) -> None:
    assert Ids().unique(name) == made


def test_a_hundred_thousand_equal_names_are_told_apart_one_by_one() -> None:
    ids = Ids()
    assert len({ids.unique("same") for _ in range(100_000)}) == 100_000
