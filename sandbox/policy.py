"""What a worker may do, as data. Code elsewhere only applies it (or writes it out for another launcher).

A :class:`SandboxPolicy` describes itself: every syscall stands in a group with the reason it is needed, every limit has
its unit in its name. Four policies exist: ``CPU_STRICT``, ``CPU_COMPUTE`` (DESIGN: the CPU path), ``CPU_COMPARE``
(what compares pictures) and ``GPU`` (the full composition). Nothing here touches the kernel, so a policy can be
printed, compared and exported anywhere.

A syscall filter says what it does with a call by the first of: a rule whose arguments match; the default, which is
always KILL_PROCESS. A rule may also *answer* instead of allowing: the kernel returns that errno and runs nothing.
"""

from __future__ import annotations

import errno
import signal
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

INPUT_FD: Final = 3
"""CPU: the job's input; GPU: the socket a job arrives on."""
OUTPUT_FD: Final = 4
REPORT_FD: Final = 5

DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/urandom")
"""What every worker on the GPU path has of ``/dev``; the GPU's nodes come on top."""

DRIVER_DATA: Final = (
    "/etc/glvnd",
    "/etc/OpenCL",
    "/etc/ld.so.cache",
    "/etc/drirc",
    "/usr/share/drirc.d",
    "/usr/share/egl",
    "/usr/share/glvnd",
    "/usr/share/libdrm",
)
"""Small files that GL drivers read while they start: which driver there is, and its quirks. Nothing secret."""

SECUREBITS: Final = (
    *("noroot", "noroot-locked", "no-setuid-fixup", "no-setuid-fixup-locked", "keep-caps-locked"),
    *("no-cap-ambient-raise", "no-cap-ambient-raise-locked"),
)
"""Names of capabilities(7), in lower case and without SECBIT: uid 0 means nothing, and that cannot be undone."""

KIB: Final = 1024
MIB: Final = 1024 * KIB


class Namespace(StrEnum):
    """The kernel's name under ``/proc/<pid>/ns``; :attr:`layer` is ours."""

    USER = "user"
    PID = "pid"
    MOUNT = "mnt"
    NET = "net"
    IPC = "ipc"
    UTS = "uts"
    CGROUP = "cgroup"
    TIME = "time"

    @property
    def layer(self) -> str:
        return {"mnt": "mountns"}.get(self.value, self.value + "ns")


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


@dataclass(frozen=True, slots=True)
class RLimit:
    """Soft and hard are the same value: a worker has nothing to raise. ``name`` without its ``RLIMIT_``."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class CgroupLimits:
    """``cpu_cores``: 1.5 means one and a half cores' worth of time per period."""

    memory_bytes: int
    pids: int
    cpu_cores: float


@dataclass(frozen=True, slots=True)
class LandlockPolicy:
    """Which objects, for the LSM: everything not named here is denied.

    ``read``: files and trees that may be read; beside them a worker may read what the tree holds of its own (see
    :class:`Mount`), which is named file by file. ``write``: trees that may be read, written, filled and emptied.
    ``devices``: nodes that may be read, written and driven with ioctl. ``listed``: folders whose names may be seen, and
    no more. All TCP, all abstract sockets and all signals out of the sandbox are denied where the ABI knows them.
    """

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mount:
    """One thing in the worker's tree. ``source`` None: a fresh tmpfs of ``size_bytes``, and ``inodes`` unless 0.

    ``flags`` as mount(8) names them. ``optional``: left out where the host has no such thing. Beside these the tree
    holds exactly the libraries that a rehearsal has mapped, and an operator's folders, all like :data:`DRIVER_DATA`.
    """

    target: str
    reason: str
    flags: tuple[str, ...]
    source: str | None = None
    size_bytes: int = 0
    inodes: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class SandboxPolicy:
    """Everything one path's worker is held to. See the module docstring."""

    name: str
    syscalls: tuple[SyscallGroup, ...]
    sealed: tuple[SyscallGroup, ...] | None = None
    """A second, tighter filter that is stacked once the worker is warm; None where there is only one."""
    namespaces: tuple[Namespace, ...] = ()
    optional_namespaces: tuple[Namespace, ...] = ()
    rlimits: tuple[RLimit, ...] = ()
    cgroup: CgroupLimits | None = None
    landlock: LandlockPolicy | None = None
    mounts: tuple[Mount, ...] = ()
    """What :mod:`sandbox.mechanisms.mounts` assembles, without the libraries; none: the host's files, which no call can
    open."""
    capabilities: tuple[str, ...] = ()
    """Kept in any of the five sets: none, on any path."""
    securebits: tuple[str, ...] = SECUREBITS
    nested_user_namespaces: bool = True
    """False: its own user namespace may have none inside, whatever it calls (user.max_user_namespaces is 0 there)."""
    tmp_bytes: int = 0
    tmp_inodes: int = 0
    hostname: str | None = None
    jit: bool = False
    """The GL driver compiles machine code (llvmpipe), so memory may be turned executable. Reported as such."""
    waived: frozenset[str] = frozenset()

    @property
    def layers(self) -> tuple[str, ...]:
        """Public names of the layers this policy demands, in the order they are reported; a waived one is missing."""
        return tuple(name for name in self._own_layers() if not self.waives(name))

    @property
    def given_up(self) -> tuple[str, ...]:
        """What of ``waived`` this policy would have. A waiver is for all paths; one gives up only what it has."""
        own = {*self._own_layers(), *(space.layer for space in self.optional_namespaces)}
        own |= {"rlimits"} if self.rlimits else set()
        own |= {"cgroup-v1", "cgroup-v2"} if self.cgroup else set()
        return tuple(sorted(self.waived & own))

    def _own_layers(self) -> list[str]:
        own = [space.layer for space in self.namespaces]
        own += ["cgroup"] if self.cgroup else []
        own += ["capabilities", "no-new-privs"]
        own += ["landlock"] if self.landlock else []
        return [*own, "seccomp"]

    def waives(self, layer: str) -> bool:
        """True where an operator gave this layer up by name; ``cgroup`` also answers to its versioned names."""
        names = {layer, "cgroup-v1", "cgroup-v2"} if layer == "cgroup" else {layer, layer.partition("-v")[0]}
        return bool(names & self.waived)


def _plain(*names: str) -> tuple[Rule, ...]:
    return tuple(Rule(name) for name in names)


def _answers(number: int, *names: str) -> tuple[Rule, ...]:
    return tuple(Rule(name, answer=number) for name in names)


ELSEWHERE: Final = {
    "access": "faccessat",
    "mkdir": "mkdirat",
    "readlink": "readlinkat",
    "rename": "renameat",
    "unlink": "unlinkat",
}
"""Calls that aarch64 lacks, and what its C library uses in their place. A rule for the first is one for the second
there. No rule for one of them may look at arguments, which are others."""

# The kernel's numbers (include/uapi); the ones used here are the same on x86-64 and aarch64.
PROT_WRITE, PROT_EXEC = 0x2, 0x4
MAP_SHARED_OR_PRIVATE, MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS = 0x0F, 0x02, 0x10, 0x20
_ALL_BITS = 0xFFFF_FFFF_FFFF_FFFF
_ANONYMOUS = (
    Arg(2, 0, mask=PROT_EXEC),
    Arg(3, MAP_PRIVATE | MAP_ANONYMOUS, mask=MAP_SHARED_OR_PRIVATE | MAP_FIXED | MAP_ANONYMOUS),
)

_JOB_OUT = (Rule("write", (Arg(0, OUTPUT_FD),)), Rule("write", (Arg(0, REPORT_FD),)))
_CPU_JOB = SyscallGroup(
    "read the job, write the picture and the report, go away",
    (Rule("read", (Arg(0, INPUT_FD),)), *_JOB_OUT, *_plain("exit", "exit_group", "rt_sigreturn")),
)

_STDERR = SyscallGroup(
    # A library that prints a warning (fprintf(stderr)) is no attack. The descriptors are closed anyway.
    "standard output and error do not exist, and say so (answered, never run)",
    (Rule("write", (Arg(0, 1),), answer=errno.EBADF), Rule("write", (Arg(0, 2),), answer=errno.EBADF)),
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
        *_plain("munmap", "mremap", "brk", "madvise"),
    ),
)
_CPU_SYNC = SyscallGroup("locks and the clock where they leave the vDSO", _plain("futex", "clock_gettime"))

# One byte, not none: with 0 the kernel still starts a core_pattern that is a program, outside and on hostile memory;
# 1 is its sign for 'no dump of any kind' (core(5), do_coredump in fs/coredump.c).
_NO_CORE = RLimit("CORE", 1)

_CPU_RLIMITS = (
    _NO_CORE,
    RLimit("NPROC", 0),
    RLimit("MEMLOCK", 0),
    RLimit("MSGQUEUE", 0),
    RLimit("NOFILE", 64),
)

CPU_STRICT: Final = SandboxPolicy(name="cpu-strict", syscalls=(_CPU_JOB, _STDERR, _OUT_OF_MEMORY), rlimits=_CPU_RLIMITS)
CPU_COMPUTE: Final = SandboxPolicy(
    name="cpu-compute", syscalls=(_CPU_JOB, _STDERR, _CPU_MEMORY, _CPU_SYNC), rlimits=_CPU_RLIMITS
)

_FUTEX_WAKE_PRIVATE = 129
_NOBODY_WAITS = SyscallGroup(
    # FLIP's loops end in a barrier of libgomp, which wakes whoever waits at it, even where the team is one thread. In a
    # process of one thread nobody ever waits: 0 is what the kernel would say. To wait still kills.
    "wake the other threads, of which there are none (answered, never run)",
    (Rule("futex", (Arg(1, _FUTEX_WAKE_PRIVATE),), answer=0),),
)
CPU_COMPARE: Final = SandboxPolicy(
    name="cpu-compare", syscalls=(*CPU_STRICT.syscalls, _NOBODY_WAITS), rlimits=_CPU_RLIMITS
)

# pthread_create's clone flags: VM|FS|FILES|SIGHAND|THREAD|SYSVSEM|SETTLS|PARENT_SETTID|CHILD_CLEARTID, and musl's same
# with DETACHED. Matched exactly, so no namespace flag, no new process and no CLONE_PIDFD fits through.
_PTHREAD_FLAGS = (0x003D_0F00, 0x007D_0F00)
_O_WRITES = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000  # WRONLY RDWR CREAT TRUNC APPEND, and TMPFILE's own bit
_READ_WRITE = Arg(2, 0o2, mask=_O_WRITES)  # O_RDWR and nothing that makes, cuts or appends
_TCGETS, _TCGETS2, _FIOCLEX = 0x5401, 0x802C542A, 0x5451  # isatty(3): the second since glibc 2.42
_PR_SET_NAME, _PR_SET_VMA = 15, 0x5356_4D41
_SECCOMP_SET_MODE_FILTER, _SECCOMP_TSYNC = 1, 1
_GPU_PID = 1  # the worker is its pid namespace's init

_GPU_JOB = SyscallGroup(
    "take the job from its socket, write the picture and the report, go away",
    (
        Rule("recvmsg", (Arg(0, INPUT_FD),)),
        Rule("sendto", (Arg(0, INPUT_FD), Arg(4, 0))),  # send(): says that it is ready; no address fits through
        *_JOB_OUT,
        *_plain("exit", "exit_group", "rt_sigreturn", "rt_sigprocmask"),
        Rule("tgkill", (Arg(0, _GPU_PID), Arg(2, signal.SIGABRT))),
    ),
)
_GPU_READ = SyscallGroup(
    "read fonts, images and the driver's data; which files exist is the mount namespace's and Landlock's business",
    (
        Rule("openat", (Arg(2, 0, mask=_O_WRITES),)),
        *_plain("read", "pread64", "lseek", "close", "fstat", "newfstatat", "statx", "getdents64"),
        *_plain("access", "faccessat", "readlink", "readlinkat"),
        *(Rule("fcntl", (Arg(1, command),)) for command in (1, 2, 3, 1030)),  # GETFD SETFD GETFL DUPFD_CLOEXEC
    ),
)


def _gpu_memory(*, jit: bool) -> SyscallGroup:
    both = PROT_WRITE | PROT_EXEC
    turned = (0, PROT_WRITE, PROT_EXEC) if jit else (0, PROT_WRITE)
    return SyscallGroup(
        "memory; writable and executable never at once" + (", made executable for the driver's JIT" if jit else ""),
        (
            *(Rule("mmap", (Arg(2, prot, mask=both),)) for prot in (0, PROT_WRITE, PROT_EXEC)),
            *(Rule("mprotect", (Arg(2, prot, mask=both),)) for prot in turned),
            # Mesa's dispatch table asks for a page for stubs of entry points that no driver has, and does without.
            Rule("mmap", (Arg(2, both, mask=both),), answer=errno.EACCES),
            *_plain("munmap", "mremap", "brk", "madvise"),
        ),
    )


_GPU_START_THREADS = SyscallGroup(
    "start the driver's threads: clone as pthread_create calls it and no other way; clone3's flags lie behind a "
    "pointer no filter sees, so it answers ENOSYS and glibc falls back (EPERM would break threads)",
    (
        *(Rule("clone", (Arg(0, flags),)) for flags in _PTHREAD_FLAGS),
        Rule("clone3", answer=errno.ENOSYS),
        Rule("prctl", (Arg(0, _PR_SET_NAME),)),
        Rule("rt_sigaction"),
        *_plain("set_robust_list", "rseq"),
    ),
)
_GPU_RUN_THREADS = SyscallGroup(
    "the driver's threads wait for each other and ask where they run",
    _plain("futex", "sched_yield", "sched_getaffinity", "gettid", "getpid", "clock_gettime", "clock_nanosleep"),
)
_GPU_FACTS = SyscallGroup(
    "facts about the machine and itself that a driver asks for",
    (
        *_plain("getuid", "geteuid", "getgid", "getegid", "uname", "sysinfo", "getrandom"),
        Rule("prlimit64", (Arg(2, 0),)),
    ),
)
_GPU_NAME_SOCKET = SyscallGroup(
    "Python asks a descriptor whether it is a socket when it makes an object of it",
    (Rule("getsockname", (Arg(0, INPUT_FD),)), Rule("getsockopt", (Arg(0, INPUT_FD),))),
)
_GPU_HARMLESS = SyscallGroup(
    "tried by Mesa, LLVM, Python or glibc and survived without: answered, never run",
    (
        *_answers(errno.EPERM, "sched_setscheduler", "sched_setaffinity", "setpriority"),
        *_answers(errno.EPERM, "mbind", "set_mempolicy", "get_mempolicy", "memfd_create"),
        *(Rule("ioctl", (Arg(1, request),), answer=errno.ENOTTY) for request in (_TCGETS, _TCGETS2, _FIOCLEX)),
        *(Rule("openat", (Arg(2, bit, mask=bit),), answer=errno.EROFS) for bit in (0o1, 0o100)),
        *_answers(errno.EROFS, "mkdir", "mkdirat", "unlink", "unlinkat", "rename"),
        Rule("prctl", (Arg(0, _PR_SET_VMA),), answer=errno.EINVAL),
    ),
)
_GPU_NO_SOCKET = SyscallGroup(
    "Mesa and glibc try a socket while they start, and go on without (answered, never run)",
    _answers(errno.EPERM, "socket", "socketpair"),
)
_GPU_NO_THREAD = SyscallGroup(
    "no new thread once warm; whoever tries is told that there is no room (answered, never run)",
    (Rule("clone", answer=errno.EAGAIN), Rule("clone3", answer=errno.ENOSYS), Rule("prctl", (Arg(0, _PR_SET_NAME),))),
)
_GPU_TO_SEAL = SyscallGroup(
    "stack the second filter on every thread once warm (only more can be denied; no listener flag fits)",
    (Rule("seccomp", (Arg(0, _SECCOMP_SET_MODE_FILTER), Arg(1, _SECCOMP_TSYNC))),),
)

_GPU_RLIMITS = (
    _NO_CORE,
    RLimit("MEMLOCK", 64 * KIB),
    RLimit("MSGQUEUE", 0),
    RLimit("NOFILE", 128),
    RLimit("NPROC", 64),
    RLimit("FSIZE", 256 * MIB),
)


_TMP_BYTES, _TMP_INODES = 4 * MIB, 64


def _tree(devices: tuple[str, ...]) -> tuple[Mount, ...]:
    sealed_flags, device_flags = ("ro", "nosuid", "nodev"), ("ro", "nosuid", "noexec")
    return (
        Mount("/", "nothing of the host that is not named", ("ro", "nosuid", "nodev", "noexec"), size_bytes=MIB),
        Mount(
            "/tmp",
            "a place to write that programs expect: small and empty, and closed to a forked worker by Landlock",
            ("nosuid", "nodev", "noexec"),
            size_bytes=_TMP_BYTES,
            inodes=_TMP_INODES,
        ),
        *(Mount(node, "a device without a secret or a state", device_flags, source=node) for node in DEVICES),
        *(Mount(node, "the GPU", device_flags, source=node) for node in devices),
        *(
            Mount(path, "which GL driver there is, and its quirks", sealed_flags, source=path, optional=True)
            for path in DRIVER_DATA
        ),
    )


def gpu(*, jit: bool = True, devices: tuple[str, ...] = ()) -> SandboxPolicy:
    """The full composition. ``devices``: the GPU's nodes inside the tree (none for llvmpipe); ``jit`` see the field."""
    memory = _gpu_memory(jit=jit)
    common = (_GPU_JOB, _STDERR, _GPU_READ, memory, _GPU_RUN_THREADS, _GPU_FACTS, _GPU_HARMLESS, *_drivers(devices))
    return SandboxPolicy(
        name="gpu",
        syscalls=(*common, _GPU_START_THREADS, _GPU_NAME_SOCKET, _GPU_NO_SOCKET, _GPU_TO_SEAL),
        sealed=(*common, _GPU_NO_THREAD),
        namespaces=(
            Namespace.USER,
            Namespace.PID,
            Namespace.MOUNT,
            Namespace.NET,
            Namespace.IPC,
            Namespace.UTS,
            Namespace.CGROUP,
        ),
        optional_namespaces=(Namespace.TIME,),
        rlimits=_GPU_RLIMITS,
        cgroup=CgroupLimits(memory_bytes=1024 * MIB, pids=32, cpu_cores=2.0),
        landlock=LandlockPolicy((*DRIVER_DATA, *DEVICES), devices=devices, listed=("/dev",) if devices else ()),
        nested_user_namespaces=False,
        mounts=_tree(devices),
        tmp_bytes=_TMP_BYTES,
        tmp_inodes=_TMP_INODES,
        hostname="render",
        jit=jit,
    )


def _drivers(devices: tuple[str, ...]) -> tuple[SyscallGroup, ...]:
    """The ioctl requests with the driver's magic number (their second byte), and opening its nodes read-write."""
    if not devices:
        return (SyscallGroup("no device to open for writing", (Rule("openat", (_READ_WRITE,), answer=errno.EROFS),)),)
    magics = {ord("d")} if any("/dri/" in node for node in devices) else set()
    magics |= {ord("F")} if any("nvidia" in node for node in devices) else set()
    return (
        SyscallGroup(
            "drive the GPU through its device nodes",
            (
                *(Rule("ioctl", (Arg(1, magic << 8, mask=0xFF00),)) for magic in sorted(magics)),
                Rule("openat", (_READ_WRITE,)),
            ),
        ),
    )


GPU: Final = gpu()
NAMED: Final = {policy.name: policy for policy in (GPU, CPU_STRICT, CPU_COMPUTE, CPU_COMPARE)}


def without_clock(policy: SandboxPolicy) -> SandboxPolicy:
    """The policy for a host whose clock the vDSO cannot read (HPET, ACPI PM timer): to read it is then a system call,
    and Python makes it with every lock that it takes. It is answered, and Python takes the time for 0."""
    group = SyscallGroup("a clock that only the kernel can read", (Rule("clock_gettime", answer=errno.ENOSYS),))
    return replace(policy, syscalls=(*policy.syscalls, group))


def sealed(policy: SandboxPolicy) -> SandboxPolicy:
    """The policy as it stands once its worker is warm, with the second filter as its only one."""
    if policy.sealed is None:
        return policy
    return replace(policy, name=f"{policy.name}-sealed", syscalls=policy.sealed, sealed=None)


def waive(policy: SandboxPolicy, layers: frozenset[str]) -> SandboxPolicy:
    """The same policy with layers an operator gave up by name."""
    return replace(policy, waived=policy.waived | layers)
