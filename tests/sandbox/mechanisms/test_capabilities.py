"""No power: the five sets, the securebits, no_new_privs, and who the process is."""

from __future__ import annotations

import os

import pytest

from sandbox.composition import enter, outer, readback
from sandbox.exceptions import LayerFailedError, SyscallError
from sandbox.mechanisms import capabilities, syscalls
from sandbox.mechanisms.namespaces import Namespace
from tests.sandbox import forked

root = pytest.mark.skipif(os.geteuid() != 0, reason="starts as root")
SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


def own_status() -> dict[str, str]:
    proc_fd = os.open("/proc", os.O_PATH)
    return dict(readback.status_of(os.getpid(), proc_fd))


def held() -> dict[str, str]:
    status = own_status()
    return {name: status[name] for name in SETS if int(status[name], 16)}


@root
def test_root_becomes_an_ordinary_user_with_nothing_left() -> None:
    def become() -> object:
        capabilities.become(65532, 65533)
        return [os.getresuid(), os.getresgid(), os.getgroups(), held(), own_status()["Uid"]]

    assert forked.run(become) == [[65532] * 3, [65533] * 3, [], {}, "65532\t65532\t65532\t65532"]


@root
def test_the_way_back_to_root_is_gone() -> None:
    def back() -> object:
        enter.renounce(65532, 65532)
        with pytest.raises(PermissionError):
            os.setresuid(0, 0, 0)
        return os.getuid()

    assert forked.run(back) == 65532


@root
def test_a_process_that_became_someone_owns_its_proc_files() -> None:
    def own() -> object:
        capabilities.become(65532, 65532)
        return os.stat("/proc/self/status").st_uid

    assert forked.run(own) == 65532


def test_dropping_empties_all_five_sets_and_locks_the_securebits() -> None:
    def drop() -> object:
        if os.geteuid():
            outer.enter_own_userns([Namespace.USER])
        capabilities.drop_all()
        return [held(), syscalls.prctl(syscalls.PR_GET_SECUREBITS)]

    assert forked.run(drop) == [{}, capabilities.SECUREBITS]


def test_a_set_that_cannot_be_emptied_is_an_error_that_names_the_layer() -> None:
    def drop() -> object:
        syscalls.capset(0, 0, 0)
        with pytest.raises(LayerFailedError) as caught:
            capabilities.drop_all()
        return caught.value.layer

    if capabilities.bounding_set_is_empty():
        pytest.skip("the bounding set is empty here already")
    assert forked.run(drop) == "capabilities"


def test_no_new_privs_is_set_for_good() -> None:
    def set_it() -> object:
        before = own_status()["NoNewPrivs"]
        capabilities.no_new_privs()
        with pytest.raises(SyscallError):
            syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 0)
        return [before, own_status()["NoNewPrivs"]]

    assert forked.run(set_it) == ["0", "1"]


@root
def test_renounce_leaves_nothing_whoever_started_it() -> None:
    """As an ordinary user without any power but an ordinary bounding set, which only a user namespace can empty."""

    def as_user() -> object:
        os.setgroups([])
        os.setresgid(65532, 65532, 65532)
        os.setresuid(65532, 65532, 65532)
        capabilities.set_dumpable()
        before = held()
        enter.renounce(1, 1)
        return [list(before), held(), own_status()["NoNewPrivs"], os.getuid()]

    assert forked.run(as_user) == [["CapBnd"], {}, "1", 65532]


def test_capset_cannot_bring_anything_back() -> None:
    def back() -> object:
        enter.renounce(65532, 65532)
        with pytest.raises(SyscallError) as caught:
            syscalls.capset(1 << 21, 1 << 21, 0)
        return [caught.value.name, held()]

    assert forked.run(back) == ["capset", {}]
