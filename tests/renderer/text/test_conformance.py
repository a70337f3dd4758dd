"""Unicode's own conformance files, every case of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from renderer.text.bidi import embedding_levels, visual_order
from renderer.text.graphemes import grapheme_starts
from renderer.text.linebreak import break_opportunities
from tests.renderer.text.conformance import BidiCase, bidi_character_cases, bidi_class_cases, break_cases

SHOWN = 10
# A character of each bidirectional class.
EXAMPLES = {
    "L": "a",
    "R": "\u05d0",
    "AL": "\u0627",
    "EN": "1",
    "ES": "+",
    "ET": "#",
    "AN": "\u0660",
    "CS": ",",
    "NSM": "\u0300",
    "BN": "\xad",
    "B": "\u2029",
    "S": "\t",
    "WS": " ",
    "ON": "!",
    "PDI": "\u2069",
    "LRE": "\u202a",
    "RLE": "\u202b",
    "LRO": "\u202d",
    "RLO": "\u202e",
    "PDF": "\u202c",
    "LRI": "\u2066",
    "RLI": "\u2067",
    "FSI": "\u2068",
}


@pytest.mark.parametrize("base", [None, 0, 1])
def test_classes_get_unicodes_levels_and_order(base: int | None) -> None:
    _hold(256_747, ((case, _resolved(case, EXAMPLES.__getitem__)) for case in bidi_class_cases(base)))


def test_characters_get_unicodes_levels_and_order() -> None:
    _hold(91_707, ((case, _resolved(case, _character)) for case in bidi_character_cases()))


def _character(number: str) -> str:
    return chr(int(number, 16))


def _resolved(case: BidiCase, character_of: Callable[[str], str]) -> BidiCase:
    """The case as we resolve it."""
    text = "".join(map(character_of, case.source))
    found = embedding_levels(text, case.base)
    levels = tuple(None if level is None else ours for ours, level in zip(found, case.levels, strict=True))
    kept = [at for at, level in enumerate(levels) if level is not None]
    order = tuple(kept[at] for at in visual_order([found[at] for at in kept]))
    return BidiCase(case.source, case.base, levels, order)


def test_lines_end_where_unicode_says() -> None:
    _hold(19_338, (((text, breaks), (text, _line_ends(text))) for text, breaks in break_cases("LineBreakTest")))


def _line_ends(text: str) -> list[int]:
    return [*(at for at, kind in enumerate(break_opportunities(text)) if kind), len(text)]


def test_clusters_end_where_unicode_says() -> None:
    cases = break_cases("GraphemeBreakTest")
    _hold(766, (((text, breaks), (text, [*grapheme_starts(text), len(text)])) for text, breaks in cases))


def _hold(count: int, cases: Iterable[tuple[object, object]]) -> None:
    """All ``count`` cases, each as expected and as found, are alike."""
    seen = 0
    differing: list[tuple[object, object]] = []
    for expected, found in cases:
        seen += 1
        if expected != found:
            differing.append((expected, found))
    assert differing[:SHOWN] == []
    assert seen == count
