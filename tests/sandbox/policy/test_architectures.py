"""The policies on aarch64, seen from whatever machine this is: libseccomp knows the calls of both."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator

import pyseccomp
import pytest

from sandbox.export.kafel import kafel
from sandbox.export.start import with_start
from sandbox.mechanisms import seccomp, syscalls
from sandbox.mechanisms.rules import ELSEWHERE, Rule
from sandbox.policy.gpu import GPU, gpu
from sandbox.policy.model import SandboxPolicy, sealed
from sandbox.policy.registry import RECIPES, make
from tests.sandbox.bpf import ALLOW, ERRNO, KILL_PROCESS, Verdict, judge

DEVICES = ("/dev/dri/renderD128", "/dev/nvidia0")
POLICIES = {name: make(name) for name in RECIPES} | {
    "gpu-device": gpu(jit=False, devices=DEVICES),
    "gpu-started": with_start(GPU),
}
# Of what starts a program and of what Python asks for then: aarch64 sets its thread pointer without a call, and its C
# library has no other use for these; mimalloc opens a file as everybody does where there is no other way.
NOT_NEEDED = {"arch_prctl", "open", "poll", "symlink"}


def on_aarch64(name: str) -> bool:
    return bool(pyseccomp.resolve_syscall(pyseccomp.Arch.AARCH64, name) >= 0)


def rules(policy: SandboxPolicy) -> Iterator[Rule]:
    for group in (*policy.syscalls, *(policy.sealed or ())):
        yield from group.rules


@pytest.mark.parametrize("name", POLICIES)
def test_aarch64_has_every_call_of_a_policy_or_one_in_its_place(name: str) -> None:
    missing = {rule.name for rule in rules(POLICIES[name]) if not on_aarch64(rule.name)}
    assert missing <= set(ELSEWHERE) | NOT_NEEDED


def test_what_stands_in_for_a_call_exists_there() -> None:
    assert [name for name in ELSEWHERE if on_aarch64(name)] == []
    assert [name for name in ELSEWHERE.values() if not on_aarch64(name)] == []


@pytest.mark.parametrize("name", POLICIES)
def test_a_rule_that_has_a_stand_in_pins_no_argument(name: str) -> None:
    assert [rule for rule in rules(POLICIES[name]) if rule.name in ELSEWHERE and rule.args] == []


def test_aarch64_has_every_call_that_the_sandbox_makes_itself() -> None:
    assert [name for name in syscalls.NUMBERS if not on_aarch64(name)] == []


@pytest.mark.parametrize("policy", [GPU, sealed(GPU)], ids=lambda policy: policy.name)
def test_the_stand_in_is_decided_as_the_call_would_be(monkeypatch: pytest.MonkeyPatch, policy: SandboxPolicy) -> None:
    number = seccomp.number
    monkeypatch.setattr(seccomp, "number", lambda name: None if name in ELSEWHERE else number(name))
    program = seccomp.compile_filter(policy.syscalls)
    monkeypatch.undo()
    decided = {name: judge(program, seccomp.number(name) or 0) for name in ELSEWHERE.values()}
    read_only, allowed = Verdict(ERRNO, errno.EROFS), Verdict(ALLOW)
    assert decided == {
        "faccessat": allowed,
        "mkdirat": read_only,
        "readlinkat": allowed,
        "renameat": read_only,
        "unlinkat": read_only,
    }


@pytest.mark.skipif(seccomp.number("rename") is None, reason="this machine has no rename")
def test_where_a_call_exists_nothing_stands_in_for_it() -> None:
    assert judge(seccomp.compile_filter(GPU.syscalls), seccomp.number("renameat") or 0) == Verdict(KILL_PROCESS)


def test_an_export_has_the_numbers_of_the_machine_it_is_made_on() -> None:
    written = dict(re.findall(r"^#define sys_(\w+) (\d+)$", kafel(GPU), re.MULTILINE))
    assert written
    assert {name: seccomp.number(name) for name in written} == {name: int(number) for name, number in written.items()}
