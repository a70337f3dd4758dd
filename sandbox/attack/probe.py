"""What a probe is made of, and when it counts as defeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

KILLED = "killed"
ALLOWED = "allowed"
"""By the policy, on purpose and with a reason."""
UNTRIED = "not tried"
"""The worker ended before it came to the attempt."""


class Finding(StrEnum):
    DEFEATED = "defeated"
    BLIND = "blind"
    ESCAPED = "escaped"


@dataclass(frozen=True, slots=True)
class AttackFacts:
    """What an attempt is told about its target; travels to the worker as JSON. Descriptors are those the attacker has:
    the control gives it good ones, a worker only those of its job."""

    canary: str = "/nonexistent"
    shadow: str = "/etc/shadow"
    readonly: str = "/fonts"
    masking: str = "/tmp"
    proc: str = "/proc"
    handle: str = ""
    handle_type: int = 0
    handle_fd: int = -100
    victim: int = 0
    secret_address: int = 0
    tcp_port: int = 0
    udp_port: int = 0
    abstract: str = ""
    namespace_fd: int = 3
    terminal_fd: int = 3
    program_fd: int = 3
    output_fd: int = 4
    shm_key: int = 0
    queue: str = ""
    neighbour: str = ""
    seconds: float = 0.0
    amount: int = 0


Attempt = Callable[[AttackFacts], object]
"""Returns evidence (anything true) if the escape worked; raises OSError if it was denied. Runs inside a worker, so it
may import nothing and, where it can, makes a single system call."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One attempt's fate. ``answer``: an errno's name, ``killed``, or what else became of it; ``evidence``: what it got
    hold of; ``harm``: what was noticed outside; ``stopped_by``: the layers; ``detail``: for the reader."""

    answer: str
    evidence: Any = None
    harm: str = ""
    stopped_by: tuple[str, ...] = ()
    detail: str = ""

    @property
    def failed(self) -> bool:
        return not self.evidence and not self.harm

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def judge(trial: Trial, control: Trial) -> Finding:
    """The rule of the suite, in one place."""
    if not trial.failed:
        return Finding.ESCAPED
    if trial.answer in (ALLOWED, UNTRIED):
        return Finding.BLIND  # shows nothing
    return Finding.DEFEATED if control.evidence else Finding.BLIND


@dataclass(frozen=True, slots=True)
class VariantVerdict:
    """One variant of a probe on one path."""

    variant: str
    trial: Trial
    control: Trial
    finding: Finding

    def say(self) -> str:
        if self.finding is Finding.ESCAPED:
            return f"{self.variant}: ESCAPED ({self.trial.harm or self.trial.evidence})"
        if self.trial.answer in (ALLOWED, UNTRIED):
            return f"{self.variant}: {self.trial.detail}"
        if self.finding is Finding.BLIND:
            return f"{self.variant}: blind, the control cannot do it either ({self.control.answer})"
        return f"{self.variant}: {self.trial.detail or self.trial.answer}"


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """One probe on one path. Escaped if any variant escaped; defeated if one was defeated and none escaped, with the
    blind variants named in ``why``; else blind."""

    probe: int
    title: str
    path: str
    verdicts: tuple[VariantVerdict, ...] = field(default=())
    launcher: str = "native"

    @property
    def result(self) -> Finding:
        findings = {verdict.finding for verdict in self.verdicts}
        order = (Finding.ESCAPED, Finding.DEFEATED, Finding.BLIND)
        return next((finding for finding in order if finding in findings), Finding.BLIND)

    @property
    def stopped_by(self) -> tuple[str, ...]:
        defeated = (verdict.trial.stopped_by for verdict in self.verdicts if verdict.finding is Finding.DEFEATED)
        return tuple(dict.fromkeys(layer for layers in defeated for layer in layers))

    @property
    def why(self) -> str:
        return "; ".join(verdict.say() for verdict in self.verdicts)

    def to_json(self) -> dict[str, Any]:
        return {
            "probe": self.probe,
            "path": self.path,
            "launcher": self.launcher,
            "result": self.result.value,
            "stopped_by": list(self.stopped_by),
            "why": self.why,
            "title": self.title,
            "variants": {verdict.variant: verdict.finding.value for verdict in self.verdicts},
        }
