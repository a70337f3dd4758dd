from __future__ import annotations

import pytest

from renderer.text.bidi import embedding_levels, needs_bidi, visual_order

ALEF, BET, GIMEL = "\u05d0\u05d1\u05d2"
SIN = "\u0633"
RLI, LRI, FSI, PDI = "\u2067\u2066\u2068\u2069"
RLO, LRE, PDF = "\u202e\u202a\u202c"


def seen(text: str) -> str:
    """The characters from left to right."""
    return "".join(text[at] for at in visual_order(embedding_levels(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", "abc"),
        (ALEF + BET + GIMEL, GIMEL + BET + ALEF),
        (f"a {ALEF}{BET} c", f"a {BET}{ALEF} c"),
        (f"{ALEF} a b {BET}", f"{BET} a b {ALEF}"),
        (f"{ALEF} 12.5 {BET}", f"{BET} 12.5 {ALEF}"),
        (f"{SIN} 12:30", f"12:30 {SIN}"),
        (f"a ({ALEF}) b", f"a ({ALEF}) b"),
        (f"{ALEF} (a) {BET}", f"{BET} )a( {ALEF}"),
        (f"a {ALEF}-{BET}.", f"a {BET}-{ALEF}."),
        (f"1 {ALEF}", f"{ALEF} 1"),
        (f"{ALEF}\u0301{BET}", f"{BET}\u0301{ALEF}"),
        (f"5$ {ALEF}", f"{ALEF} 5$"),
        (f"{ALEF} \u2329a\u3009 {BET}", f"{BET} \u3009a\u2329 {ALEF}"),
        (f"a \u2045{ALEF}\u2046 b", f"a \u2045{ALEF}\u2046 b"),
    ],
)
def test_text_runs_the_way_of_its_letters(text: str, expected: str) -> None:
    assert seen(text) == expected


def test_an_isolate_does_not_touch_what_is_around_it() -> None:
    assert seen(f"a{RLI}b {ALEF}{PDI}c") == f"a{RLI}{ALEF} b{PDI}c"
    assert seen(f"{FSI}{ALEF} b{PDI} c") == f"{FSI}b {ALEF}{PDI} c"


def test_an_override_turns_letters_around_until_it_ends() -> None:
    levels = embedding_levels(f"a{RLO}bc{PDF}d")
    assert [levels[at] for at in (0, 2, 3, 5)] == [0, 1, 1, 0]


def test_an_override_does_not_end_the_isolate_it_holds() -> None:
    assert embedding_levels(f"{RLO}{LRI}a{PDI}b{PDF}c") == bytes([0, 1, 2, 1, 1, 1, 0])


@pytest.mark.parametrize("separator", ["\t", "\u2028", "\x0c", "\x0b"])
def test_white_space_before_a_separator_runs_the_paragraphs_way(separator: str) -> None:
    assert embedding_levels(f"a{ALEF} {separator}{BET} ") == bytes([0, 1, 0, 0, 1, 0])


def test_each_paragraph_has_its_own_direction() -> None:
    assert embedding_levels(f"{ALEF}.\x85a.") == bytes([1, 1, 1, 0, 0])
    assert embedding_levels(f"{ALEF}.\x85a.", 0) == bytes([1, 0, 0, 0, 0])


def test_what_shows_nothing_splits_no_run() -> None:
    assert embedding_levels(f"{SIN}\u200c{SIN} a\xadb") == bytes([1, 1, 1, 1, 2, 2, 2])


def test_a_character_outside_the_basic_plane_is_one() -> None:
    assert embedding_levels(f"\U00010900\U0001f600{ALEF}") == bytes([1, 1, 1])


def test_half_a_surrogate_pair_is_taken_for_a_letter() -> None:
    assert embedding_levels(f"\ud83d{ALEF}") == bytes([0, 1])


def test_the_visual_order_of_runs_turns_the_higher_levels_first() -> None:
    assert visual_order([0, 1, 2, 1, 0]) == [0, 3, 2, 1, 4]
    assert visual_order([1, 2, 2, 1]) == [3, 1, 2, 0]
    assert visual_order([]) == []


def test_only_text_with_something_leftward_needs_levels() -> None:
    assert needs_bidi(f"a{ALEF}")
    assert not needs_bidi("plain")
    assert not needs_bidi("\u65e5\u672c, caf\u00e9")
    assert not needs_bidi("\u0378\U0002fffe")


@pytest.mark.parametrize(
    "unit",
    [FSI, FSI + ALEF, RLI + LRI, LRE, "(" + ALEF, f"({ALEF})", PDI, RLO + PDF, f"{FSI}{PDI}", " ", "\t", "1,", "\x85 "],
)
def test_hostile_nesting_stays_bounded(unit: str) -> None:
    # A rule that looks at everything again for each character would take hours.
    text = ALEF + unit * 200_000
    levels = embedding_levels(text)
    assert len(levels) == len(text)
    assert max(levels) <= 127
