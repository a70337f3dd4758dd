"""What one reading accumulates: warnings, and what is left of the document's budgets."""

from __future__ import annotations

from dataclasses import dataclass, field

from renderer.exceptions import LimitError
from renderer.limits import RenderLimits
from renderer.scene import Warning_

_COMMANDS = "MmLlHhVvCcSsQqTtAaZz"


@dataclass(slots=True)
class Reading:
    """State of one call of the reader. ``node`` is the id that warnings are about, ``position`` its rank in the
    document: nodes are built from the last to the first, warnings are listed from the first to the last."""

    limits: RenderLimits
    node: str | None = None
    position: int = 0
    path_verbs: int = 0
    text_chars: int = 0
    _warnings: dict[tuple[str, str | None], tuple[int, Warning_]] = field(default_factory=dict)

    def warn(self, code: str, detail: str) -> None:
        """Remember it, once for each node and code."""
        self._warnings.setdefault((code, self.node), (self.position, Warning_(code, detail, self.node)))

    def warnings(self) -> tuple[Warning_, ...]:
        ordered = [warning for _, warning in sorted(self._warnings.values(), key=_rank)]
        listed, dropped = ordered[: self.limits.max_warnings], len(ordered) - self.limits.max_warnings
        if dropped > 0:
            listed.append(Warning_("more-warnings", f"{dropped} more warnings are not listed."))
        return tuple(listed)

    def spend_path(self, svg: str, field_name: str) -> None:
        """Count an outline's verbs: its letters, and pairs of separators for the repeats SVG lets one leave out."""
        letters = sum(map(svg.count, _COMMANDS))
        separators = svg.count(" ") + svg.count(",") + svg.count("-")
        self.path_verbs += max(letters, separators // 6)
        if self.path_verbs > self.limits.max_path_verbs:
            raise LimitError(
                f"The outlines have more than {self.limits.max_path_verbs} verbs together, which is the limit. "
                "Export a smaller part of the design.",
                code="limit-path-verbs",
                field=field_name,
            )

    def spend_text(self, characters: str, field_name: str) -> None:
        self.text_chars += len(characters)
        if self.text_chars > self.limits.max_text_chars:
            raise LimitError(
                f"The texts have more than {self.limits.max_text_chars} characters together, which is the limit.",
                code="limit-text",
                field=field_name,
            )

    def check_count(self, count: int, field_name: str) -> None:
        if count > self.limits.max_paints:
            raise LimitError(
                f"{field_name} has {count} entries; the limit is {self.limits.max_paints}.",
                code="limit-paints",
                field=field_name,
            )


def _rank(entry: tuple[int, Warning_]) -> int:
    return entry[0]
