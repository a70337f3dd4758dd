"""The GPU path's policy: the full composition."""

from __future__ import annotations

import errno
import signal
from typing import Final

from sandbox.job import Limits
from sandbox.mechanisms.cgroups import CgroupLimits
from sandbox.mechanisms.landlock import LandlockPolicy
from sandbox.mechanisms.namespaces import Namespace
from sandbox.mechanisms.rlimits import RLimit
from sandbox.mechanisms.rules import Arg, Rule, SyscallGroup
from sandbox.policy.descriptors import INPUT_FD
from sandbox.policy.groups import JOB_OUT, NO_CORE, PROT_EXEC, PROT_WRITE, STDERR, allowed, answered
from sandbox.policy.model import SandboxPolicy
from sandbox.policy.tree import DEVICES, DRIVER_DATA, TMP_BYTES, TMP_INODES, tree
from sandbox.policy.units import KIB, MIB

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
        *JOB_OUT,
        *allowed("exit", "exit_group", "rt_sigreturn", "rt_sigprocmask"),
        Rule("tgkill", (Arg(0, _GPU_PID), Arg(2, signal.SIGABRT))),
    ),
)
_GPU_READ = SyscallGroup(
    "read what is mounted for it and the driver's data; what else there is, mount namespace and Landlock decide",
    (
        Rule("openat", (Arg(2, 0, mask=_O_WRITES),)),
        *allowed("read", "pread64", "lseek", "close", "fstat", "newfstatat", "statx", "getdents64"),
        *allowed("access", "faccessat", "readlink", "readlinkat"),
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
            # A driver's dispatch table asks for a page for stubs of entry points that no driver has, and does without.
            Rule("mmap", (Arg(2, both, mask=both),), answer=errno.EACCES),
            *allowed("munmap", "mremap", "brk", "madvise"),
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
        *allowed("set_robust_list", "rseq"),
    ),
)
_GPU_RUN_THREADS = SyscallGroup(
    "the driver's threads wait for each other and ask where they run",
    allowed("futex", "sched_yield", "sched_getaffinity", "gettid", "getpid", "clock_gettime", "clock_nanosleep"),
)
_GPU_FACTS = SyscallGroup(
    "facts about the machine and itself that a driver asks for",
    (
        *allowed("getuid", "geteuid", "getgid", "getegid", "uname", "sysinfo", "getrandom"),
        Rule("prlimit64", (Arg(2, 0),)),
    ),
)
_GPU_NAME_SOCKET = SyscallGroup(
    "Python asks a descriptor whether it is a socket when it makes an object of it",
    (Rule("getsockname", (Arg(0, INPUT_FD),)), Rule("getsockopt", (Arg(0, INPUT_FD),))),
)
_GPU_HARMLESS = SyscallGroup(
    "tried by the driver, its compiler, Python or glibc and survived without: answered, never run",
    (
        *answered(errno.EPERM, "sched_setscheduler", "sched_setaffinity", "setpriority"),
        *answered(errno.EPERM, "mbind", "set_mempolicy", "get_mempolicy", "memfd_create"),
        *(Rule("ioctl", (Arg(1, request),), answer=errno.ENOTTY) for request in (_TCGETS, _TCGETS2, _FIOCLEX)),
        *(Rule("openat", (Arg(2, bit, mask=bit),), answer=errno.EROFS) for bit in (0o1, 0o100)),
        *answered(errno.EROFS, "mkdir", "mkdirat", "unlink", "unlinkat", "rename"),
        Rule("prctl", (Arg(0, _PR_SET_VMA),), answer=errno.EINVAL),
    ),
)
_GPU_NO_SOCKET = SyscallGroup(
    "the driver and glibc try a socket while they start, and go on without (answered, never run)",
    answered(errno.EPERM, "socket", "socketpair"),
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
    NO_CORE,
    RLimit("MEMLOCK", 64 * KIB),
    RLimit("MSGQUEUE", 0),
    RLimit("NOFILE", 128),
    RLimit("NPROC", 64),
)


def gpu(*, jit: bool = True, devices: tuple[str, ...] = (), file_bytes: int = Limits().file_bytes) -> SandboxPolicy:
    """The full composition. ``devices``: the GPU's nodes inside the tree (none for a software driver); ``jit`` see
    the field; ``file_bytes``: the hard limit of a file's size, below which a job's own limit is set when it comes."""
    memory = _gpu_memory(jit=jit)
    common = (_GPU_JOB, STDERR, _GPU_READ, memory, _GPU_RUN_THREADS, _GPU_FACTS, _GPU_HARMLESS, *_drivers(devices))
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
        rlimits=(*_GPU_RLIMITS, RLimit("FSIZE", _whole_mib(file_bytes))),
        cgroup=CgroupLimits(memory_bytes=1024 * MIB, pids=32, cpu_cores=2.0),
        landlock=LandlockPolicy((*DRIVER_DATA, *DEVICES), devices=devices, listed=("/dev",) if devices else ()),
        nested_user_namespaces=False,
        mounts=tree(devices),
        tmp_bytes=TMP_BYTES,
        tmp_inodes=TMP_INODES,
        hostname="render",
        jit=jit,
    )


def _whole_mib(size: int) -> int:
    """No less: some launchers count in MiB, and a job's own limit must fit below theirs."""
    return -(-size // MIB) * MIB


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
