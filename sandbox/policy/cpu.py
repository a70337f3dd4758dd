"""The CPU path's policies: ``CPU_STRICT`` and ``CPU_COMPUTE`` render, ``CPU_COMPARE`` compares pictures."""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import Final

from sandbox.mechanisms.rlimits import RLimit
from sandbox.mechanisms.rules import Arg, Rule, SyscallGroup
from sandbox.policy.descriptors import INPUT_FD
from sandbox.policy.groups import JOB_OUT, NO_CORE, PROT_EXEC, STDERR, allowed
from sandbox.policy.model import SandboxPolicy

_MAP_SHARED_OR_PRIVATE, _MAP_PRIVATE, _MAP_FIXED, _MAP_ANONYMOUS = 0x0F, 0x02, 0x10, 0x20
_ANONYMOUS = (
    Arg(2, 0, mask=PROT_EXEC),
    Arg(3, _MAP_PRIVATE | _MAP_ANONYMOUS, mask=_MAP_SHARED_OR_PRIVATE | _MAP_FIXED | _MAP_ANONYMOUS),
)

_CPU_JOB = SyscallGroup(
    "read the job, write the picture and the report, go away",
    (Rule("read", (Arg(0, INPUT_FD),)), *JOB_OUT, *allowed("exit", "exit_group", "rt_sigreturn")),
)

_OUT_OF_MEMORY = SyscallGroup(
    # Not one of these is allowed: the kernel answers from the filter and runs no code for them. Without the answers a
    # render that needs more than the reserved arena would die by SIGSYS, and could not be told from an attack; with
    # them malloc returns NULL and the worker says 'limit-memory'. brk is answered 0 and not ENOMEM: glibc takes any
    # value not below the requested address for success, and -ENOMEM is a very high address (sbrk in sysdeps/unix/sysv/
    # linux/brk.c). mprotect is how malloc grows an arena that a thread once had. An executable, fixed, shared or file
    # mapping is not what malloc asks for, and still kills.
    "running out of the reserved heap is a clean out-of-memory, not a kill (answered, never run)",
    (
        Rule("brk", answer=0),
        Rule("mmap", _ANONYMOUS, answer=errno.ENOMEM),
        Rule("mprotect", (Arg(2, 0, mask=PROT_EXEC),), answer=errno.ENOMEM),
    ),
)

_CPU_MEMORY = SyscallGroup(
    "memory beyond the reserved heap: anonymous, private, never executable, never at an address of the caller's",
    (
        Rule("mmap", _ANONYMOUS),
        Rule("mprotect", (Arg(2, 0, mask=PROT_EXEC),)),
        *allowed("munmap", "mremap", "brk", "madvise"),
    ),
)
_CPU_SYNC = SyscallGroup("locks and the clock where they leave the vDSO", allowed("futex", "clock_gettime"))

_CPU_RLIMITS = (
    NO_CORE,
    RLimit("NPROC", 0),
    RLimit("MEMLOCK", 0),
    RLimit("MSGQUEUE", 0),
    RLimit("NOFILE", 64),
)

CPU_STRICT: Final = SandboxPolicy(name="cpu-strict", syscalls=(_CPU_JOB, STDERR, _OUT_OF_MEMORY), rlimits=_CPU_RLIMITS)
CPU_COMPUTE: Final = SandboxPolicy(
    name="cpu-compute", syscalls=(_CPU_JOB, STDERR, _CPU_MEMORY, _CPU_SYNC), rlimits=_CPU_RLIMITS
)

_FUTEX_WAKE_PRIVATE = 129
_NOBODY_WAITS = SyscallGroup(
    # A library's loops may end in a barrier of libgomp, which wakes whoever waits at it, even where the team is one
    # thread. In a process of one thread nobody ever waits: 0 is what the kernel would say. To wait still kills.
    "wake the other threads, of which there are none (answered, never run)",
    (Rule("futex", (Arg(1, _FUTEX_WAKE_PRIVATE),), answer=0),),
)
CPU_COMPARE: Final = SandboxPolicy(
    name="cpu-compare", syscalls=(*CPU_STRICT.syscalls, _NOBODY_WAITS), rlimits=_CPU_RLIMITS
)


def without_clock(policy: SandboxPolicy) -> SandboxPolicy:
    """The policy for a host whose clock the vDSO cannot read (HPET, ACPI PM timer): to read it is then a system call,
    and Python makes it with every lock that it takes. It is answered, and Python takes the time for 0."""
    group = SyscallGroup("a clock that only the kernel can read", (Rule("clock_gettime", answer=errno.ENOSYS),))
    return replace(policy, syscalls=(*policy.syscalls, group))
