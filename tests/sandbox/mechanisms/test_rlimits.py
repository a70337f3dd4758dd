"""Limits that are set, that stay, and that are found out when they are not there."""

from __future__ import annotations

import os
import resource
from dataclasses import replace

import pytest

from sandbox.exceptions import LayerNotInForceError
from sandbox.mechanisms import rlimits
from sandbox.mechanisms.rlimits import RLimit
from sandbox.policy.cpu import CPU_STRICT
from sandbox.policy.gpu import GPU
from sandbox.policy.model import SandboxPolicy
from tests.sandbox import forked

PROC = os.open("/proc", os.O_PATH)


def test_soft_and_hard_are_both_lowered() -> None:
    def apply() -> object:
        rlimits.apply((RLimit("NOFILE", 17), RLimit("CORE", 0)))
        return [resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CORE)]

    assert forked.run(apply) == [[17, 17], [0, 0]]


def test_what_is_lower_already_stays() -> None:
    def apply() -> object:
        resource.setrlimit(resource.RLIMIT_NOFILE, (10, 10))
        rlimits.apply((RLimit("NOFILE", 17),))
        return resource.getrlimit(resource.RLIMIT_NOFILE)

    assert forked.run(apply) == [10, 10]


@pytest.mark.parametrize("policy", [CPU_STRICT, GPU])
def test_a_missing_limit_is_found_from_outside(policy: SandboxPolicy) -> None:
    with pytest.raises(LayerNotInForceError, match="RLIMIT_"):
        rlimits.verify(os.getpid(), policy.rlimits, PROC)


def test_limits_in_force_pass() -> None:
    def apply() -> object:
        rlimits.apply(CPU_STRICT.rlimits)
        rlimits.verify(os.getpid(), CPU_STRICT.rlimits, PROC)
        return True

    assert forked.run(apply)


def test_a_locked_worker_that_lacks_a_limit_is_refused() -> None:
    """The worker is made with fewer limits than it is held to."""
    bare = replace(CPU_STRICT, rlimits=())
    seen = forked.run_cpu(lambda: True, policy=bare, look=lambda pid, _: _complaint(pid)).seen
    assert seen.startswith("RLIMIT_NOFILE is")


def _complaint(pid: int) -> str:
    try:
        rlimits.verify(pid, (RLimit("NOFILE", 3), *CPU_STRICT.rlimits), PROC)
    except LayerNotInForceError as error:
        return error.detail
    return ""
