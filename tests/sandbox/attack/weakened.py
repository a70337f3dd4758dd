"""Entries that weaken their own fork server's policy before any worker is made: what a suite has to notice.

Loaded by name in throwaway fork servers of a test; the policy is changed in that process alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.attack.attacker import Echo
from sandbox.forkserver import start
from sandbox.mechanisms.rules import Rule, SyscallGroup
from sandbox.policy.cpu import LEVELS
from sandbox.policy.model import SandboxPolicy

_HOLES = ("openat", "read", "personality", "add_key")


def weaken(policy: SandboxPolicy) -> SandboxPolicy:
    hole = SyscallGroup("a hole, for a test", tuple(Rule(name) for name in _HOLES))
    kept = tuple(
        replace(group, rules=tuple(rule for rule in group.rules if rule.name not in _HOLES))
        for group in policy.syscalls
    )
    sealed = policy.sealed and tuple(
        replace(group, rules=tuple(rule for rule in group.rules if rule.name not in _HOLES)) for group in policy.sealed
    )
    return replace(policy, syscalls=(*kept, hole), sealed=None if sealed is None else (*sealed, hole))


class Cpu(Echo):
    def __init__(self, options: Mapping[str, object]) -> None:
        super().__init__(options)
        LEVELS["strict"] = weaken(LEVELS["strict"])


class Gpu(Echo):
    def __init__(self, options: Mapping[str, object]) -> None:
        super().__init__(options)
        of_the_server: Any = start
        make = of_the_server.gpu
        of_the_server.gpu = lambda **given: weaken(make(**given))
