"""The description of a fork server is the same on both sides of its socket, and describes nothing that cannot be."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from sandbox.export import nsjail, oci
from sandbox.job import Limits
from sandbox.mechanisms.rlimits import RLimit
from sandbox.policy.registry import RECIPES
from sandbox.spec import NATIVE, Confinement, WorkerSpec
from tests.sandbox.export.cases import PROGRAM

PLAIN = WorkerSpec("plain", Confinement.COMPOSED, "gpu", "package.module:Class")
# For every field another value than it has in PLAIN; to be LOCKED takes another policy too.
OTHERS: dict[str, dict[str, Any]] = {
    "name": {"name": "other"},
    "kind": {"kind": Confinement.LOCKED, "policy": "cpu-compare"},
    "policy": {"kind": Confinement.LOCKED, "policy": "cpu-compute"},
    "entry": {"entry": "another.module:Class"},
    "entry_options": {"entry_options": {"fonts": ["/a", "/b"], "images": None, "limits": {"max_nodes": 3}}},
    "environment": {"environment": {"THREADS": "1", "EMPTY": ""}},
    "limits": {"limits": Limits(1.5, 2.5, 3 << 20, 4 << 20, 5.5, 6 << 20)},
    "workers": {"workers": 7},
    "pool": {"pool": 0},
    "launcher": {"launcher": "nsjail"},
    "waived": {"waived": frozenset({"landlock", "cgroup"})},
    "unsandboxed": {"unsandboxed": True},
    "uid": {"uid": 1},
    "gid": {"gid": 2},
    "mounts": {"mounts": (("/from", "/to"), ("/a", "/b"))},
    "warm_wall_s": {"warm_wall_s": 0.5},
}


def test_every_field_is_tried() -> None:
    assert list(OTHERS) == [field.name for field in fields(WorkerSpec)]


@pytest.mark.parametrize("name", OTHERS)
def test_it_is_the_same_on_the_other_side(name: str) -> None:
    spec = replace(PLAIN, **OTHERS[name])
    assert getattr(spec, name) != getattr(PLAIN, name)
    assert WorkerSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


@pytest.mark.parametrize(("field", "value"), [("level", "strict"), ("limits", {"wall_s": 1, "days": 2})])
def test_what_nobody_has_described_is_no_description(field: str, value: object) -> None:
    with pytest.raises(TypeError):
        WorkerSpec.from_json(PLAIN.to_json() | {field: value})


def test_a_policy_that_nobody_has() -> None:
    with pytest.raises(ValueError, match="no policy is called 'gup'; there are cpu-strict, "):
        replace(PLAIN, policy="gup")


@pytest.mark.parametrize("policy", RECIPES)
def test_every_policy_is_for_workers_of_one_kind(policy: str) -> None:
    kinds = []
    for kind in Confinement:
        try:
            kinds.append(replace(PLAIN, kind=kind, policy=policy).kind)
        except ValueError as error:
            assert policy in str(error)  # noqa: PT017 - one of the two is refused
    assert kinds == [Confinement.COMPOSED if policy == "gpu" else Confinement.LOCKED]


def test_a_launcher_starts_composed_workers_only() -> None:
    locked = replace(PLAIN, kind=Confinement.LOCKED, policy="cpu-strict")
    assert locked.launcher == NATIVE
    with pytest.raises(ValueError, match="nsjail starts composed workers only"):
        replace(locked, launcher="nsjail")


def test_what_a_rehearsal_finds_is_in_the_policy() -> None:
    assert PLAIN.policy_on({}).jit
    assert PLAIN.policy_on({"software": True}).jit
    assert not PLAIN.policy_on({"software": False}).jit
    found = PLAIN.make_policy(jit=False, devices=("/dev/dri/renderD128",))
    assert "/dev/dri/renderD128" in {mount.target for mount in found.mounts}


@pytest.mark.parametrize(
    ("limits", "mib"),
    [
        (Limits(), 1024),
        (Limits(output_bytes=2047 << 20), 2047),
        (Limits(job_output_bytes=(5 << 20) + 1), 256),
        (Limits(output_bytes=1, job_output_bytes=(5 << 20) + 1), 6),
    ],
)
def test_a_file_may_hold_what_a_job_may_have_in_every_launchers_unit(limits: Limits, mib: int) -> None:
    policy = replace(PLAIN, limits=limits).make_policy()
    assert RLimit("FSIZE", mib << 20) in policy.rlimits
    config = json.loads(oci.export(policy, PROGRAM).files[0].content)
    limit = {"type": "RLIMIT_FSIZE", "hard": mib << 20, "soft": mib << 20}
    assert limit in config["process"]["rlimits"]
    assert f"\nrlimit_fsize: {mib}\n" in nsjail.export(policy, PROGRAM).files[0].content.decode()
