"""The least a fork server can serve: an entry that gives back what it was given."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping

from sandbox.frames import Part
from sandbox.workers.entry import Task

ENTRY = "sandbox.workers.echo:Echo"


class Echo:
    """Takes no options."""

    def __init__(self, _: Mapping[str, object]) -> None: ...

    def preload(self) -> None:
        signal.Signals(signal.SIGKILL)

    def probe(self) -> dict[str, object]:
        return {"name": "none", "software": True}

    def warm(self) -> dict[str, object]:
        return self.probe()

    def exercises(self) -> Iterator[None]:
        return iter(())

    def touch(self) -> None: ...

    def run(self, task: Task) -> Iterator[Part]:
        yield Part(0, b"{}", b"".join(bytes(view) for view in task.inputs))
