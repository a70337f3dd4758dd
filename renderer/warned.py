"""The warnings of one render: each said once, and not without end."""

from __future__ import annotations

from collections.abc import Iterable

from renderer.scene import Warning_


class Warnings:
    """Keeps the first ``limit`` different warnings and counts the rest."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._listed: dict[Warning_, None] = {}
        self._dropped = 0

    def add(self, warning: Warning_) -> None:
        if warning in self._listed:
            return
        if len(self._listed) < self._limit:
            self._listed[warning] = None
        else:
            self._dropped += 1

    def extend(self, warnings: Iterable[Warning_]) -> None:
        for warning in warnings:
            self.add(warning)

    def listed(self) -> tuple[Warning_, ...]:
        if not self._dropped:
            return tuple(self._listed)
        more = Warning_("more-warnings", f"{self._dropped} more warnings are not listed")
        return (*self._listed, more)
