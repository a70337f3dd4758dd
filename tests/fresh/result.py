"""What came of a trial."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

_MEGA: Final = 1e6


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the README promises. ``wrong``: what is not as promised, empty where all is; ``note``: what else
    is worth knowing; ``said``: the end of its output."""

    name: str
    seconds: float
    wrong: str = ""
    note: str = ""
    said: str = ""

    def __str__(self) -> str:
        """For the terminal; what a failed one said last, too."""
        verdict = f"FAILED: {self.wrong}\n{self.said}" if self.wrong else self.note
        return f"  {self.name:<8} {self.seconds:7.1f} s  {verdict}".rstrip()


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes: the system before; what was added, by where it is."""

    bare: int
    packages: int
    environment: int
    caches: int

    @property
    def added(self) -> int:
        return self.packages + self.environment + self.caches

    def __str__(self) -> str:
        parts = (
            f"{_mb(self.packages)} packages of the system",
            f"{_mb(self.environment)} .venv",
            f"{_mb(self.caches)} caches",
        )
        return f"bare {_mb(self.bare)}; added {_mb(self.added)}: {', '.join(parts)}"


def _mb(count: int) -> str:
    return f"{count / _MEGA:.0f} MB"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one system. ``skipped``: why it was not tried; ``release``: how it names itself."""

    title: str
    steps: list[Step] = field(default_factory=list)
    sizes: Sizes | None = None
    release: str = ""
    python: str = ""
    remarks: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def good(self) -> bool:
        return not self.skipped and not any(step.wrong for step in self.steps)
