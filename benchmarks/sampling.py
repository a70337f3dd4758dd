"""Interleaved sampling: every round runs each candidate once, so that a noisy second hits all of them alike."""

from __future__ import annotations

import json
import os
import statistics
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Sample:
    """Milliseconds of one candidate, sorted."""

    times_ms: tuple[float, ...]

    @property
    def p50(self) -> float:
        return statistics.median(self.times_ms)

    @property
    def p99(self) -> float:
        return self.times_ms[min(len(self.times_ms) - 1, int(len(self.times_ms) * 0.99))]

    @property
    def best(self) -> float:
        return self.times_ms[0]


def interleave(
    candidates: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 3, budget_s: float = 60.0
) -> dict[str, Sample]:
    """Time every candidate ``rounds`` times, or as often as fits into ``budget_s``. A candidate that returns a float
    has measured itself, in milliseconds."""
    for _ in range(warm_up):
        for candidate in candidates.values():
            candidate()
    times: dict[str, list[float]] = {name: [] for name in candidates}
    stop_at = time.perf_counter() + budget_s
    for _ in range(rounds):
        for name, candidate in candidates.items():
            start = time.perf_counter()
            measured = candidate()
            elapsed = (time.perf_counter() - start) * 1e3
            times[name].append(measured if isinstance(measured, float) else elapsed)
        if time.perf_counter() > stop_at:
            break
    return {name: Sample(tuple(sorted(values))) for name, values in times.items()}


def in_child(measure: Callable[[], dict[str, Sample]]) -> dict[str, Sample]:
    """Measure in a fork: what it gives up (privileges, its root) the rest of the run still needs."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            samples = measure()
            os.write(write_end, json.dumps({name: sample.times_ms for name, sample in samples.items()}).encode())
        except BaseException:  # noqa: BLE001 - the parent sees an empty pipe; a fork must not return into its caller
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(write_end)
    with open(read_end, "rb") as pipe:
        measured = json.loads(pipe.read())
    os.waitpid(pid, 0)
    return {name: Sample(tuple(times)) for name, times in measured.items()}


def show(title: str, samples: Mapping[str, Sample], *, baseline: str, note: str = "") -> None:
    """A table of p50, p99 and the ratio of the p50s to the baseline's."""
    table = Table(title=title, caption=note or None, title_justify="left", caption_justify="left")
    for heading in ("", "p50 ms", "p99 ms", f"x {baseline}"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, sample in samples.items():
        ratio = sample.p50 / samples[baseline].p50 if samples[baseline].p50 else float("nan")
        table.add_row(name, f"{sample.p50:.3f}", f"{sample.p99:.3f}", f"{ratio:.2f}")
    Console(width=120).print(table)
