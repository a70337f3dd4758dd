from __future__ import annotations

import pytest

from renderer.fonts.names import kind_of, normalise, split_style


@pytest.mark.parametrize("name", ["Helvetica Neue", "HelveticaNeue", "helvetica-neue", "HELVETICA NEUE "])
def test_case_and_spaces_do_not_count(name: str) -> None:
    assert normalise(name) == "helveticaneue"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Poppins-SemiBold", ("poppins", 600.0, False)),
        ("Poppins-SemiBoldItalic", ("poppins", 600.0, True)),
        ("HelveticaNeueMedium", ("helveticaneue", 500.0, False)),
        ("HelveticaNeue-Bold", ("helveticaneue", 700.0, False)),
        ("Inter Extra Light", ("inter", 200.0, False)),
        ("OpenSans-ExtraBold", ("opensans", 800.0, False)),
        ("Roboto-Italic", ("roboto", None, True)),
        ("Arial-BoldMT", ("arial", 700.0, False)),
        ("Gothic A1", ("gothica1", None, False)),
        ("Black", ("black", None, False)),
        ("", ("", None, False)),
    ],
)
def test_a_name_is_split_into_family_weight_and_slant(name: str, expected: tuple[str, float | None, bool]) -> None:
    assert split_style(name) == expected


@pytest.mark.parametrize(
    ("family", "kind"),
    [
        ("Fira Code", "mono"),
        ("CourierPrime", "mono"),
        ("PT Serif", "serif"),
        ("EB Garamond", "serif"),
        ("PT Sans", "sans"),
        ("Whyte Inktrap", "sans"),
        ("Noto Sans Mono", "mono"),
    ],
)
def test_the_kind_of_an_unknown_family_is_guessed_from_its_name(family: str, kind: str) -> None:
    assert kind_of(family) == kind
