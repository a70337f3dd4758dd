from __future__ import annotations

from app.footguns.evidence import judge
from app.footguns.facts import INITIAL, gather
from tests.app.footguns.places import docker, machine


def test_docker_is_a_container_and_says_by_which_signs() -> None:
    place = judge(docker())
    assert place.container
    assert "its own pid namespace" in place.reason
    assert "/.dockerenv" in place.reason


def test_a_machine_is_none_even_where_its_image_was_one() -> None:
    assert not judge(machine()).container
    unpacked = judge(machine(markers=("/.dockerenv",), cgroup="/docker/x"))
    assert not unpacked.container
    assert "in spite of /.dockerenv" in unpacked.reason


def test_a_hardened_service_is_no_container() -> None:
    own = {**INITIAL, "uts": 1, "ipc": 2, "mnt": 3}
    assert not judge(machine(namespaces=own, first_mount_namespace=4)).container


def test_a_live_system_with_a_layered_root_is_no_container() -> None:
    assert not judge(machine(root_file_system="overlay")).container


def test_a_container_that_shares_every_namespace_but_its_mounts_is_still_one() -> None:
    shared = machine(namespaces={**INITIAL, "mnt": 3}, first_mount_namespace=4, root_file_system="overlay")
    assert judge(shared).container


def test_podman_without_any_file_left_behind() -> None:
    assert judge(docker(markers=(), root_file_system="ext4")).container


def test_what_is_gathered_here_can_be_judged() -> None:
    facts = gather()
    assert facts.namespaces.keys() >= {"user", "mnt", "pid"}
    assert facts.capabilities.keys() == {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}
    assert judge(facts).reason
