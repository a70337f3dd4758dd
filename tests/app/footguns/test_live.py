from __future__ import annotations

from typing import Any

import pytest
import typer

from app.cli import refusal
from app.footguns.facts import INITIAL
from app.footguns.live import CAPABILITIES, NAMES, find
from app.settings import Settings, SettingsError, load
from tests.app.footguns.places import DEFAULT_CAPABILITIES, EVERYTHING, docker, machine, sets

ADMIN = 1 << CAPABILITIES["CAP_SYS_ADMIN"]
CASES: dict[str, dict[str, Any]] = {
    "seccomp-unconfined": {"seccomp": 0},
    "docker-socket": {"sockets": ("/run/docker.sock",)},
    "host-network": {"host_network": True},
    "host-pid": {"host_processes": True, "namespaces": {"pid": INITIAL["pid"]}},
    "cgroup-root": {"writable_cgroup_roots": ("/sys/fs/cgroup/memory",)},
    "kernel-writable": {"writable_kernel_files": ("/proc/sysrq-trigger",)},
    "cap-sys-admin": {"capabilities": sets(DEFAULT_CAPABILITIES | ADMIN)},
    "capabilities": {"capabilities": sets(1 << CAPABILITIES["CAP_SYS_MODULE"])},
    "sysctls": {"sysctls": {"kernel.randomize_va_space": "0"}},
}


def dangers(facts: Any) -> set[str]:
    return {item.name for item in find(facts) if item.danger}


def test_a_container_with_the_defaults_has_none() -> None:
    assert find(docker()) == []


@pytest.mark.parametrize("name", CASES)
def test_each_is_found_in_a_container_and_alone(name: str) -> None:
    assert dangers(docker(**CASES[name])) == {name}


def test_a_privileged_container_even_where_its_user_holds_nothing() -> None:
    facts = docker(capabilities=sets(0, EVERYTHING))
    assert dangers(facts) == {"privileged", "cap-sys-admin", "capabilities"}


def test_what_is_only_in_the_bounding_set_cannot_be_had_under_no_new_privs() -> None:
    assert dangers(docker(capabilities=sets(0, ADMIN))) == {"cap-sys-admin"}
    assert dangers(docker(capabilities=sets(0, ADMIN), no_new_privs=True)) == set()


def test_power_in_a_user_namespace_of_its_own_is_no_power_over_the_machine() -> None:
    assert dangers(docker(capabilities=sets(EVERYTHING), namespaces={"user": 1})) == set()


def test_root_on_a_plain_machine_is_no_foot_gun() -> None:
    assert find(machine(seccomp=0, sockets=("/run/docker.sock",), markers=("/.dockerenv",))) == []


def test_a_user_who_reaches_the_engine_on_a_plain_machine_is_told() -> None:
    (found,) = find(machine(capabilities=sets(0), sockets=("/run/docker.sock",)))
    assert (found.name, found.danger) == ("docker-socket", False)


def test_common_kernel_settings_are_said_and_not_refused() -> None:
    (found,) = find(machine(sysctls={"kernel.unprivileged_bpf_disabled": "0", "vm.mmap_min_addr": "65536"}))
    assert (found.name, found.danger) == ("sysctls", False)


def test_every_name_can_be_waived() -> None:
    assert set(CASES) | {"privileged"} == NAMES


@pytest.fixture
def in_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENDERSERVER_WAIVE_FOOTGUNS", raising=False)
    bad = docker(seccomp=0, host_network=True)
    monkeypatch.setattr(refusal, "gather", lambda: bad)


def test_the_server_does_not_start(in_docker: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as stopped:
        refusal.refuse_foot_guns(Settings(waive_footguns="host-network"))
    assert stopped.value.exit_code == 1
    said = capsys.readouterr().err
    assert "seccomp-unconfined: the container has no system call filter" in said
    assert "RENDERSERVER_WAIVE_FOOTGUNS=host-network,seccomp-unconfined" in said


def test_it_starts_when_each_is_waived_by_name(in_docker: None) -> None:
    refusal.refuse_foot_guns(Settings(waive_footguns="host-network,seccomp-unconfined"))


def test_a_waiver_of_nothing_is_refused() -> None:
    with pytest.raises(SettingsError, match="RENDERSERVER_WAIVE_FOOTGUNS: no foot-gun is called sekomp"):
        load({"waive_footguns": "sekomp"})
