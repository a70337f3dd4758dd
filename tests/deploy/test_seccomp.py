from __future__ import annotations

import json
import os
import platform
from dataclasses import replace
from typing import Any

import pyseccomp
import pytest

from deploy.exceptions import DeploymentError
from deploy.seccomp import ContainerHost, translate
from sandbox.mechanisms import seccomp
from tests.app.footguns.profile import build
from tests.borrowed import PROJECT
from tests.sandbox.bpf import ALLOW, judge
from tests.sandbox.export.oci import Profile

PLACE = ContainerHost("x86_64", (6, 1))


def names(**entry: Any) -> list[str]:
    profile = {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["x"], "action": "SCMP_ACT_ALLOW", **entry}]}
    return [name for made in translate(profile, PLACE)["syscalls"] for name in made["names"]]


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        ({}, True),
        ({"includes": {"arches": ["amd64", "x32"]}}, True),
        ({"includes": {"arches": ["s390x"]}}, False),
        ({"excludes": {"arches": ["amd64"]}}, False),
        ({"includes": {"caps": ["CAP_SYS_ADMIN"]}}, False),
        ({"excludes": {"caps": ["CAP_SYS_ADMIN"]}}, True),
        ({"includes": {"minKernel": "4.8"}}, True),
        ({"includes": {"minKernel": "6.1"}}, True),
        ({"includes": {"minKernel": "6.2"}}, False),
        ({"excludes": {"minKernel": "4.8"}}, False),
        ({"includes": {"arches": ["amd64"], "minKernel": "9.0"}}, False),
    ],
)
def test_conditions_are_decided_as_docker_decides_them(entry: dict[str, Any], kept: bool) -> None:
    assert names(**entry) == (["x"] if kept else [])


def test_of_capabilities_all_must_be_held_and_one_excludes() -> None:
    place = replace(PLACE, capabilities=("CAP_A",))
    entries = [
        {"names": ["both"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_A", "CAP_B"]}},
        {"names": ["one"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_A"]}},
        {"names": ["not"], "action": "SCMP_ACT_ALLOW", "excludes": {"caps": ["CAP_B", "CAP_A"]}},
    ]
    made = translate({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": entries}, place)
    assert [entry["names"] for entry in made["syscalls"]] == [["one"]]


@pytest.mark.parametrize(
    "profile",
    [
        {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [], "listenerPath": "/x"},
        {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"name": "x", "action": "SCMP_ACT_ALLOW"}]},
        {
            "defaultAction": "SCMP_ACT_ERRNO",
            "syscalls": [{"names": ["x"], "action": "SCMP_ACT_ALLOW", "includes": {"x": 1}}],
        },
        {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [], "archMap": [{}], "architectures": ["SCMP_ARCH_X86_64"]},
    ],
)
def test_what_is_not_known_is_refused(profile: dict[str, Any]) -> None:
    with pytest.raises(DeploymentError):
        translate(profile, PLACE)


def test_an_architecture_without_a_name_is_refused() -> None:
    with pytest.raises(DeploymentError, match="m68k"):
        translate({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}, replace(PLACE, machine="m68k"))


def test_the_container_has_only_the_entries_and_fields_of_the_oci_specification() -> None:
    made = translate(json.loads((PROJECT / "deploy/seccomp.json").read_text()), PLACE)
    assert made.keys() == {"defaultAction", "defaultErrnoRet", "architectures", "syscalls"}
    assert made["architectures"] == ["SCMP_ARCH_X86_64"]
    assert {key for entry in made["syscalls"] for key in entry} <= {"names", "action", "args"}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the BPF machine of the tests knows x86-64's numbers")
def test_our_profile_decides_every_call_like_the_filter_that_is_tried_elsewhere(tmp_path: Any) -> None:
    """tests/app/footguns puts the profile into force by a reading of its own; the two must agree on every call."""
    profile = json.loads((PROJECT / "deploy/seccomp.json").read_text())
    with (tmp_path / "bpf").open("w+b") as file:
        build(profile).export_bpf(file)
        file.seek(0)
        program = file.read()
    kernel = tuple(int(part) for part in os.uname().release.split(".")[:2])
    made = translate(profile, ContainerHost("x86_64", (kernel[0], kernel[1])))
    for entry in made["syscalls"]:  # a name that this libseccomp does not know is left out, as runC and crun do
        entry["names"] = [
            name for name in entry["names"] if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) >= 0
        ]
    container = Profile(made)
    for number in range(512):
        for first in (0, 1, 8, 40, 0x20000, 0x20008, 0x10000000, 0x11, 0xFFFFFFFF):
            expected = judge(program, number, first)
            assert container.judge(number, first) == expected, (seccomp.name_of(number), hex(first))
    assert container.judge(seccomp.number("read") or 0).action == ALLOW
