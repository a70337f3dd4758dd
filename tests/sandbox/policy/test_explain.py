"""What ``policy explain`` and ``policy diff`` say is what the filters do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.mechanisms import seccomp
from sandbox.mechanisms.rlimits import RLimit
from sandbox.policy.cpu import CPU_COMPARE, CPU_COMPUTE, CPU_STRICT
from sandbox.policy.difference import differences
from sandbox.policy.explain import Fate, UnknownCallError, all_names, explain, stages_of
from sandbox.policy.gpu import GPU
from sandbox.policy.guards import GUARDS, guards
from sandbox.policy.model import SandboxPolicy, sealed, waive
from sandbox.policy.registry import RECIPES, make
from tests.sandbox.bpf import ALLOW, ERRNO, judge
from tests.sandbox.export.calls import around, by_name

POLICIES = [GPU, CPU_STRICT, CPU_COMPUTE, CPU_COMPARE]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_the_explained_fate_of_every_call_is_what_the_filter_does(policy: SandboxPolicy) -> None:
    for stage in stages_of(policy):
        program, rules = seccomp.compile_filter(stage.syscalls), by_name(stage)
        for name, number in all_names().items():
            tried = [(), *around(rules.get(name, []))]
            seen = {judge(program, number, *arguments).action for arguments in tried}
            fate = {each.title: each.fate for each in explain(name, policy).stages}[stage.name]
            assert fate is expected(seen), (stage.name, name)


def expected(seen: set[int]) -> Fate:
    if ALLOW in seen:
        return Fate.ALLOWED if seen == {ALLOW} else Fate.SOME
    return Fate.ANSWERED if ERRNO in seen else Fate.KILLED


def test_mount_is_denied_by_the_filter_and_three_layers_more() -> None:
    found = explain("mount", GPU)
    assert [stage.fate for stage in found.stages] == [Fate.KILLED, Fate.KILLED]
    assert [guard.layer for guard in found.guards] == ["mountns", "capabilities", "landlock"]


def test_an_allowed_call_says_why_and_with_which_arguments() -> None:
    (stage,) = explain("write", CPU_STRICT).stages
    assert [(reason.outcome, reason.when) for reason in stage.reasons] == [
        ("allowed", "fd == 4"),
        ("allowed", "fd == 5"),
        ("answered EBADF", "fd == 1"),
        ("answered EBADF", "fd == 2"),
    ]
    assert "write the picture" in stage.reasons[0].reason
    assert stage.others_killed


def test_a_layer_that_is_waived_guards_nothing() -> None:
    assert "landlock" in {guard.layer for guard in guards("connect", GPU)}
    assert "landlock" not in {guard.layer for guard in guards("connect", waive(GPU, frozenset({"landlock"})))}
    assert list(guards("connect", CPU_STRICT)) == []


def test_guards_name_calls_that_exist_and_layers_that_a_policy_has() -> None:
    for guard in GUARDS:
        assert guard.layer in GPU.layers
        for name in guard.calls:
            seccomp.number(name)  # raises for a name that nobody has


@pytest.mark.parametrize("name", ["mount", "ptrace", "init_module", "socket", "setuid", "execve", "shmget", "reboot"])
def test_what_attackers_want_is_stopped_by_more_than_the_filter(name: str) -> None:
    assert list(guards(name, GPU))


def test_a_misspelt_call_is_met_with_what_may_have_been_meant() -> None:
    with pytest.raises(UnknownCallError, match="opneat") as caught:
        explain("opneat", GPU)
    assert "openat" in caught.value.similar


def test_a_number_will_do() -> None:
    assert explain(str(seccomp.number("openat")), GPU).name == "openat"
    with pytest.raises(UnknownCallError):
        explain("9999", GPU)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_a_policy_does_not_differ_from_itself(policy: SandboxPolicy) -> None:
    assert differences(policy, replace(policy, name="another name")) == ([], [])


def test_the_second_filter_only_takes_away() -> None:
    wide, tight = seccomp.compile_filter(GPU.syscalls), seccomp.compile_filter(sealed(GPU).syscalls)
    calls, _ = differences(GPU, sealed(GPU))
    assert {"socket", "rt_sigaction", "seccomp", "clone"} <= {each.what for each in calls}
    for each in calls:
        number = seccomp.number(each.what)
        assert number is not None
        for arguments in around([*by_name(GPU).get(each.what, []), *by_name(sealed(GPU)).get(each.what, [])]):
            if judge(tight, number, *arguments).action == ALLOW:
                assert judge(wide, number, *arguments).action == ALLOW, each


def test_each_kind_of_difference_is_seen() -> None:
    limits = replace(GPU, rlimits=(*GPU.rlimits, RLimit("STACK", 1)), hostname="other", landlock=None)
    calls, settings = differences(GPU, limits)
    assert calls == []
    assert [each.what for each in settings] == ["RLIMIT_STACK", "hostname", "landlock", "layers"]


def test_a_policy_has_the_name_that_it_is_found_by() -> None:
    assert [make(name).name for name in RECIPES] == list(RECIPES)


def test_one_filter_is_all_there_is_to_seal() -> None:
    assert sealed(CPU_STRICT) is CPU_STRICT
