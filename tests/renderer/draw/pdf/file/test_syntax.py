from __future__ import annotations

import math

import pytest

from renderer.draw.pdf.file.syntax import (
    byte_string,
    dictionary,
    matrix_operands,
    name,
    number,
    precise,
    text_string,
)
from renderer.geometry import Matrix


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (0.5, "0.5"),
        (-12.3456, "-12.346"),
        (100.0, "100"),
        (1e-9, "0"),
        (1e300, "1000000000"),
        (-math.inf, "0"),
        (math.nan, "0"),
    ],
)
def test_numbers_are_short_and_without_exponents(value: float, spelled: str) -> None:
    assert number(value) == spelled


def test_no_decimals_leaves_a_whole_number_whole() -> None:
    assert number(1500.4, 0) == "1500"


@pytest.mark.parametrize(
    ("value", "spelled"), [(0.0, "0"), (1.0, "1"), (1e-5, "0.00001"), (0.000123456789, "0.0001234568"), (1e-30, "0")]
)
def test_factors_keep_seven_digits(value: float, spelled: str) -> None:
    assert precise(value) == spelled


def test_a_matrix_has_six_operands() -> None:
    assert matrix_operands(Matrix(1, 0, 0, -1, 2.5, 1e-7)) == "1 0 0 -1 2.5 0"


def test_a_dictionary_has_no_needless_spaces() -> None:
    assert dictionary({"A": "/B", "C": "1", "D": "[1]", "E": "<<>>", "F": "(x)", "G": "<AA>"}) == (
        "<</A/B/C 1/D[1]/E<<>>/F(x)/G<AA>>>"
    )


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("plain", "(plain)"),
        ("a (b) \\c", "(a \\050b\\051 \\134c)"),
        ("Grüße", "<FEFF0047007200FC00DF0065>"),
        ("line\nbreak", "<FEFF006C0069006E0065000A0062007200650061006B>"),
        ("\U0001f600", "<FEFFD83DDE00>"),
        ("\ud800", "<FEFFFFFD>"),
        ("", "()"),
    ],
)
def test_text_is_ascii_or_utf_16(text: str, spelled: str) -> None:
    assert text_string(text) == spelled


def test_bytes_that_could_end_a_string_are_escaped() -> None:
    assert byte_string(b")\\(\r\n\x00\xff") == "(\\051\\134\\050\\015\\012\\000\\377)"


@pytest.mark.parametrize(
    ("text", "spelled"),
    [("Inter-Bold", "Inter-Bold"), ("A/B (c)#20", "ABc20"), ("漢字", "Unnamed"), ("x" * 99, "x" * 60)],
)
def test_names_hold_letters_digits_and_hyphens(text: str, spelled: str) -> None:
    assert name(text) == spelled
