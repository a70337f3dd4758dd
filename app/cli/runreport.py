"""What a run of many pictures says while it goes on, and how it went."""

from __future__ import annotations

from dataclasses import dataclass

from app.cli.failure import Failure
from app.cli.progress import OutputProgress


@dataclass(slots=True)
class RunReport:
    """``kept``: outputs that an earlier run has drawn. ``failed``: outputs, and documents that failed as a whole.
    ``status``: the exit status. A document's own fault explains more than the death of a worker does, so that the
    least one counts."""

    progress: OutputProgress
    drawn: int = 0
    kept: int = 0
    failed: int = 0
    status: int = 0

    def fail(self, subject: str, failure: Failure, outputs: int) -> None:
        """``outputs``: how many of those that were expected it costs."""
        self.failed += 1
        self.status = min(self.status or failure.status, failure.status)
        self.progress.fail(f"{subject}: {failure.code}: {failure.sentence}", outputs)

    def __str__(self) -> str:
        counts = ((self.drawn, "drawn"), (self.kept, "there already"), (self.failed, "failed"))
        return ", ".join(f"{count} {word}" for count, word in counts if count or word == "drawn")


class DocumentReport:
    """Of one document. ``expected``: its outputs, as far as is known before anybody has looked into it."""

    def __init__(self, run: RunReport, document: str, expected: int) -> None:
        self._run = run
        self._document = document
        self._left = expected

    def expect(self, outputs: int) -> None:
        """It has so many, as is known now. They are no news where they were asked for one by one."""
        if not self._left:
            self._left = outputs
            self._run.progress.expect(outputs)

    def keep(self, outputs: int) -> None:
        self._run.kept += outputs
        self._left -= outputs
        self._run.progress.end(outputs)

    def land(self, line: str) -> None:
        self._run.drawn += 1
        self._left -= 1
        self._run.progress.end(line=line)

    def note(self, line: str) -> None:
        """One output has ended as no picture, and that is no failure."""
        self._left -= 1
        self._run.progress.note(f"{self._document}: {line}")

    def fail(self, output: str, failure: Failure) -> None:
        """One output. ``output``: which."""
        self._left -= 1
        self._run.fail(f"{self._document}: {output}" if output else self._document, failure, 1)

    def fail_all(self, failure: Failure) -> None:
        """All that has not ended."""
        self._run.fail(self._document, failure, self._left)
        self._left = 0
