"""All 51 probes on a path, each against its positive control."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from sandbox.attack import bait, control
from sandbox.attack.attempts import VARIANTS
from sandbox.attack.control import Cell
from sandbox.attack.ground import Document, GoneError, Ground, ground
from sandbox.attack.leftovers import LAUNCHED_RENDERS, RENDERS
from sandbox.attack.probe import ALLOWED, KILLED, UNTRIED, Finding, ProbeRow, Trial, VariantVerdict, judge
from sandbox.attack.scenarios import SCENARIOS, Scenario
from sandbox.launchers.registry import LAUNCHERS
from sandbox.spec import NATIVE, WorkerSpec

TITLES: Final[dict[int, str]] = {
    1: "read what is not for it",
    2: "through a symlink of its own",
    3: "climb out through a descriptor",
    4: "write where others read",
    5: "remount read-write",
    6: "unmount a masking mount",
    7: "mount something",
    8: "another root",
    9: "open a file by its handle",
    10: "make a block device",
    11: "what is in /dev",
    12: "another render's /tmp and input",
    13: "reach a process of the host",
    14: "reach a sibling render",
    15: "open kernel settings for writing",
    16: "/proc of a host process",
    17: "ids behind the worker",
    18: "become root",
    19: "get capabilities back",
    20: "the locks, read back",
    21: "new namespaces",
    22: "enter another namespace",
    23: "a seccomp listener",
    24: "personality",
    25: "run a program",
    26: "write and execute memory",
    27: "other ways into the kernel",
    28: "reach the host's network",
    29: "reach an abstract socket",
    30: "two renders meet",
    31: "sockets that reach the kernel",
    32: "raw socket, listen",
    33: "io_uring",
    34: "bpf",
    35: "perf events",
    36: "userfaultfd",
    37: "keys",
    38: "modules, kexec, reboot, swap",
    39: "log, clock, names, accounting",
    40: "segments and ports",
    41: "type into a terminal",
    42: "shared memory and queues of the host",
    43: "fork bomb",
    44: "memory until it stops",
    45: "spin for ever",
    46: "wait for ever",
    47: "fill /tmp, a huge file",
    48: "descriptor flood",
    49: "endless output",
    50: "crash, then the next render",
    51: "many renders, nothing left over",
}

_MOST: Final = 16 << 20
_TAKES: Final = 5


def variants_of(number: int) -> tuple[str, ...]:
    return (*VARIANTS.get(number, {}), *SCENARIOS.get(number, {}))


@cache
def control_of(number: int, variant: str) -> Trial:
    """Its fate with no sandbox around it; the same for both paths."""
    scenario = SCENARIOS.get(number, {}).get(variant)
    if scenario is not None:
        return scenario.control()
    # Whoever opens a kernel setting must be the host's root to have a chance; it is closed again, never written to.
    return control.run(f"{number}/{variant}", Cell(host_root=number == 15))


async def attack(
    specs: Sequence[WorkerSpec],
    probes: Collection[int] = tuple(TITLES),
    *,
    document: Document | None = None,
    renders: int = RENDERS,
    on_progress: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[ProbeRow]:
    """A row for each probe on each path. ``document``: what the paths render, for the probes that render.

    Raises SandboxError where a path cannot be had, RefusedError where a worker was not locked as it must be.
    """
    for number in probes:
        on_progress(f"control {number}: {TITLES[number]}")
        for variant in variants_of(number):
            control_of(number, variant)
        await asyncio.sleep(0)
    with bait.place() as folder:
        for spec in specs:
            async with ground(spec, Path(folder) / f"{spec.name}-{spec.launcher}", document) as place:
                place.renders = renders if spec.launcher == NATIVE else min(renders, LAUNCHED_RENDERS)
                for number in probes:
                    on_progress(f"{spec.name} {spec.launcher} {number}: {TITLES[number]}")
                    yield await probe(place, number)


async def probe(place: Ground, number: int) -> ProbeRow:
    verdicts = [await _try(place, number, variant) for variant in variants_of(number)]
    return ProbeRow(number, TITLES[number], place.name, tuple(verdicts), place.launcher)


async def _try(place: Ground, number: int, variant: str) -> VariantVerdict:
    scenario = SCENARIOS.get(number, {}).get(variant)
    if scenario is not None:
        trial = await _play(scenario, place)
    else:
        trial = _excuse(place, number, variant, await place.attempt(f"{number}/{variant}", amount=_MOST))
    beside = control_of(number, variant)
    return VariantVerdict(variant, trial, beside, judge(trial, beside))


async def _play(scenario: Scenario, place: Ground) -> Trial:
    """On a busy host whoever is looked at, or is to be there, may have ended before; then it is done again, and from
    then on slower."""
    said = ""
    for _ in range(_TAKES):
        try:
            return await scenario.attack(place)
        except GoneError as error:
            said = str(error)
            place.beside_s *= 2
    return Trial(UNTRIED, detail=f"not tried: {said}")


def _excuse(place: Ground, number: int, variant: str, trial: Trial) -> Trial:
    """What is allowed, and said so: a driver that is a compiler turns its own code executable; a launcher adds harmless
    devices of its own."""
    if (number, variant) == (26, "protect-execute") and place.policy.jit and trial.evidence == "executable":
        return replace(trial, answer=ALLOWED, evidence=None, detail="allowed: a software GL driver is a JIT")
    if (number, variant) == (11, "list") and trial.evidence and set(trial.evidence) <= _added_devices(place.launcher):
        names = " ".join(trial.evidence)
        return replace(trial, answer=ALLOWED, evidence=None, detail=f"allowed: {place.launcher} adds {names}")
    if number == 27 and trial.answer == KILLED:
        return replace(trial, detail="SIGSYS at the other entry")  # its numbers name other calls
    return trial


def _added_devices(launcher: str) -> frozenset[str]:
    return frozenset() if launcher == NATIVE else LAUNCHERS[launcher].devices


def escaped(rows: Collection[ProbeRow]) -> list[ProbeRow]:
    return [row for row in rows if row.result is Finding.ESCAPED]
