"""What a filter needs more where somebody else installs it, before the program starts.

The native sandbox forks workers that have long been loaded, and locks them; nothing is ever executed. A launcher
installs the filter and *then* calls execve, so the filter has to let that through, and what a C library does before
``main``. Seccomp cannot allow a call once: it stays open until the worker's own, second filter closes it.
"""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import Final

from sandbox.mechanisms.landlock import LandlockPolicy
from sandbox.mechanisms.rules import Arg, Rule, SyscallGroup
from sandbox.policy.model import SandboxPolicy

_ARCH_SET_FS, _ARCH_CET_STATUS = 0x1002, 0x3001
_PR_SET_PDEATHSIG, _PR_CAPBSET_READ = 1, 23
_ITSELF = Arg(0, 0)

START: Final = SyscallGroup(
    "start a program: a launcher installs the filter before execve, and the C library gets ready after it",
    (
        Rule("execve"),
        Rule("set_tid_address"),
        Rule("arch_prctl", (Arg(0, _ARCH_SET_FS),)),
        Rule("arch_prctl", (Arg(0, _ARCH_CET_STATUS),), answer=errno.EINVAL),
        # mimalloc, in CPython since 3.13, opens /proc/sys/vm/overcommit_memory with this old call, and can do without.
        Rule("open", answer=errno.ENOENT),
    ),
)
# Newer software drivers make their screen with an anonymous file, and are none where they get none.
SOFTWARE_DRIVER: Final = SyscallGroup(
    "a software driver gets ready by itself, after the filter", (Rule("memfd_create"), Rule("ftruncate"))
)
LOCK_ITSELF: Final = SyscallGroup(
    "a worker that was executed gives up by itself what the launcher had no word for: limits, descriptors, objects",
    (
        Rule("prlimit64", (_ITSELF,)),
        *(Rule("prctl", (Arg(0, option),)) for option in (_PR_SET_PDEATHSIG, _PR_CAPBSET_READ)),
        *(Rule(name) for name in ("dup3", "close_range")),
        *(Rule(f"landlock_{name}") for name in ("create_ruleset", "add_rule", "restrict_self")),
        *(Rule(name) for name in ("symlink", "symlinkat")),  # which Landlock must refuse: its only proof
        # Python's selectors ask what the kernel has.
        *(Rule(name, answer=errno.ENOSYS) for name in ("epoll_create1", "poll", "ppoll")),
    ),
)


def can_start(policy: SandboxPolicy) -> bool:
    """Whether a launcher could start a worker under this filter at all: the CPU path's allow no file to be opened."""
    return any(rule.name == "openat" for group in policy.syscalls for rule in group.rules)


def with_start(policy: SandboxPolicy) -> SandboxPolicy:
    """The policy for a launcher that executes the worker, which finds what it needs by itself. Raises ValueError
    where :func:`can_start` says no."""
    if not can_start(policy):
        raise ValueError(f"{policy.name} is for a process that has loaded everything: it locks itself, after its start")
    landlock = policy.landlock and objects(policy.landlock)
    driver = (SOFTWARE_DRIVER,) if policy.jit else ()
    return _wider(replace(policy, landlock=landlock), START, *driver, LOCK_ITSELF)


def _wider(policy: SandboxPolicy, *more: SyscallGroup) -> SandboxPolicy:
    """With ``more`` added. A call that it allows is allowed, whatever the policy answers there."""
    allowed = {rule.name for group in more for rule in group.rules if not rule.args and rule.answer is None}
    narrow = [replace(group, rules=tuple(r for r in group.rules if r.name not in allowed)) for group in policy.syscalls]
    return replace(policy, syscalls=(*(group for group in narrow if group.rules), *more))


def objects(landlock: LandlockPolicy) -> LandlockPolicy:
    """For a program that is executed: what there is, which is the tree's business, and a place to write."""
    return replace(landlock, read=("/",), write=("/tmp",))


GO: Final = SyscallGroup(
    "runC's own init, which is Go and has threads, goes on between filter and program: it opens a fifo for writing",
    tuple(
        Rule(name)
        for name in (
            "openat",
            "openat2",  # runC 1.4
            "write",
            "fcntl",
            "nanosleep",
            "sigaltstack",
            "tgkill",
            "epoll_ctl",
            "epoll_pwait",
            "fstatfs",
        )
    ),
)


def with_go(policy: SandboxPolicy) -> SandboxPolicy:
    """A policy of :func:`with_start` for runC. Wider than the others' until the worker stacks its second filter, which
    knows nothing of Go."""
    return _wider(policy, GO)
