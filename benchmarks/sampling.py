"""Interleaved sampling: every round runs each candidate once, in an order of its own, so that a noisy second, a slow
drift and the neighbour's after-effects hit all of them alike. Nothing is timed alone.

Light on purpose: what is imported here is copied by every fork that is measured.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

FEWEST_ROUNDS = 5
_SEED = 1
"""One round would have an interval of no width, which would say that it is sure."""


@dataclass(frozen=True, slots=True)
class Effort:
    """``rounds``: at most; ``budget_s``: no new round after this, but for the first :data:`FEWEST_ROUNDS`; ``quick``:
    fewer sizes, too."""

    rounds: int
    budget_s: float
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """Costs by size, the median of each; ``unit``: of the size."""

    name: str
    unit: str
    sizes: list[float]
    costs_ms: list[float]


@dataclass(frozen=True, slots=True)
class Collected:
    """What a section measured. ``times_ms``: by candidate, in the order of the rounds (round i of one was next to round
    i of all others); ``absent``: candidates that could not run here, and why."""

    times_ms: dict[str, list[float]]
    curves: list[Curve] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)


def interleave(
    candidates: Mapping[str, Callable[[], object]], effort: Effort, *, warm_up: int = 3
) -> dict[str, list[float]]:
    """Milliseconds by candidate and round. A candidate that returns a float has measured itself, in milliseconds."""
    order = list(candidates)
    shuffle = random.Random(_SEED).shuffle  # noqa: S311 - the same order every time is what is wanted
    for _ in range(warm_up):
        for candidate in candidates.values():
            candidate()
    times: dict[str, list[float]] = {name: [] for name in candidates}
    stop_at = time.perf_counter() + effort.budget_s
    for done in range(effort.rounds):
        if done >= FEWEST_ROUNDS and time.perf_counter() > stop_at:
            break
        shuffle(order)
        for name in order:
            start = time.perf_counter()
            measured = candidates[name]()
            elapsed = (time.perf_counter() - start) * 1e3
            times[name].append(measured if isinstance(measured, float) else elapsed)
    return times


def collect_alone(module: str, effort: Effort) -> Collected:
    """``module.collect(effort)`` in a new process: what it gives up (privileges, its root) the rest still needs, and
    what the rest has loaded would make its forks slower. Raises subprocess.CalledProcessError."""
    command = [sys.executable, "-P", "-m", "benchmarks.sampling", module, json.dumps(asdict(effort))]
    environment = os.environ | {
        "PYTHONMALLOC": "malloc"
    }  # read by Python before any of our code runs; see sandbox.mechanisms.arena
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    said = json.loads(done.stdout)
    curves = [Curve(**curve) for curve in said.pop("curves")]
    return Collected(curves=curves, **said)


def _main(module: str, effort: str) -> None:
    import importlib  # noqa: PLC0415 - only for the process of a section

    # What is printed by whatever is measured must not end up in the result.
    result = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    collected = importlib.import_module(module).collect(Effort(**json.loads(effort)))
    result.write(json.dumps(asdict(collected)))
    result.flush()
    os._exit(0)  # a process that has given everything up cannot tidy up


if __name__ == "__main__":
    _main(*sys.argv[1:])
