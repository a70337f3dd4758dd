"""What one building accumulates: warnings, and what is left of the document's budgets."""

from __future__ import annotations

from dataclasses import dataclass, field

from renderer.exceptions import LimitError
from renderer.fieldpath import placed
from renderer.figma import FigmaNode
from renderer.geometry import PathData
from renderer.limits import RenderLimits, too_many_verbs
from renderer.warnings import Warnings

# Position in the document, code, detail, id.
_Said = tuple[int, str, str, str | None]


@dataclass(slots=True)
class Building:
    """State of one call of the builder. ``node`` is what warnings and errors are about, ``position`` its rank in the
    document: a node's last word comes after its children's, and is listed before theirs."""

    limits: RenderLimits
    node: FigmaNode
    position: int = 0
    path_verbs: int = 0
    text_chars: int = 0
    _visited: int = 0
    _said: dict[tuple[str, str | None], _Said] = field(default_factory=dict)

    def visit(self, node: FigmaNode) -> None:
        """Come to the next node of the document."""
        self._visited += 1
        self.position, self.node = self._visited, node

    def return_to(self, node: FigmaNode, position: int) -> None:
        """Come back to one after its children."""
        self.position, self.node = position, node

    def warn(self, code: str, detail: str) -> None:
        """Remember it, once for each node and code."""
        identifier = self.node.id or None
        self._said.setdefault((code, identifier), (self.position, code, detail, identifier))

    def tell(self, warnings: Warnings) -> None:
        """All warnings, in the order of the document."""
        for _, code, detail, identifier in sorted(self._said.values(), key=_rank):
            warnings.add(code, detail, identifier)

    def spend_path(self, path: PathData, field_name: str) -> None:
        self.path_verbs += len(path.verbs)
        if self.path_verbs > self.limits.max_path_verbs:
            raise placed(too_many_verbs(self.limits), field_name)

    def spend_text(self, characters: str) -> None:
        self.text_chars += len(characters)
        if self.text_chars > self.limits.max_text_chars:
            raise LimitError(
                f"The texts have more than {self.limits.max_text_chars} characters together, which is the limit.",
                code="limit-text",
                field="characters",
            )

    def check_count(self, count: int, field_name: str) -> None:
        if count > self.limits.max_paints:
            raise LimitError(
                f"{field_name} has {count} entries; the limit is {self.limits.max_paints}.",
                code="limit-paints",
                field=field_name,
            )


def _rank(said: _Said) -> int:
    return said[0]
