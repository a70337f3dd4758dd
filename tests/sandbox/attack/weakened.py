"""Entries that weaken their own fork server's policy before any worker is made: what a suite has to notice.

Loaded by name in throwaway fork servers of a test; the policy is changed in that process alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandbox.mechanisms.rules import Rule, SyscallGroup
from sandbox.policy.model import SandboxPolicy
from sandbox.policy.registry import RECIPES
from sandbox.workers.echo import Echo

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


def weaken_the_policy(name: str) -> None:
    recipe = RECIPES[name]
    RECIPES[name] = lambda given: weaken(recipe(given))


class Cpu(Echo):
    def __init__(self, options: Mapping[str, object]) -> None:
        super().__init__(options)
        weaken_the_policy("cpu-strict")


class Gpu(Echo):
    def __init__(self, options: Mapping[str, object]) -> None:
        super().__init__(options)
        weaken_the_policy("gpu")
