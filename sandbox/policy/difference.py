"""Two policies, side by side: what one demands or allows and the other does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from sandbox.policy import words
from sandbox.policy.model import SandboxPolicy

_COMPARED_APART = {"name", "syscalls", "sealed", "rlimits", "waived"}


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """``what`` differs: its value in the one and in the other; None where it is not there (a call: it is killed)."""

    what: str
    left: str | None
    right: str | None


def differences(left: SandboxPolicy, right: SandboxPolicy) -> tuple[list[PolicyDifference], list[PolicyDifference]]:
    """(system calls, all else). Two equal policies have none."""
    return list(_unequal(_calls(left), _calls(right))), list(_unequal(_settings(left), _settings(right)))


def _unequal(left: dict[str, str], right: dict[str, str]) -> Iterator[PolicyDifference]:
    for what in sorted(left.keys() | right.keys()):
        if left.get(what) != right.get(what):
            yield PolicyDifference(what, left.get(what), right.get(what))


def _calls(policy: SandboxPolicy) -> dict[str, str]:
    """Every call's rules as one text, in an order of their own, so that groups may be cut otherwise."""
    texts: dict[str, set[str]] = {}
    for rule in (rule for group in policy.syscalls for rule in group.rules):
        when = words.conditions(rule)
        texts.setdefault(rule.name, set()).add(f"{words.outcome(rule)}{f' if {when}' if when else ''}")
    return {name: "; ".join(sorted(found)) for name, found in texts.items()}


def _settings(policy: SandboxPolicy) -> dict[str, str]:
    plain = {field.name: getattr(policy, field.name) for field in fields(policy) if field.name not in _COMPARED_APART}
    found = {name: _shown(value) for name, value in plain.items() if value not in (None, (), 0, False)}
    found["layers"] = ", ".join(policy.layers)
    found["second filter"] = "yes" if policy.sealed is not None else "no"
    return found | {f"RLIMIT_{limit.name}": str(limit.value) for limit in policy.rlimits}


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(getattr(item, "target", None) or str(item) for item in value)
    return str(value)
