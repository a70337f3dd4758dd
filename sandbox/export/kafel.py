"""Filters in Kafel, nsjail's language for them.

Kafel compares an ``int`` argument of a call it knows as 32 bits; the native filter looks at the whole register, and
kills a call with rubbish above. So each call is defined by number (``#define sys_openat 257``), which gives it
arguments of 64 bits. The numbers are those of the machine that the policy is exported on.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyseccomp

from sandbox.mechanisms.rules import Arg, Rule, SyscallGroup
from sandbox.policy import words
from sandbox.policy.model import SandboxPolicy


def kafel(policy: SandboxPolicy) -> str:
    """The whole policy: a definition per call, a block per group, KILL_PROCESS for all else."""
    rules = [rule for group in policy.syscalls for rule in group.rules]
    numbers = {rule.name: _number(rule.name) for rule in rules}
    known = {name: number for name, number in sorted(numbers.items()) if number >= 0}
    name = policy.name.replace("-", "_")
    lines = [f"#define sys_{call} {number}" for call, number in known.items()]
    lines.append(f"POLICY {name} {{")
    lines.append(",\n".join(text for group in policy.syscalls for text in _blocks(group, known)))
    lines.append("}")
    lines.append(f"USE {name} DEFAULT KILL_PROCESS")
    return "\n".join(lines)


def _number(name: str) -> int:
    found: int = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    return found


def _blocks(group: SyscallGroup, known: dict[str, int]) -> Iterator[str]:
    answers = dict.fromkeys(rule.answer for rule in group.rules)
    for position, answer in enumerate(answers):
        rules = [rule for rule in group.rules if rule.answer == answer and rule.name in known]
        if rules:
            action = "ALLOW" if answer is None else f"ERRNO({answer})"
            note = f"  /* {group.reason} */\n" if position == 0 else ""
            body = ",\n".join(f"    {_rule(rule)}" for rule in rules)
            yield f"{note}  {action} {{\n{body}\n  }}"


def _rule(rule: Rule) -> str:
    if not rule.args:
        return f"sys_{rule.name}"
    names = ", ".join(_name(rule.name, index) for index in range(max(arg.index for arg in rule.args) + 1))
    tests = " && ".join(_condition(rule.name, arg) for arg in rule.args)
    return f"sys_{rule.name}({names}) {{ {tests} }}"


def _condition(name: str, arg: Arg) -> str:
    left = _name(name, arg.index)
    if arg.mask is not None:
        left = f"({left} & {arg.mask:#x})"
    return f"{left} == {arg.value:#x}"


def _name(call: str, index: int) -> str:
    """Kafel's words may not be an argument's name."""
    return f"{words.argument(call, index)}_"
