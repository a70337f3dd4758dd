"""Why a system call is allowed, or what denies it: the answer as data, for every stage of a policy."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from sandbox.exceptions import LayerFailedError
from sandbox.mechanisms import seccomp
from sandbox.mechanisms.rules import Rule
from sandbox.policy import words
from sandbox.policy.guards import Guard, guards
from sandbox.policy.model import SandboxPolicy, sealed

_HIGHEST = 600


class Fate(Enum):
    """What becomes of a call. ``SOME``: it depends on its arguments."""

    ALLOWED = "allowed"
    SOME = "allowed with these arguments"
    ANSWERED = "answered, never run"
    KILLED = "killed"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that names the call. ``when``: its conditions in words, empty for always."""

    outcome: str
    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class FilterStage:
    """One filter's word. ``title``: ``gpu`` or ``gpu-sealed``, the second filter that comes on top."""

    title: str
    fate: Fate
    reasons: tuple[Reason, ...]
    others_killed: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """``number`` on this machine, or None. ``guards``: what stands in its way beside the filter, under this policy."""

    name: str
    number: int | None
    policy: SandboxPolicy
    stages: tuple[FilterStage, ...]
    guards: tuple[Guard, ...]


class UnknownCallError(ValueError):
    """Nobody has such a call. ``similar``: what may have been meant."""

    def __init__(self, name: str, similar: list[str]) -> None:
        super().__init__(f"no system call is called {name!r}")
        self.similar = similar


def explain(call: str, policy: SandboxPolicy) -> Explanation:
    """``call``: a name, or a number on this machine. Raises UnknownCallError."""
    name, number = _resolve(call)
    stages = tuple(_stage(name, each) for each in stages_of(policy))
    return Explanation(name, number, policy, stages, tuple(guards(name, policy)))


def stages_of(policy: SandboxPolicy) -> tuple[SandboxPolicy, ...]:
    """The policy, and what it becomes when the second filter is stacked."""
    return (policy, sealed(policy)) if policy.sealed is not None else (policy,)


def all_names() -> dict[str, int]:
    """Every system call of this machine that libseccomp knows, with its number."""
    found = {seccomp.name_of(number): number for number in range(_HIGHEST)}
    return {name: number for name, number in found.items() if not name.startswith("syscall_")}


def _resolve(call: str) -> tuple[str, int | None]:
    if call.isdecimal():
        name = seccomp.name_of(int(call))
        if name.startswith("syscall_"):
            raise UnknownCallError(call, [])
        return name, int(call)
    try:
        return call, seccomp.number(call)
    except LayerFailedError:
        raise UnknownCallError(call, difflib.get_close_matches(call, all_names(), n=3)) from None


def _stage(name: str, policy: SandboxPolicy) -> FilterStage:
    found = list(_rules(name, policy))
    allowed = [rule for rule, _ in found if rule.answer is None]
    always = any(not rule.args for rule, _ in found)
    if not found:
        fate = Fate.KILLED
    elif not allowed:
        fate = Fate.ANSWERED
    else:
        fate = Fate.ALLOWED if any(not rule.args for rule in allowed) else Fate.SOME
    reasons = tuple(Reason(words.outcome(rule), words.conditions(rule), reason) for rule, reason in found)
    return FilterStage(policy.name, fate, reasons, others_killed=not always)


def _rules(name: str, policy: SandboxPolicy) -> Iterator[tuple[Rule, str]]:
    for group in policy.syscalls:
        yield from ((rule, group.reason) for rule in group.rules if rule.name == name)
