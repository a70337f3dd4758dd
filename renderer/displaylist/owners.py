"""Whose commands they are."""

from __future__ import annotations

from renderer.displaylist.displaylist import DisplayList, Span


def owners(display_list: DisplayList) -> list[str | None]:
    """The id of the node that each command paints, innermost span first; None outside of all spans. One pass."""
    found: list[str | None] = []
    inside: list[Span] = []
    for span in display_list.spans:
        while inside and inside[-1].end <= span.start:
            _fill(found, inside, inside[-1].end)
            inside.pop()
        _fill(found, inside, span.start)
        inside.append(span)
    while inside:
        _fill(found, inside, inside[-1].end)
        inside.pop()
    _fill(found, inside, len(display_list.commands))
    return found


def _fill(found: list[str | None], inside: list[Span], end: int) -> None:
    """All up to ``end`` belong to the innermost span."""
    found += [inside[-1].node if inside else None] * (end - len(found))
