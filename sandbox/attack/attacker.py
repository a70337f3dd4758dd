"""The entry that puts attempts into real workers of a real fork server.

It wraps the entry that serves: the same libraries are loaded, the same device is warm, the same files are in the tree.
A job whose header names an attempt makes it; any other job is the wrapped entry's to do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.attack.attempts import ATTEMPTS, machine
from sandbox.attack.kernel import NOTES
from sandbox.attack.probe import AttackFacts
from sandbox.frames import Part
from sandbox.workers.echo import Echo
from sandbox.workers.entry import Entry, Task, load_entry

ENTRY = "sandbox.attack.attacker:Attacker"


class Attacker:
    """``options``: ``entry`` and ``entry_options`` of what serves, or nothing for a worker that only echoes."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        entry = options.get("entry")
        self._entry: Entry = load_entry(entry, options.get("entry_options", {})) if entry else Echo({})

    def preload(self) -> None:
        machine.prepare()
        json.dumps({"errno": 1, "call": ["", [0]], "evidence": "x"})
        AttackFacts(**json.loads("{}"))
        self._entry.preload()

    def probe(self) -> dict[str, object]:
        return {"software": True} | self._entry.probe()

    def warm(self) -> dict[str, object]:
        return {"software": True} | self._entry.warm()

    def exercises(self) -> Iterator[None]:
        return self._entry.exercises()

    def touch(self) -> None:
        self._entry.touch()

    def run(self, task: Task) -> Iterator[Part]:
        if not task.header.startswith(b'{"attack"'):
            yield from self._entry.run(task)
            return
        header = json.loads(task.header)
        NOTES.tell = task.stage
        facts = AttackFacts(**header["facts"])
        _pause(task, float(header.get("after_s", 0)))
        report = answer(lambda: ATTEMPTS[header["attack"]](facts))
        yield Part(0, report, b"".join(bytes(view) for view in task.inputs))


def _pause(task: Task, seconds: float) -> None:
    """Without a system call."""
    until = task.clock() + seconds
    while seconds and task.clock() < until:
        pass


def answer(attempt: Callable[[], object]) -> bytes:
    """What became of an attempt, as a report: ``errno`` and the call that got it, or ``evidence``."""
    try:
        evidence = attempt()
    except OSError as error:
        return json.dumps({"errno": error.errno, "call": [NOTES.name, NOTES.arguments]}).encode()
    return json.dumps(
        {"evidence": evidence if isinstance(evidence, (bool, int, str, list)) else str(evidence)}
    ).encode()
