"""A system call filter as data: rules, in groups that each say why.

A filter says what it does with a call by the first of: a rule whose arguments match; the default, which is always
KILL_PROCESS. A rule may also *answer* instead of allowing: the kernel returns that errno and runs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Arg:
    """One condition on a syscall argument. With a mask: ``argument & mask == value``, else ``argument == value``.

    Compared as the 64-bit register, so a 32-bit argument with rubbish above it does not match (and the call is killed).
    """

    index: int
    value: int
    mask: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """``name`` with all ``args`` matching is allowed, or answered with ``answer`` (an errno; 0 is 'returns 0')."""

    name: str
    args: tuple[Arg, ...] = ()
    answer: int | None = None


@dataclass(frozen=True, slots=True)
class SyscallGroup:
    """Rules that share one reason. The reason is part of the policy: it is printed, exported and reviewed."""

    reason: str
    rules: tuple[Rule, ...]


ELSEWHERE: Final = {
    "access": "faccessat",
    "mkdir": "mkdirat",
    "readlink": "readlinkat",
    "rename": "renameat",
    "unlink": "unlinkat",
}
"""Calls that aarch64 lacks, and what its C library uses in their place. A rule for the first is one for the second
there. No rule for one of them may look at arguments, which are others."""
