from __future__ import annotations

import random

import pytest

from renderer.text.icu import line_ends
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


@pytest.mark.parametrize(
    "expected",
    [
        # Thai: "I go to school every day with my friends"; "Please sign in to continue"; a price.
        "ฉัน|ไป|โรงเรียน|ทุก|วัน|กับ|เพื่อน|ของ|ฉัน",
        "กรุณา|เข้า|สู่|ระบบ|เพื่อ|ดำเนิน|การ|ต่อ",
        "ราคา|สินค้า |1,250 |บาท |(รวม|ภาษี)",
        # Lao: "I go to school every day"; "Lao is the official language".
        "ຂ້ອຍ|ໄປ|ໂຮງຮຽນ|ທຸກມື້",
        "ພາສາ|ລາວ|ເປັນ|ພາສາ|ທາງການ",
        # Khmer: "I go to school every day"; "Khmer is the official language".
        "ខ្ញុំ|ទៅ|សាលារៀន|រាល់ថ្ងៃ",
        "ភាសាខ្មែរ|ជា|ភាសាផ្លូវការ",
        # Burmese: "I go to school".
        "ကျွန်တော်|ကျောင်း|သို့|သွား|သည်",
    ],
)
def test_lines_end_between_words_that_have_no_spaces(expected: str) -> None:
    assert marked(expected.replace("|", "")) == expected


@pytest.mark.parametrize(
    "expected",
    [
        "東|京|は、|日|本|の|首|都|で|す。|「は|い」|と|言っ|た。",
        "中|文|「简|体」|测|试、|好|的。",
        "한|국|어|는 |쉽|다.",
        "人々|10,000|円|で|す",
    ],
)
def test_lines_of_chinese_japanese_and_korean_end_at_any_character_that_may_start_one(expected: str) -> None:
    assert marked(expected.replace("|", "")) == expected


def test_places_are_counted_in_characters() -> None:
    assert marked("\U0001f600\U0001f600 a\u0e44\u0e17\u0e22") == "\U0001f600|\U0001f600 |a\u0e44\u0e17\u0e22"


def test_half_a_surrogate_pair_is_taken_for_a_letter() -> None:
    assert marked("a \ud800\ue000 b") == "a |\ud800\ue000 |b"


def test_plain_words_end_where_the_rules_say() -> None:
    letters = random.Random(14)
    for length in range(200):
        text = "".join(letters.choices("aZ0 ", k=length))
        ends = [at for at, kind in enumerate(break_opportunities(text)) if kind]
        assert [*ends, len(text)][: len(text)] == line_ends(text)


@pytest.mark.parametrize(
    "unit", ["/", "1,", " ", "a ", "\u0301", "\u201c", "\U0001f1e9", "\u0e40", "\u0e01", "\u1780\u17d2", "\u1000\u1039"]
)
def test_a_hostile_text_has_a_place_for_each_character(unit: str) -> None:
    # A rule that looks at everything again for each character would take hours.
    text = unit * 500_000
    assert len(break_opportunities(text)) == len(text)
