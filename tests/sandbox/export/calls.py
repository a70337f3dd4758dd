"""Every call worth asking a filter about: all numbers, and around every argument that a policy pins."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from sandbox.mechanisms import seccomp
from sandbox.mechanisms.rules import Arg, Rule
from sandbox.policy.model import SandboxPolicy

LAST = 600
"""Past the highest number any kernel has."""
HIGHEST = (1 << 64) - 1
PATTERNS = ((), (1,) * 6, (3,), (4,), (5,), (3, 0, 0, 0, 0, 0), (HIGHEST,) * 6)


def every_call(policy: SandboxPolicy) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(number, arguments): every number with plain patterns, every rule with all combinations of its boundaries."""
    yield from itertools.product(range(LAST), PATTERNS)
    for name, rules in by_name(policy).items():
        number = seccomp.number(name)
        if number is not None:
            yield from ((number, arguments) for arguments in around(rules))


def by_name(policy: SandboxPolicy) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in (rule for group in policy.syscalls for rule in group.rules):
        found.setdefault(rule.name, []).append(rule)
    return found


def around(rules: list[Rule]) -> Iterator[tuple[int, ...]]:
    """Each pinned argument takes the boundary values of all the rules that pin it, in all combinations."""
    values: dict[int, set[int]] = {}
    for arg in (arg for rule in rules for arg in rule.args):
        values.setdefault(arg.index, {0, 1, HIGHEST, 1 << 31, 1 << 32, 1 << 63}).update(boundaries(arg))
    ordered = sorted(values)
    for combination in itertools.product(*(sorted(values[index]) for index in ordered)):
        arguments = [0] * 6
        for index, value in zip(ordered, combination, strict=True):
            arguments[index] = value
        yield tuple(arguments)


def boundaries(arg: Arg) -> set[int]:
    """The value, its neighbours, each bit that the mask looks at turned over, and rubbish in the upper half."""
    mask = HIGHEST if arg.mask is None else arg.mask
    near = {arg.value, arg.value - 1, arg.value + 1, arg.value | 1 << 32, arg.value | 1 << 63, mask, ~mask}
    bits = {arg.value ^ 1 << bit for bit in range(64) if mask >> bit & 1} if arg.mask is not None else set()
    return {value & HIGHEST for value in near | bits | {arg.value | (~mask & 0xFF)}}
