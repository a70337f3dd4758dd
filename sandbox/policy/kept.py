"""Names that a policy allows although ``renderserver policy learn`` may see no use of them, and why each one stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_EVERYWHERE: Final = {
    "exit": "a thread ends with it; the worker itself goes by exit_group",
    "rt_sigreturn": "the way back from any signal handler: without it a handled signal would look like an attack",
}
_READ: Final = {
    "read": "the one call a locked worker could take in input by; today's inputs are mapped before the lock"
}

KEPT: Final[Mapping[str, Mapping[str, str]]] = {
    "cpu-strict": _EVERYWHERE | _READ,
    "cpu-compare": _EVERYWHERE | _READ,
    "cpu-compute": _EVERYWHERE
    | _READ
    | {
        "brk": "the heap grows beyond what was reserved: what this level is for",
        "mmap": "the heap grows beyond what was reserved: what this level is for",
        "mprotect": "the heap grows beyond what was reserved: malloc opens an arena's pages with it",
        "munmap": "gives back what mmap gave",
        "mremap": "realloc of a large block",
        "madvise": "malloc gives pages back",
        "futex": "a lock that two threads want: this level may be built with codecs that have threads",
        "clock_gettime": "a clock that the vDSO cannot read, as in some virtual machines",
    },
    "gpu": _EVERYWHERE
    | {
        "access": "access(3) on x86-64: libdrm and NVIDIA's driver look whether a node or a library is there",
        "clock_gettime": "a clock that the vDSO cannot read, as in some virtual machines",
        "clone": "drivers start threads to compile and to submit; a newer software driver none for small pictures",
        "clock_nanosleep": "hardware drivers wait between two looks at the GPU (usleep)",
        "faccessat": "access(3) on aarch64",
        "fstat": "fstat(3) of glibc 2.39 and newer, which called newfstatat before",
        "getdents64": "a driver lists its folder of quirks where there is one",
        "getegid": "the driver and glibc ask whether they run set-gid",
        "getgid": "the driver and glibc ask whether they run set-gid",
        "getrandom": "seeds of hash tables: glibc before 2.41 asks by this call, newer ones ask the vDSO where it can",
        "gettid": "drivers name the thread that holds a lock",
        "lseek": "buffered reading, from Python and from C",
        "madvise": "malloc and the driver's buffers give pages back",
        "mremap": "realloc of a large block",
        "munmap": "gives back what mmap gave",
        "prctl": "drivers give their threads names (PR_SET_NAME alone)",
        "pread64": "dlopen reads a library's headers: drivers on hardware load their back ends late",
        "prlimit64": "how large may a stack be, asked by pthread_getattr_np (reading alone)",
        "readlinkat": "readlink(3) on aarch64",
        "rseq": "glibc 2.35 and newer register every new thread",
        "rt_sigaction": "glibc prepares the cancelling of threads with it, when the first one is made",
        "rt_sigprocmask": "glibc blocks signals while it makes a thread",
        "sched_yield": "drivers spin for a lock with it",
        "set_robust_list": "glibc registers every new thread",
        "statx": "Rust code in newer drivers looks at files with it",
        "sysinfo": "how much memory is there (sysconf): the driver sizes its caches",
        "tgkill": "abort(3): a driver that gives up must be told apart from an attack (SIGABRT to itself alone)",
        "uname": "NVIDIA's driver compares its version with the kernel module's",
    },
}
