"""What load is put on whom, when, and how much at most: pure data, from which k6's options are made.

Requests arrive at their own times, whether the server keeps up or not (an open loop: k6's arrival-rate executors), so a
server that stalls does not slow its own measurement down (no coordinated omission). Only capacity is measured in a
closed loop, where a fixed number of clients ask again as soon as they are answered; no latency is taken from there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from benchmarks.load.target import Target

MAX_SECONDS: Final = 3600.0
MAX_REQUESTS: Final = 1_000_000
MAX_RATE: Final = 5_000.0
MAX_CLIENTS: Final = 512
MAX_BODIES_BYTES: Final = 1 << 30
REQUEST_TIMEOUT_S: Final = 30
_GAP_S: Final = 0.4
_RAMP_STEPS: Final = 10
_SPIKE: Final = 5.0


class PlanError(ValueError):
    """More load than is allowed, or none. The message names the option."""


class Profile(StrEnum):
    """``steady``: one rate. ``ramp``: from a tenth of the rate to all of it, in steps. ``spike``: a fifth of the rate,
    all of it for a fifth of the time, a fifth again. ``soak``: one rate for long, watching memory."""

    STEADY = "steady"
    RAMP = "ramp"
    SPIKE = "spike"
    SOAK = "soak"


class PhaseKind(StrEnum):
    """What a phase is for. ``warm``: thrown away; ``load``: open loop; ``capacity``: closed loop."""

    WARM = "warm"
    LOAD = "load"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class Phase:
    """One target under one load. ``rate``: arrivals per second (0 in a closed loop); ``clients``: how many requests can
    be on their way at once; an arrival that finds none free is dropped, and counted; ``round``: which phases were
    neighbours."""

    name: str
    target: Target
    kind: PhaseKind
    start_s: float
    duration_s: float
    clients: int
    rate: float = 0.0
    round: int = 0

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s


@dataclass(frozen=True, slots=True)
class Plan:
    """Phases in the order of time; they do not overlap."""

    phases: tuple[Phase, ...]

    @property
    def duration_s(self) -> float:
        return max(phase.end_s for phase in self.phases)

    def phase(self, name: str) -> Phase:
        return next(phase for phase in self.phases if phase.name == name)


def check(plan: Plan, *, body_bytes: int) -> Plan:
    """The plan, if it is within all bounds. ``body_bytes``: of all documents together. Raises PlanError."""
    requests = sum(phase.rate * phase.duration_s for phase in plan.phases)
    clients = max(phase.clients for phase in plan.phases)
    bounds = (
        (plan.duration_s, MAX_SECONDS, "seconds", "--duration or --rounds"),
        (requests, MAX_REQUESTS, "requests", "--rate or --duration"),
        (max(phase.rate for phase in plan.phases), MAX_RATE, "requests per second", "--rate"),
        (clients, MAX_CLIENTS, "requests in flight", "--clients"),
        # Every virtual user of k6 holds a copy of every document.
        (clients * body_bytes, MAX_BODIES_BYTES, "bytes of documents in k6", "--clients, or fewer documents"),
    )
    for value, most, what, option in bounds:
        if value > most:
            raise PlanError(f"{value:,.0f} {what} are more than the {most:,.0f} allowed; lower {option}")
    return plan


def profile_plan(profile: Profile, target: Target, *, rate: float, duration_s: float, clients: int) -> Plan:
    """One target. Raises PlanError."""
    _require(rate=rate, duration_s=duration_s, clients=clients)
    if profile is Profile.RAMP:
        steps = [rate * (step + 1) / _RAMP_STEPS for step in range(_RAMP_STEPS)]
        return _one_after_the_other(target, [(step, duration_s / _RAMP_STEPS) for step in steps], clients)
    if profile is Profile.SPIKE:
        calm = rate / _SPIKE
        shares = [(calm, 0.3), (rate, 0.2), (calm, 0.5)]
        return _one_after_the_other(target, [(each, duration_s * share) for each, share in shares], clients)
    return _one_after_the_other(target, [(rate, duration_s)], clients)


def _one_after_the_other(target: Target, loads: Sequence[tuple[float, float]], clients: int) -> Plan:
    phases, start = [], 0.0
    for number, (rate, duration_s) in enumerate(loads):
        phases.append(Phase(f"load{number}", target, PhaseKind.LOAD, start, duration_s, clients, rate, number))
        start += duration_s  # no pause: what has piled up is met by the next step
    return Plan(tuple(phases))


def interleaved_plan(
    targets: Sequence[Target], *, rate: float, rounds: int, load_s: float, capacity_s: float, clients: int, workers: int
) -> Plan:
    """Every target in every round, under open load and at its limit. The order turns round each time (A B, B A, …), so
    that what drifts hits all alike. Raises PlanError."""
    _require(rate=rate, duration_s=load_s, clients=clients, rounds=rounds)
    if len({target.name for target in targets}) != len(targets) or len(targets) < 2:
        raise PlanError("to compare takes two targets or more, each with a name of its own")
    phases: list[Phase] = []
    start = 0.0
    for number in range(rounds):
        order = targets if number % 2 == 0 else list(reversed(targets))
        for kind, seconds in ((PhaseKind.LOAD, load_s), (PhaseKind.CAPACITY, capacity_s)):
            for target in order:
                name = f"{kind.value}{number}_{targets.index(target)}"
                many, arrivals = (clients, rate) if kind is PhaseKind.LOAD else (workers, 0.0)
                phases.append(Phase(name, target, kind, start, seconds, many, arrivals, number))
                start += seconds + _GAP_S
    return Plan(tuple(phases))


def capacity_plan(targets: Sequence[Target], *, seconds: float, workers: int) -> Plan:
    """Warms every target up, and finds out how much each can do: the first half of every phase is thrown away."""
    phases = []
    for number, target in enumerate(targets):
        for half, kind in enumerate((PhaseKind.WARM, PhaseKind.CAPACITY)):
            start = (2 * number + half) * (seconds / 2 + _GAP_S)
            phases.append(Phase(f"{kind.value}0_{number}", target, kind, start, seconds / 2, workers))
    return Plan(tuple(phases))


def _require(**positive: float) -> None:
    for name, value in positive.items():
        if not (value > 0 and math.isfinite(value)):
            raise PlanError(f"--{name.removesuffix('_s').replace('_', '-')} has to be more than 0, not {value:g}")


def k6_options(plan: Plan) -> dict[str, Any]:
    """The script's options: a scenario for each phase, and a threshold that nothing can miss for each count which is
    wanted by scenario (k6 keeps only those apart)."""
    return {
        "scenarios": {phase.name: _scenario(phase) for phase in plan.phases},
        "thresholds": {f"dropped_iterations{{scenario:{phase.name}}}": ["count>=0"] for phase in plan.phases},
        "summaryTrendStats": ["count"],
        "systemTags": ["scenario"],
        "maxRedirects": 0,
        "userAgent": "renderserver-loadtest",
    }


def _scenario(phase: Phase) -> dict[str, Any]:
    said: dict[str, Any] = {
        "exec": "render",
        "startTime": f"{round(phase.start_s * 1000)}ms",
        "duration": f"{round(phase.duration_s * 1000)}ms",
        "gracefulStop": f"{REQUEST_TIMEOUT_S}s",
    }
    if phase.kind is not PhaseKind.LOAD:
        return said | {"executor": "constant-vus", "vus": phase.clients}
    # k6 wants whole numbers: so many in a minute.
    return said | {
        "executor": "constant-arrival-rate",
        "rate": max(1, round(phase.rate * 60)),
        "timeUnit": "60s",
        "preAllocatedVUs": phase.clients,
        "maxVUs": phase.clients,
    }
