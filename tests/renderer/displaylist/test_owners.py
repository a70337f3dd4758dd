from __future__ import annotations

from renderer.displaylist import DisplayList, Pop, Span
from renderer.displaylist.owners import owners
from renderer.geometry import Rect


def _owners(count: int, *spans: tuple[str, int, int]) -> str:
    """One letter for each command; a dot for nobody's."""
    made = tuple(Span(node, "", start, end) for node, start, end in spans)
    found = owners(DisplayList(Rect(0, 0, 1, 1), 1.0, None, (Pop(),) * count, made))
    return "".join(node or "." for node in found)


def test_the_innermost_span_owns_a_command() -> None:
    assert _owners(6, ("a", 0, 6), ("b", 1, 5), ("c", 2, 3)) == "abcbba"


def test_what_lies_between_spans_belongs_to_the_one_around_them() -> None:
    assert _owners(8, ("a", 1, 7), ("b", 2, 3), ("c", 4, 6)) == ".abacca."


def test_spans_that_begin_or_end_together_nest_in_their_order() -> None:
    assert _owners(4, ("a", 0, 4), ("b", 0, 2), ("c", 0, 1), ("d", 2, 4)) == "cbdd"


def test_without_spans_nobody_owns_anything() -> None:
    assert _owners(3) == "..."
    assert _owners(0) == ""
