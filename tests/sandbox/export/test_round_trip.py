"""An exported filter decides every call like the native one: the exports are read back, the native BPF is run."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.export import FORMATS
from sandbox.export.model import Program
from sandbox.export.start import LOCK_ITSELF, SOFTWARE_DRIVER, START, can_start, with_start
from sandbox.mechanisms import seccomp
from sandbox.policy.cpu import CPU_COMPUTE, CPU_STRICT
from sandbox.policy.gpu import GPU, gpu
from sandbox.policy.model import SandboxPolicy, sealed
from tests.sandbox.bpf import ALLOW, ERRNO, KILL_PROCESS, judge
from tests.sandbox.export.calls import every_call
from tests.sandbox.export.oci import Profile

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="tried on x86-64 alone")

PROGRAM = Program(argv=("/bin/true",))
POLICIES = {
    "cpu-strict": CPU_STRICT,
    "cpu-compute": CPU_COMPUTE,
    "gpu": GPU,
    "gpu-sealed": sealed(GPU),
    "gpu-device": gpu(jit=False, devices=("/dev/dri/renderD128", "/dev/nvidia0")),
    "gpu-started": with_start(GPU),
}


def exported(format_: str, policy: SandboxPolicy, *, file: int = 0) -> Any:
    return json.loads(FORMATS[format_](policy, PROGRAM).files[file].content)


def decides_alike(profile: Mapping[str, Any], policy: SandboxPolicy) -> set[int]:
    """The actions seen. Fails at the first call that is decided differently."""
    read_back, program = Profile(profile), seccomp.compile_filter(policy.syscalls)
    seen = set()
    for number, arguments in every_call(policy):
        native = judge(program, number, *arguments)
        assert read_back.judge(number, *arguments) == native, (seccomp.name_of(number), [hex(a) for a in arguments])
        seen.add(native.action)
    return seen


@pytest.mark.parametrize("name", POLICIES)
def test_dockers_profile_decides_every_call_like_the_native_filter(name: str) -> None:
    policy = POLICIES[name]
    assert decides_alike(exported("docker", policy), policy) == {ALLOW, ERRNO, KILL_PROCESS}


@pytest.mark.parametrize("name", POLICIES)
def test_the_oci_bundle_and_the_kubelets_file_hold_the_same_filter(name: str) -> None:
    policy = POLICIES[name]
    plain = {key: value for key, value in exported("docker", policy).items() if key not in ("comment", "notExpressed")}
    for entry in plain["syscalls"]:
        del entry["comment"]
    assert exported("oci", policy)["linux"]["seccomp"] == plain
    assert exported("k8s", policy, file=1) == plain


@pytest.mark.parametrize("name", POLICIES)
def test_bubblewraps_bpf_is_the_native_filter(name: str) -> None:
    policy = POLICIES[name]
    assert FORMATS["bubblewrap"](policy, PROGRAM).files[2].content == seccomp.compile_filter(policy.syscalls)


def test_a_single_changed_value_does_not_go_unseen() -> None:
    """The round trip would notice: each entry in turn is broken, and the comparison fails."""
    for index in range(len(exported("docker", CPU_STRICT)["syscalls"])):
        broken = exported("docker", CPU_STRICT)
        entry = broken["syscalls"][index]
        if "args" in entry:
            entry["args"][0]["value"] += 1
        else:
            entry["names"] = entry["names"][1:]
        with pytest.raises(AssertionError):
            decides_alike(broken, CPU_STRICT)


def test_what_a_launcher_needs_opens_nothing_but_the_start() -> None:
    before, after = (seccomp.compile_filter(policy.syscalls) for policy in (GPU, with_start(GPU)))
    more = {
        seccomp.name_of(number)
        for number, arguments in every_call(with_start(GPU))
        if judge(before, number, *arguments) != judge(after, number, *arguments)
    }
    assert more == {
        *("execve", "arch_prctl", "set_tid_address"),
        "open",  # answered, not allowed
        # to give up the rest by itself
        *("prlimit64", "prctl", "dup3", "close_range", "symlink", "symlinkat"),
        *("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"),
        *("memfd_create", "ftruncate"),  # a software driver's, before there is a document
        # answered
        *("epoll_create1", "poll", "ppoll"),
    }


def test_the_second_filter_closes_all_that_a_launcher_needed() -> None:
    """Stacked on a launcher's filter, it decides what is left: what it kills, no start can have back."""
    second = seccomp.compile_filter(sealed(GPU).syscalls)
    opened = {rule.name for group in (START, SOFTWARE_DRIVER, LOCK_ITSELF) for rule in group.rules}
    answered = {"memfd_create"}
    for name in sorted(opened - {"prlimit64", "prctl"}):
        number = seccomp.number(name)
        assert number is None or judge(second, number).action == (ERRNO if name in answered else KILL_PROCESS), name


@pytest.mark.parametrize("policy", [CPU_STRICT, CPU_COMPUTE], ids=lambda policy: policy.name)
def test_no_launcher_can_start_what_locks_itself(policy: SandboxPolicy) -> None:
    assert not can_start(policy)
    with pytest.raises(ValueError, match="locks itself"):
        with_start(policy)
