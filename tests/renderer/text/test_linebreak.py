from __future__ import annotations

import time

import pytest

from renderer.text.linebreak import Break, break_opportunities


def marked(text: str) -> str:
    """The text with | where a line may end and ! where it must."""
    signs = {Break.PROHIBITED: "", Break.ALLOWED: "|", Break.MANDATORY: "!"}
    return "".join(signs[kind] + character for character, kind in zip(text, break_opportunities(text), strict=True))


@pytest.mark.parametrize(
    "expected",
    [
        "one |two  |three",
        "well-|known",
        "-x |a+b",
        "a/|b/|c",
        "http://|example.com/|path",
        "$1,234.50 |each",
        "(what?) |yes",
        "say |\u201cwhat\u201d |now",
        "12\u2013|24",
        "100%|(all)",
        "no\u00a0break",
        "zero\u200b|width",
        "word\u2060joiner",
        "soft\u00ad|hyphen",
        "\u65e5|\u672c|\u8a9e",
        "\u65e5|\u672c\u3002|\u8a9e",
        "\u300c\u65e5\u300d|\u672c",
        "\u30ad\u30e3\u30c3|\u30c8",
        "\uac00|\ub098 |\ub2e4",
        "\U0001f1e9\U0001f1ea|\U0001f1eb\U0001f1f7",
        "\U0001f44d\U0001f3fd|\U0001f44d",
        "\U0001f469\u200d\U0001f680?",
        "a |\u0301b",
        "wait |\u2026 |what",
        "\u05d0-|\u05d1",
        "\u05d0-a",
    ],
)
def test_lines_end_where_unicode_says(expected: str) -> None:
    assert marked(expected.replace("|", "")) == expected


def test_what_ends_a_line_ends_it() -> None:
    assert marked("a\u2028b\x0bc\u0085d") == "a\u2028!b\x0b!c\u0085!d"


def test_a_carriage_return_goes_with_its_line_feed() -> None:
    assert marked("a\r\nb\rc\nd") == "a\r\n!b\r!c\n!d"


def test_the_start_is_no_opportunity_and_nothing_has_none() -> None:
    assert break_opportunities("") == []
    assert break_opportunities(" ") == [Break.PROHIBITED]


def test_numbers_hold_together() -> None:
    assert marked("a 1.5/2 b") == "a |1.5/2 |b"
    assert marked("(12.5%)") == "(12.5%)"
    assert marked("\u20ac(5)") == "\u20ac(5)"


@pytest.mark.parametrize("text", ["/" * 200_000, "1" + "," * 200_000 + "%", " " * 200_000, "\u0301" * 200_000])
def test_a_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    started = time.perf_counter()
    break_opportunities(text)
    assert time.perf_counter() - started < 20
