"""What came of a boot, step by step, and the page about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.vm.boots import Boot, Step

_HEAD: Final = """# Other kernels

Written by `./run test-vm --write docs/kernels.md`. Not edited by hand.

This machine's files under Debian's kernel, in a virtual machine ({accelerator}): {package}.
Each step ran in a cgroup of its own where they are v2's. {probes} of the attack suite's 51 probes were tried, with
{renders} renders in probe 51; what stops them on this machine's own kernel, each layer alone too, is in
[attack-matrix.md](attack-matrix.md).
"""


@dataclass(frozen=True, slots=True)
class Result:
    """``wrong``: what differs from what was expected; empty where nothing does."""

    step: Step
    wrong: str
    seconds: str
    said: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The attack suite's, where the step was one."""
        lines = [line for line in self.said.splitlines() if line.startswith('{"probe"')]
        return [json.loads(line) for line in lines]


def results(boot: Boot, out: Path) -> list[Result]:
    return [_result(step, out) for step in boot.steps]


def _result(step: Step, out: Path) -> Result:
    status, seconds = "", ""
    if (out / f"{step.name}.status").is_file():
        status, seconds = (out / f"{step.name}.status").read_text().split()
    log = out / f"{step.name}.log"
    said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    return Result(step, step.wrong(status, said), seconds, said)


def summary(result: Result) -> str:
    """One line of what it found: pytest's closing line, or the probes counted."""
    if result.rows:
        counts = {word: sum(row["result"] == word for row in result.rows) for word in ("defeated", "blind", "escaped")}
        return ", ".join(f"{count} {word}" for word, count in counts.items())
    passed = [line for line in result.said.splitlines() if " passed" in line or " failed" in line]
    return passed[-1].strip("= ") if passed else ""


def page(found: Sequence[tuple[Boot, Sequence[Result]]], *, package: str, accelerator: str, renders: int) -> str:
    """docs/kernels.md."""
    probes = len({row["probe"] for _, results in found for each in results for row in each.rows})
    head = _HEAD.format(accelerator=accelerator, package=package, renders=renders, probes=probes or "None")
    return "\n".join([head, *(_section(boot, steps) for boot, steps in found)])


def _section(boot: Boot, steps: Sequence[Result]) -> str:
    lines = [
        f"## {boot.title}",
        "",
        f"`{boot.append}`",
        "",
        "| step | what must come of it | result |",
        "|---|---|---|",
    ]
    lines += [f"| {each.step.name} | {each.step.what} | {_cell(each)} |" for each in steps]
    note = [boot.note, ""] if boot.note else []
    return "\n".join([*lines, "", *note, *_probes(steps)])


def _cell(result: Result) -> str:
    verdict = "as expected" if not result.wrong else f"**{result.wrong}**"
    return "; ".join(filter(None, (verdict, summary(result))))


def _probes(steps: Iterable[Result]) -> list[str]:
    rows = [row for result in steps for row in result.rows]
    if not rows:
        return []
    paths = list(dict.fromkeys(row["path"] for row in rows))
    found = {(row["probe"], row["path"]): row for row in rows}
    lines = [f"| # | probe | {' | '.join(paths)} |", f"|---|---|{'---|' * len(paths)}"]
    for number, title in dict.fromkeys((row["probe"], row["title"]) for row in rows):
        cells = [_fate(found[number, path]) if (number, path) in found else "" for path in paths]
        lines.append(f"| {number} | {title} | {' | '.join(cells)} |")
    return [*lines, ""]


def _fate(row: dict[str, Any]) -> str:
    """A blind one with its reason."""
    said = row["why"] if row["result"] == "blind" else ", ".join(row["stopped_by"])
    return f"{row['result']}: {said}" if said else str(row["result"])
