"""The nodes of the document: which one is written now, and their groups where ids are asked for."""

from __future__ import annotations

from renderer.displaylist import Span
from renderer.draw.svg.page import Page
from renderer.draw.svg.sheet import Sheet
from renderer.draw.svg.structure import whole_spans
from renderer.draw.svg.syntax.markup import attribute


class Nodes:
    """Follows the spans of the display list."""

    def __init__(self, page: Page, sheet: Sheet) -> None:
        self._page = page
        self._sheet = sheet
        self._spans = sheet.display_list.spans
        self._whole = whole_spans(self._spans, sheet.structure)
        self._named = sheet.options.include_id or sheet.options.include_node_id
        self._next = 0
        self._inside: list[tuple[Span, bool]] = []

    def reach(self, index: int) -> None:
        """The command of that index comes next: nodes end before it, and begin with it."""
        while self._inside and self._inside[-1][0].end <= index:
            self._leave()
        while self._next < len(self._spans) and self._spans[self._next].start <= index:
            span = self._spans[self._next]
            if span.end > index:  # else it is part of a picture
                self._enter(span, tagged=self._named and self._whole[self._next] and span.start == index)
            self._next += 1
        self._sheet.index = index

    def _enter(self, span: Span, *, tagged: bool) -> None:
        if tagged:
            self._page.open_node(self._names(span))
        self._inside.append((span, tagged))
        self._tell()

    def _leave(self) -> None:
        _, tagged = self._inside.pop()
        if tagged:
            self._page.close_node()
        self._tell()

    def _tell(self) -> None:
        sheet, inside = self._sheet, self._inside
        sheet.node = inside[-1][0].node if inside else None
        sheet.node_end = inside[-1][0].end if inside else len(sheet.display_list.commands)

    def _names(self, span: Span) -> str:
        options = self._sheet.options
        named = f' id="{attribute(self._sheet.ids.unique(span.name))}"' if options.include_id else ""
        return named + (f' data-node-id="{attribute(span.node)}"' if options.include_node_id else "")
