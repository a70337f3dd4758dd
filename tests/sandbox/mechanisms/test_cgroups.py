"""Cgroups: made once, entered often, read back, and gone afterwards."""

from __future__ import annotations

import errno
import json
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.exceptions import LayerNotInForceError, LayerUnavailableError
from sandbox.mechanisms import cgroupfs
from sandbox.mechanisms.cgroups import CgroupPool, CgroupSlot, _holds, _start_time
from tests.sandbox.conftest import SMALL


def member(slot: CgroupSlot, action: Callable[[], object]) -> int:
    """Run ``action`` in a fork inside the slot; the wait status."""
    pid = os.fork()
    if pid == 0:
        try:
            slot.attach()
            action()
            os._exit(0)
        finally:
            os._exit(9)
    return os.waitpid(pid, 0)[1]


def test_limits_are_in_the_kernel(cgroups: CgroupPool) -> None:
    slot = cgroups.slots[0]
    limit = "memory.limit_in_bytes" if slot.version == 1 else "memory.max"
    assert int(slot.read("memory", limit)) == SMALL.memory_bytes
    assert int(slot.read("pids", "pids.max")) == SMALL.pids


def test_a_member_is_found_where_it_was_put(cgroups: CgroupPool) -> None:
    slot, other = cgroups.slots
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        slot.attach()
        os.write(write_end, b"in")
        signal.pause()
    try:
        os.read(read_end, 2)
        assert slot.members() == (pid,)
        text = Path(f"/proc/{pid}/cgroup").read_text()
        slot.verify(text)
        with pytest.raises(LayerNotInForceError, match="in "):
            other.verify(text)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_limit_that_is_looser_than_asked_is_found_out(cgroups: CgroupPool) -> None:
    slot = cgroups.slots[0]
    strict = replace(slot, limits=replace(SMALL, memory_bytes=SMALL.memory_bytes // 2))
    membership = "\n".join(f"1:{controller}:{path}" for controller, path in slot.paths.items())
    slot.verify(membership)
    with pytest.raises(LayerNotInForceError, match="memory"):
        strict.verify(membership)


def test_memory_beyond_the_limit_kills_the_member_alone_and_is_counted(cgroups: CgroupPool) -> None:
    slot, neighbour = cgroups.slots
    status = member(slot, lambda: bytearray(2 * SMALL.memory_bytes))
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert slot.oom_killed()
    assert not slot.oom_killed(), "asked again, there was no further one"
    assert not neighbour.oom_killed()
    assert member(slot, lambda: bytearray(1 << 20)) == 0, "the slot serves the next one"


def test_processes_beyond_the_limit_are_refused_and_counted(cgroups: CgroupPool) -> None:
    slot = cgroups.slots[0]

    def bomb() -> None:
        for _ in range(10 * SMALL.pids):
            if os.fork() == 0:
                time.sleep(30)

    before = slot.usage()["pids_refused"]
    status = member(slot, bomb)
    assert os.WEXITSTATUS(status) == 9, "fork failed in the end"
    assert slot.usage()["pids"] <= SMALL.pids
    assert slot.usage()["pids_refused"] > before
    slot.kill()
    deadline = time.monotonic() + 5
    while slot.members() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert slot.members() == ()
    slot.reset()


def test_an_unprivileged_heir_of_the_descriptors_can_use_the_slot(cgroups: CgroupPool) -> None:
    """What the fork server does: other user, the slot out of JSON, no path to any cgroup file."""
    if os.geteuid() != 0:
        pytest.skip("starts as root")
    text = json.dumps(cgroups.slots[1].to_json())
    pid = os.fork()
    if pid == 0:
        try:
            os.setresgid(65532, 65532, 65532)
            os.setresuid(65532, 65532, 65532)
            heir = CgroupSlot.from_json(json.loads(text))
            heir.attach()
            os._exit(0 if heir.members() == (os.getpid(),) and not heir.oom_killed() else 1)
        finally:
            os._exit(2)
    assert os.waitpid(pid, 0)[1] == 0


def test_an_ordinary_user_without_delegation_is_told_what_to_do() -> None:
    if os.geteuid() != 0:
        pytest.skip("starts as root")
    pid = os.fork()
    if pid == 0:
        os.setresuid(65532, 65532, 65532)
        try:
            CgroupPool.create(1, SMALL)
        except LayerUnavailableError as error:
            os._exit(0 if error.layer == "cgroup" and "Delegate=yes" in error.hint else 1)
        finally:
            os._exit(2)
    assert os.waitpid(pid, 0)[1] == 0


def test_what_a_killed_supervisor_left_is_swept_by_the_next(cgroups: CgroupPool) -> None:
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        left = CgroupPool.create(1, SMALL)
        os.write(write_end, "\n".join(left.directories).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(write_end)
    with open(read_end, encoding="utf-8") as pipe:
        directories = pipe.read().split()
    assert directories
    assert all(map(os.path.isdir, directories))
    os.waitpid(pid, 0)  # only now can anybody's next pool take it for dead
    CgroupPool.create(1, SMALL).destroy()
    assert not any(map(os.path.isdir, directories))
    assert all(map(os.path.isdir, cgroups.directories)), "a living neighbour's are left alone"


def test_a_supervisor_that_ends_while_its_pool_is_looked_at_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """proc(5) says ESRCH where the process goes between open and read."""

    def read(path: str) -> str:
        raise ProcessLookupError(errno.ESRCH, "No such process", path)

    monkeypatch.setattr(cgroupfs, "read", read)
    assert _start_time(os.getpid()) == ""


def test_controllers_are_found_by_looking() -> None:
    for places in (cgroupfs.find_v1(), cgroupfs.find_v2()):
        assert all(os.path.isfile(os.path.join(place.directory, "cgroup.procs")) for place in places.values())


@pytest.mark.parametrize(
    ("found", "wanted", "holds"),
    [("100", "100", True), ("96", "100", True), ("101", "100", False), ("max", "100", False), ("-1", "100", False)],
)
def test_no_looser_than_asked(found: str, wanted: str, *, holds: bool) -> None:
    assert _holds(found, wanted) is holds


# --- v2, where no process may live in a cgroup that hands controllers on ----------------------------------------------


@pytest.fixture
def delegated(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A v2 cgroup as a service manager delegates one: empty, with controllers that it may hand on. A kernel whose
    controllers are v1's has odd ones at most; with one of them the rules of v2 can still be tried, but no pool made."""
    mounts = cgroupfs.mounts("cgroup2")
    if not mounts or os.geteuid() != 0:
        pytest.skip("no v2 hierarchy to write to")
    point = mounts[0].point
    handed_on = cgroupfs.read(os.path.join(point, "cgroup.subtree_control")).split()
    if not handed_on:
        pytest.skip("the v2 root hands no controller on, and that is the host's to change")
    if not set(cgroupfs.CONTROLLERS) <= set(handed_on):
        monkeypatch.setattr(cgroupfs, "CONTROLLERS", (handed_on[0],))
    home = os.path.join(point, f"renderserver-test-{os.getpid()}")
    os.mkdir(home)
    yield home
    os.rmdir(home)


@pytest.fixture
def with_controllers(delegated: str) -> str:
    if len(cgroupfs.CONTROLLERS) == 1:
        pytest.skip("this kernel's memory, pids and cpu are v1's")
    return delegated


def living_in(home: str, action: Callable[[], object]) -> int:
    """The wait status of a fork that does ``action`` in ``home``, and of which nothing is left there afterwards."""

    def enter() -> None:
        cgroupfs.write(os.path.join(home, "cgroup.procs"), "0")
        action()

    pid = os.fork()
    if pid == 0:
        try:
            enter()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    status = os.waitpid(pid, 0)[1]
    assert [entry.name for entry in os.scandir(home) if entry.is_dir()] == []
    assert cgroupfs.read(os.path.join(home, "cgroup.subtree_control")).split() == []
    return status


def resident(home: str) -> list[int]:
    return [int(pid) for pid in cgroupfs.read(os.path.join(home, "cgroup.procs")).split()]


def sleeping_child() -> int:
    pid = os.fork()
    if pid == 0:
        signal.pause()
    return pid


def test_v2_moves_the_family_into_a_leaf_and_back(delegated: str) -> None:
    def action() -> None:
        child = sleeping_child()  # a fork server that was started before
        own = cgroupfs.find_v2()[""]
        cgroupfs.leave_v2(own)
        assert resident(delegated) == []
        assert sorted(resident(os.path.join(delegated, "renderserver-supervisor"))) == sorted([os.getpid(), child])
        assert set(cgroupfs.CONTROLLERS) <= set(cgroupfs.read(f"{delegated}/cgroup.subtree_control").split())
        assert cgroupfs.find_v2()[""] == own, "from the leaf its home is still the cgroup that was delegated"
        cgroupfs.come_back_v2(own)
        assert sorted(resident(delegated)) == sorted([os.getpid(), child])
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    assert living_in(delegated, action) == 0


def test_v2_says_whose_process_is_in_the_way_and_leaves_nothing_behind(delegated: str) -> None:
    stranger = sleeping_child()
    cgroupfs.write(os.path.join(delegated, "cgroup.procs"), str(stranger))

    def action() -> None:
        with pytest.raises(OSError, match=f"processes {stranger} live in the cgroup") as caught:
            cgroupfs.leave_v2(cgroupfs.find_v2()[""])
        assert caught.value.errno == errno.EBUSY
        assert sorted(resident(delegated)) == sorted([os.getpid(), stranger])

    try:
        assert living_in(delegated, action) == 0
    finally:
        os.kill(stranger, signal.SIGKILL)
        os.waitpid(stranger, 0)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_v2_pools_of_one_cgroup_lie_side_by_side(with_controllers: str, order: tuple[int, int]) -> None:
    """Whoever goes first leaves the other one its controllers; whoever goes last takes everything away."""

    def action() -> None:
        pools = [CgroupPool.create(1, SMALL) for _ in range(2)]
        assert {os.path.dirname(directory) for pool in pools for directory in pool.directories} == {with_controllers}
        first, last = (pools[index] for index in order)
        first.destroy()
        assert int(last.slots[0].read("pids", "pids.max")) == SMALL.pids
        last.destroy()
        assert resident(with_controllers) == [os.getpid()]

    assert living_in(with_controllers, action) == 0


def test_v2_a_pool_is_made_beside_a_child_that_is_there_already(with_controllers: str) -> None:
    """The other path's fork server may have been started first."""

    def action() -> None:
        child = sleeping_child()
        CgroupPool.create(1, SMALL).destroy()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    assert living_in(with_controllers, action) == 0


def test_v2_an_ordinary_user_can_use_what_is_delegated_to_it(with_controllers: str) -> None:
    for name in ("", "cgroup.procs", "cgroup.subtree_control"):
        os.chown(os.path.join(with_controllers, name), 65532, 65532)

    def action() -> None:
        os.setresuid(65532, 65532, 65532)
        pool = CgroupPool.create(1, SMALL)
        assert member(pool.slots[0], lambda: None) == 0
        pool.destroy()

    assert living_in(with_controllers, action) == 0
