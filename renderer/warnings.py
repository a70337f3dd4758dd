"""The warnings of one render: where every stage says what the picture lacks or approximates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RenderWarning:
    """``code`` is stable, kebab-case; ``node`` the id it comes from, or None."""

    code: str
    detail: str
    node: str | None = None


class Warnings:
    """Keeps the first ``limit`` different warnings and counts the rest."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._listed: dict[RenderWarning, None] = {}
        self._dropped = 0

    def add(self, code: str, detail: str, node: str | None = None) -> None:
        """Say it once: a warning that was said before is not said again."""
        warning = RenderWarning(code, detail, node)
        if warning in self._listed:
            return
        if len(self._listed) < self._limit:
            self._listed[warning] = None
        else:
            self._dropped += 1

    def rasterised(self, what: str, target: str, node: str | None) -> None:
        """Say that a vector target lays pixels where it has no words for ``what`` ("a layer blur")."""
        self.add("rasterised", f"{target} cannot say {what}: that part is pixels", node)

    def listed(self) -> tuple[RenderWarning, ...]:
        if not self._dropped:
            return tuple(self._listed)
        more = RenderWarning("more-warnings", f"{self._dropped} more warnings are not listed")
        return (*self._listed, more)
