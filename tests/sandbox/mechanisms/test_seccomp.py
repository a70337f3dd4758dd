"""What each filter answers to every call there is, first on paper (the BPF itself is run), then in the kernel."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import platform
import struct
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from sandbox.exceptions import LayerFailedError
from sandbox.mechanisms import seccomp
from sandbox.mechanisms.rules import Rule, SyscallGroup
from sandbox.policy.cpu import CPU_COMPARE, CPU_COMPUTE, CPU_STRICT, without_clock
from sandbox.policy.gpu import GPU, gpu
from sandbox.policy.model import SandboxPolicy, sealed
from tests.sandbox import bpf, forked
from tests.sandbox.bpf import ALLOW, ERRNO, KILL_PROCESS, Verdict, judge

POLICIES = {policy.name: policy for policy in (CPU_STRICT, CPU_COMPUTE, CPU_COMPARE, GPU, sealed(GPU))} | {
    "gpu-device": gpu(jit=False, devices=("/dev/dri/renderD128", "/dev/nvidia0"))
}
EVERY_NUMBER = range(600)
KILL = Verdict(KILL_PROCESS)
ALLOWED = Verdict(ALLOW)
RW, RX, RWX = mmap.PROT_READ | mmap.PROT_WRITE, mmap.PROT_READ | mmap.PROT_EXEC, 7
ANONYMOUS = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
FIXED = 0x10


@pytest.fixture(params=sorted(POLICIES))
def filtered(request: pytest.FixtureRequest) -> tuple[SandboxPolicy, bytes]:
    policy = POLICIES[request.param]
    return policy, seccomp.compile_filter(policy.syscalls)


def rules(policy: SandboxPolicy) -> list[Rule]:
    return [rule for group in policy.syscalls for rule in group.rules]


def nr(name: str) -> int:
    number = seccomp.number(name)
    assert number is not None
    return number


def test_no_call_the_policy_does_not_name_is_ever_let_through(filtered: tuple[SandboxPolicy, bytes]) -> None:
    policy, program = filtered
    numbers = {seccomp.number_for_rule(name) for name in {rule.name for rule in rules(policy)}}
    patterns = ((), (1, 1, 1, 1, 1, 1), (3,), (4,), (5,), ((1 << 64) - 1,) * 6)
    let_through = {
        seccomp.name_of(number)
        for number in EVERY_NUMBER
        for arguments in patterns
        if number not in numbers and judge(program, number, *arguments) != KILL
    }
    assert let_through == set()


def test_every_rule_of_the_policy_is_in_the_program(filtered: tuple[SandboxPolicy, bytes]) -> None:
    policy, program = filtered
    for rule in rules(policy):
        number = seccomp.number(rule.name)
        if number is None:
            continue
        arguments = [0] * 6
        for arg in rule.args:
            arguments[arg.index] = arg.value
        expected = ALLOWED if rule.answer is None else Verdict(ERRNO, rule.answer)
        assert judge(program, number, *arguments) == expected, rule


def test_another_architectures_entry_kills_whatever_the_number(filtered: tuple[SandboxPolicy, bytes]) -> None:
    _, program = filtered
    for number in EVERY_NUMBER:
        assert judge(program, number, arch=bpf.AUDIT_ARCH_I386) == KILL


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x32 is an ABI of x86-64 alone")
def test_an_x32_number_kills(filtered: tuple[SandboxPolicy, bytes]) -> None:
    _, program = filtered
    for number in EVERY_NUMBER:
        assert judge(program, number | 0x40000000, 3) == KILL
    assert judge(program, 0xFFFFFFFF) == KILL


def test_strict_allows_five_calls_and_no_more() -> None:
    program = seccomp.compile_filter(CPU_STRICT.syscalls)
    arguments = [(fd, *rest) for fd in range(8) for rest in ((), (0, RW, ANONYMOUS), (0, RWX, ANONYMOUS))]
    allowed = {
        (seccomp.name_of(number), given[0] if number in (nr("read"), nr("write")) else None)
        for number in EVERY_NUMBER
        for given in arguments
        if judge(program, number, *given).action == ALLOW
    }
    assert allowed == {
        ("read", 3),
        ("write", 4),
        ("write", 5),
        ("exit", None),
        ("exit_group", None),
        ("rt_sigreturn", None),
    }


def test_rubbish_above_a_32_bit_descriptor_does_not_match() -> None:
    program = seccomp.compile_filter(CPU_STRICT.syscalls)
    assert judge(program, nr("read"), 3) == ALLOWED
    assert judge(program, nr("read"), 3 | 1 << 32) == KILL


# The protection, the flags, and what strict, compute and gpu say to them.
MAPPINGS = [
    (RW, ANONYMOUS, (Verdict(ERRNO, errno.ENOMEM), ALLOWED, ALLOWED)),
    (RWX, ANONYMOUS, (KILL, KILL, Verdict(ERRNO, errno.EACCES))),
    (RX, ANONYMOUS, (KILL, KILL, ALLOWED)),
    (RW, ANONYMOUS | FIXED, (KILL, KILL, ALLOWED)),
    (RW, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, (KILL, KILL, ALLOWED)),
    (RW, mmap.MAP_PRIVATE, (KILL, KILL, ALLOWED)),
]


@pytest.mark.parametrize(("protection", "flags", "answers"), MAPPINGS)
def test_which_mappings_each_policy_answers_how(protection: int, flags: int, answers: tuple[Verdict, ...]) -> None:
    found = tuple(
        judge(seccomp.compile_filter(policy.syscalls), nr("mmap"), 0, 4096, protection, flags)
        for policy in (CPU_STRICT, CPU_COMPUTE, GPU)
    )
    assert found == answers


@pytest.mark.parametrize(("policy", "answer"), [(GPU, ALLOWED), (gpu(jit=False), KILL), (CPU_COMPUTE, KILL)])
def test_only_a_jit_may_turn_memory_executable(policy: SandboxPolicy, answer: Verdict) -> None:
    program = seccomp.compile_filter(policy.syscalls)
    assert judge(program, nr("mprotect"), 0, 4096, RX) == answer
    assert judge(program, nr("mprotect"), 0, 4096, RWX) == KILL
    assert judge(program, nr("mprotect"), 0, 4096, RW) == ALLOWED


GPU_CALLS = [
    # name, arguments, wide filter, sealed filter
    ("clone", (0x3D0F00,), ALLOWED, Verdict(ERRNO, errno.EAGAIN)),
    ("clone", (0x3D0F00 | 0x10000000,), KILL, Verdict(ERRNO, errno.EAGAIN)),
    ("clone", (17,), KILL, Verdict(ERRNO, errno.EAGAIN)),
    ("clone3", (), Verdict(ERRNO, errno.ENOSYS), Verdict(ERRNO, errno.ENOSYS)),
    ("socket", (1, 1), Verdict(ERRNO, errno.EPERM), KILL),
    ("openat", (0, 0, os.O_RDONLY | os.O_CLOEXEC), ALLOWED, ALLOWED),
    ("openat", (0, 0, os.O_WRONLY), Verdict(ERRNO, errno.EROFS), Verdict(ERRNO, errno.EROFS)),
    ("openat", (0, 0, os.O_RDWR | os.O_CREAT), Verdict(ERRNO, errno.EROFS), Verdict(ERRNO, errno.EROFS)),
    ("openat", (0, 0, os.O_RDWR), Verdict(ERRNO, errno.EROFS), Verdict(ERRNO, errno.EROFS)),
    ("openat", (0, 0, os.O_TRUNC), KILL, KILL),
    ("recvmsg", (3,), ALLOWED, ALLOWED),
    ("recvmsg", (4,), KILL, KILL),
    ("sendto", (3, 1, 1, 0, 0), ALLOWED, ALLOWED),
    ("sendto", (3, 1, 1, 0, 1), KILL, KILL),
    ("ioctl", (0, 0x5401), Verdict(ERRNO, errno.ENOTTY), Verdict(ERRNO, errno.ENOTTY)),
    ("ioctl", (0, 0x5412), KILL, KILL),  # TIOCSTI
    ("ioctl", (0, 0xC0106400), KILL, KILL),  # DRM, with no device
    ("prctl", (15,), ALLOWED, ALLOWED),
    ("prctl", (38,), KILL, KILL),
    ("seccomp", (1, 1), ALLOWED, KILL),
    ("seccomp", (1, 8), KILL, KILL),  # a listener
    ("tgkill", (1, 1, 6), ALLOWED, ALLOWED),
    ("tgkill", (1, 1, 9), KILL, KILL),
    ("prlimit64", (0, 7, 0), ALLOWED, ALLOWED),
    ("prlimit64", (0, 7, 1), KILL, KILL),
]


@pytest.mark.parametrize(("name", "arguments", "wide", "tight"), GPU_CALLS)
def test_arguments_the_gpu_filters_look_at(
    name: str, arguments: tuple[int, ...], wide: Verdict, tight: Verdict
) -> None:
    assert judge(seccomp.compile_filter(GPU.syscalls), nr(name), *arguments) == wide
    assert judge(seccomp.compile_filter(sealed(GPU).syscalls), nr(name), *arguments) == tight


NEVER = (
    *("execve", "execveat", "ptrace", "io_uring_setup", "io_uring_enter", "bpf", "userfaultfd", "keyctl", "add_key"),
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "fsmount"),
    *("mount_setattr", "perf_event_open", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "pidfd_open", "kill"),
    *("connect", "bind", "listen", "accept4", "sendmsg", "setuid", "setresuid", "capset", "personality", "init_module"),
    *(
        "kexec_load",
        "reboot",
        "swapon",
        "syslog",
        "settimeofday",
        "sethostname",
        "acct",
        "open_by_handle_at",
        "mknodat",
    ),
    *("name_to_handle_at", "symlinkat", "linkat", "fchmod", "fchownat", "quotactl", "chmod", "fork", "vfork", "shmget"),
)


@pytest.mark.parametrize("name", NEVER)
def test_what_no_renderer_ever_needs_kills(name: str, filtered: tuple[SandboxPolicy, bytes]) -> None:
    number = seccomp.number(name)
    if number is None:
        pytest.skip(f"{name} does not exist on {platform.machine()}")
    _, program = filtered
    for arguments in ((), (1,) * 6, (3, 0, 0, 0, 0, 0)):
        assert judge(program, number, *arguments) == KILL


def test_devices_open_their_own_ioctls_alone() -> None:
    program = seccomp.compile_filter(gpu(devices=("/dev/nvidia0",)).syscalls)
    assert judge(program, nr("ioctl"), 9, 0xC020462A) == ALLOWED
    assert judge(program, nr("ioctl"), 9, 0xC0106400) == KILL
    assert judge(program, nr("openat"), 0, 0, os.O_RDWR) == ALLOWED
    assert judge(program, nr("openat"), 0, 0, os.O_RDWR | os.O_CREAT) == Verdict(ERRNO, errno.EROFS)


def test_a_syscall_that_nobody_has_is_a_mistake_in_the_policy() -> None:
    wrong = replace(CPU_STRICT, syscalls=(SyscallGroup("typo", (Rule("raed"),)),))
    with pytest.raises(LayerFailedError, match="raed"):
        seccomp.compile_filter(wrong.syscalls)


def test_the_gpu_filter_stays_small() -> None:
    allowed = {rule.name for group in GPU.syscalls for rule in group.rules if rule.answer is None}
    assert len(allowed) < 60


# --- in the kernel ----------------------------------------------------------------------------------------------------

libc = ctypes.CDLL(None, use_errno=True)


def raw(name: str, *arguments: int) -> Callable[[], object]:
    number, given = nr(name), tuple(ctypes.c_long(value) for value in arguments)

    def call() -> object:
        result = libc.syscall(number, *given)
        return result if result >= 0 else {"errno": ctypes.get_errno()}

    return call


KILLED_FOR_REAL = [
    ("socket", (1, 1, 0)),
    ("openat", (-100, 0, 0)),
    ("read", (0, 0, 0)),
    ("write", (3, 0, 0)),
    ("getpid", ()),
    ("mmap", (0, 4096, RWX, ANONYMOUS, -1, 0)),
    ("mprotect", (0, 4096, RX)),
    ("execve", (0, 0, 0)),
    ("clone", (17, 0, 0, 0, 0)),
]


@pytest.mark.parametrize(("name", "arguments"), KILLED_FOR_REAL)
def test_a_call_outside_strict_dies_of_sigsys(name: str, arguments: tuple[int, ...]) -> None:
    assert forked.run_cpu(raw(name, *arguments)).killed_by_filter


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("brk", (0,), 0),
        ("mmap", (0, 4096, RW, ANONYMOUS, -1, 0), {"errno": errno.ENOMEM}),
        ("mprotect", (0, 4096, RW), {"errno": errno.ENOMEM}),
        ("write", (2, 0, 0), {"errno": errno.EBADF}),
    ],
)
def test_strict_answers_what_libraries_try_without_harm(name: str, arguments: tuple[int, ...], answer: object) -> None:
    assert forked.run_cpu(raw(name, *arguments)).said == answer


def test_a_clock_that_only_the_kernel_can_read_is_answered() -> None:
    """Python goes on without it; where the vDSO can read it, the call stays forbidden."""
    read_clock = raw("clock_gettime", 1, 0)
    assert forked.run_cpu(read_clock, policy=without_clock(CPU_STRICT)).said == {"errno": errno.ENOSYS}
    assert forked.run_cpu(read_clock).killed_by_filter


@pytest.fixture(scope="module")
def strict() -> SandboxPolicy:
    """As this host has it: Python reads the clock on its way to a MemoryError."""
    read_clock = forked.run_cpu(lambda: time.monotonic() > 0)
    return without_clock(CPU_STRICT) if read_clock.killed_by_filter else CPU_STRICT


def test_out_of_memory_under_strict_is_null_from_malloc_and_not_a_kill(strict: SandboxPolicy) -> None:
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc.argtypes = [ctypes.c_size_t]

    def exhaust() -> object:
        taken = 0
        while libc.malloc(1 << 16) and taken < 1 << 34:
            taken += 1 << 16
        return {"ended": libc.malloc(1 << 20) is None, "bounded": taken < 1 << 34}

    assert forked.run_cpu(exhaust, policy=strict).said == {"ended": True, "bounded": True}


def test_running_out_in_python_is_a_memory_error(strict: SandboxPolicy) -> None:
    def hoard() -> object:
        kept = []
        while True:
            kept.append(bytearray(1 << 16))

    assert forked.run_cpu(hoard, policy=strict).said == {"memory": True}


def test_compute_gives_more_memory_and_the_clock() -> None:
    def work() -> object:
        block = bytearray(64 << 20)
        return len(block) and time.monotonic() > 0

    assert forked.run_cpu(work, policy=CPU_COMPUTE).said is True


@pytest.mark.skipif(platform.machine() != "x86_64", reason="int 0x80 is x86")
@pytest.mark.parametrize("code", [b"\xb8\x14\x00\x00\x00\xcd\x80\xc3", b"\xb8\x27\x00\x00\x40\x0f\x05\xc3"])
def test_the_32_bit_and_x32_entries_kill(code: bytes) -> None:
    page = mmap.mmap(-1, 4096, prot=RWX, flags=ANONYMOUS)
    page.write(code)
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    assert forked.run(lambda: function() != 0), "the control: unlocked, the entry answers something"
    assert forked.run_cpu(function).killed_by_filter


def test_the_program_is_whole_instructions() -> None:
    program = seccomp.compile_filter(GPU.syscalls)
    assert len(program) % 8 == 0
    assert struct.unpack_from("<HBBI", program)[3] == 4, "the architecture is loaded first"


def test_a_comparing_worker_may_wake_nobody_and_wait_for_nobody() -> None:
    program = seccomp.compile_filter(CPU_COMPARE.syscalls)
    wake_private, wait, wait_private, wake = 129, 0, 128, 1
    assert judge(program, nr("futex"), 0, wake_private, 1) == Verdict(ERRNO, 0)
    for operation in (wait, wait_private, wake, wake_private | 1 << 32):
        assert judge(program, nr("futex"), 0, operation, 1) == KILL
