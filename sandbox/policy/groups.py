"""What the filters and limits of both paths are made of."""

from __future__ import annotations

import errno

from sandbox.mechanisms.rlimits import RLimit
from sandbox.mechanisms.rules import Arg, Rule, SyscallGroup
from sandbox.policy.descriptors import OUTPUT_FD, REPORT_FD


def allowed(*names: str) -> tuple[Rule, ...]:
    """Whatever their arguments."""
    return tuple(Rule(name) for name in names)


def answered(number: int, *names: str) -> tuple[Rule, ...]:
    """Never run, whatever their arguments."""
    return tuple(Rule(name, answer=number) for name in names)


# The kernel's numbers (include/uapi); the ones used here are the same on x86-64 and aarch64.
PROT_WRITE, PROT_EXEC = 0x2, 0x4

JOB_OUT = (Rule("write", (Arg(0, OUTPUT_FD),)), Rule("write", (Arg(0, REPORT_FD),)))
STDERR = SyscallGroup(
    # A library that prints a warning (fprintf(stderr)) is no attack. The descriptors are closed anyway.
    "standard output and error do not exist, and say so (answered, never run)",
    (Rule("write", (Arg(0, 1),), answer=errno.EBADF), Rule("write", (Arg(0, 2),), answer=errno.EBADF)),
)
# One byte, not none: with 0 the kernel still starts a core_pattern that is a program, outside and on hostile memory;
# 1 is its sign for 'no dump of any kind' (core(5), do_coredump in fs/coredump.c).
NO_CORE = RLimit("CORE", 1)
