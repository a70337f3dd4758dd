"""Which kernel code can it reach: seccomp-bpf (seccomp(2), Documentation/userspace-api/seccomp_filter.rst).

Filters are compiled once (:func:`compile_filter`, libseccomp through pyseccomp) to plain BPF bytes and installed from
those in microseconds (:func:`install`). A call from another architecture's entry (``int 0x80``, x32) kills the process
whatever its number is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Final

import pyseccomp

from sandbox.exceptions import LayerFailedError, layer
from sandbox.mechanisms import syscalls
from sandbox.mechanisms.rules import ELSEWHERE, Arg, Rule, SyscallGroup

LAYER: Final = "seccomp"
_BINARY_TREE: Final = 2
_BINARY_TREE_PAYS_FROM: Final = 16
_UNKNOWN_SYSCALL: Final = -1  # __NR_SCMP_ERROR; other negatives are libseccomp's 'not on this architecture'


def compile_filter(groups: Iterable[SyscallGroup]) -> bytes:
    """A filter as BPF: an array of ``struct sock_filter``.

    Raises LayerFailedError when a rule cannot be expressed (an unknown syscall name is a mistake in the policy).
    """
    try:
        return _export(_build([rule for group in groups for rule in group.rules]))
    except OSError as error:
        raise LayerFailedError(LAYER, f"the filter cannot be compiled: {error}", errno=error.errno) from error


def install(program: bytes, *, all_threads: bool = False) -> None:
    """Lock the calling thread (or, with ``all_threads``, the whole process) for good. Needs no_new_privs or power."""
    with layer(LAYER):
        syscalls.seccomp_set_mode_filter(program, syscalls.SECCOMP_FILTER_FLAG_TSYNC if all_threads else 0)


def number(name: str) -> int | None:
    """The syscall's number here; None where this architecture lacks it. Raises LayerFailedError if nobody has it."""
    found = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    if found == _UNKNOWN_SYSCALL:
        raise LayerFailedError(LAYER, f"no syscall is called {name!r}")
    return found if found >= 0 else None


def number_for_rule(name: str) -> int | None:
    """The number that a rule for ``name`` is about: the call's own, or here that of what stands in for it."""
    found, stand_in = number(name), ELSEWHERE.get(name)
    return number(stand_in) if found is None and stand_in is not None else found


def name_of(number: int) -> str:
    """``257`` → ``openat``; a number nobody knows comes back as ``syscall_N``."""
    try:
        name: bytes = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, number)
        return name.decode()
    except ValueError:
        return f"syscall_{number}"


def _build(rules: Sequence[Rule]) -> pyseccomp.SyscallFilter:
    table = pyseccomp.SyscallFilter(pyseccomp.KILL_PROCESS)
    table.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    if len({rule.name for rule in rules}) >= _BINARY_TREE_PAYS_FROM:
        table.set_attr(pyseccomp.Attr.CTL_OPTIMIZE, _BINARY_TREE)
    for rule in rules:
        _add(table, rule)
    return table


def _add(table: pyseccomp.SyscallFilter, rule: Rule) -> None:
    found = number_for_rule(rule.name)
    if found is None:
        return
    action = pyseccomp.ALLOW if rule.answer is None else pyseccomp.ERRNO(rule.answer)
    table.add_rule_exactly(action, found, *(_condition(arg) for arg in rule.args))


def _condition(arg: Arg) -> pyseccomp.Arg:
    if arg.mask is None:
        return pyseccomp.Arg(arg.index, pyseccomp.EQ, arg.value)
    return pyseccomp.Arg(arg.index, pyseccomp.MASKED_EQ, arg.mask, arg.value)


def _export(table: pyseccomp.SyscallFilter) -> bytes:
    with open(os.memfd_create("bpf"), "w+b") as file:
        table.export_bpf(file)
        file.seek(0)
        return file.read()
