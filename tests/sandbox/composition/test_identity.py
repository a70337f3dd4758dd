"""Probes 3, 12, 17 and 20: what is looked at from outside rather than tried from inside."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.attack import control
from sandbox.attack.probe import Trial
from sandbox.composition import readback
from sandbox.composition.enter import Prepared
from sandbox.mechanisms import mounts
from sandbox.policy.cpu import CPU_STRICT
from sandbox.policy.gpu import GPU
from sandbox.policy.model import waive
from tests.sandbox import forked
from tests.sandbox.forked import Composition

NO_CGROUP = waive(GPU, frozenset({"cgroup"}))
Worker = Callable[[], dict[str, Any]]


def identity(pid: int, prepared: Prepared | None) -> dict[str, Any]:
    """What the host says about a process, through its own /proc."""
    proc_fd = os.open("/proc", os.O_PATH) if prepared is None else prepared.proc_fd
    status = readback.status_of(pid, proc_fd)
    folder = os.open(f"{pid}/fd", os.O_RDONLY | os.O_DIRECTORY, dir_fd=proc_fd)
    fds = sorted(map(int, os.listdir(folder)))
    folders = [fd for fd in fds if stat.S_ISDIR(os.stat(str(fd), dir_fd=folder).st_mode)]
    os.close(folder)
    return {
        "ids": [int(text) for name in ("Uid", "Gid", "Groups") for text in status[name].split()],
        "map": [int(text) for text in readback._read(f"{pid}/uid_map", proc_fd).split()],
        "locks": (status["NoNewPrivs"], status["Seccomp"]),
        "fds": fds,
        "folders": folders,
    }


def cpu_worker() -> dict[str, Any]:
    seen: dict[str, Any] = forked.run_cpu(lambda: None, policy=CPU_STRICT, look=identity).seen
    return seen


def gpu_worker() -> dict[str, Any]:
    seen: dict[str, Any] = forked.run(lambda: Composition(NO_CGROUP).run(lambda: None, look=identity).seen)
    return seen


def unlocked() -> dict[str, Any]:
    """The control: an ordinary child of ours."""
    pid = os.fork()
    if pid == 0:
        signal.pause()
    try:
        return identity(pid, None)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


WORKERS = pytest.mark.parametrize("worker", [cpu_worker, gpu_worker], ids=["cpu", "gpu"])


@WORKERS
def test_3_the_worker_holds_its_jobs_descriptors_and_no_folder(worker: Worker, tmp_path: Path) -> None:
    leaked = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    os.set_inheritable(leaked, True)
    try:
        assert leaked in unlocked()["folders"], "the control has the folder"
        seen = worker()
    finally:
        os.close(leaked)
    assert seen["folders"] == []
    assert seen["fds"] == [3, 4, 5]


@WORKERS
def test_17_no_id_of_the_worker_is_zero_on_the_host(worker: Worker) -> None:
    if os.geteuid() != 0:
        pytest.skip("blind: without root there is no process here that the look would find guilty")
    assert 0 in unlocked()["ids"], "the control is root"
    assert 0 not in worker()["ids"]


def test_17_nor_is_one_behind_its_map() -> None:
    assert gpu_worker()["map"][:2].count(0) == 0


@WORKERS
def test_20_no_new_privs_and_the_filter_are_on(worker: Worker) -> None:
    assert unlocked()["locks"] == ("0", "0"), "the control is not locked"
    assert tuple(worker()["locks"]) == ("1", "2")


# --- 12: two renders at once ------------------------------------------------------------------------------------------


def _loot() -> object:
    """Everything readable in the place that both know, and through /proc."""
    loot = []
    for folder in ("/tmp", "/proc"):
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        loot += [_content(f"{folder}/{name}") for name in names if folder == "/tmp"]
        loot += [_content(f"{folder}/{name}/fd/{fd}") for name in names if name.isdigit() for fd in range(3, 9)]
    return sorted(text for text in loot if "render" in text)


def _content(path: str) -> str:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        return os.read(fd, 64).decode(errors="replace")
    except OSError:
        return ""


@pytest.mark.parametrize("without", ["nothing", "landlock"])
def test_12_two_renders_do_not_see_each_other(monkeypatch: pytest.MonkeyPatch, without: str) -> None:
    """Each worker's /tmp is given a canary the moment it is mounted, and its job's input holds another. With Landlock
    it sees not even its own; without, no other."""
    mount_tmp = mounts.mount_tmp
    turn = iter(("first", "second"))

    def with_canary(path: str, *, size_bytes: int, inodes: int) -> None:
        mount_tmp(path, size_bytes=size_bytes, inodes=inodes)
        Path("/tmp/canary").write_text(f"tmp of the {name[0]} render", encoding="utf-8")

    name = [""]
    monkeypatch.setattr(mounts, "mount_tmp", with_canary)

    def go() -> object:
        composition = Composition(waive(NO_CGROUP, frozenset({without} - {"nothing"})))
        found: list[object] = []

        def second(_: int) -> None:
            name[0] = next(turn)
            found.append(composition.run(_loot).said)

        name[0] = next(turn)
        found.append(composition.run(_loot, after_lock=second).said)
        return found

    second, first = forked.run(go)
    restricted = without == "nothing"
    assert first == ([] if restricted else ["tmp of the first render"])
    assert second == ([] if restricted else ["tmp of the second render"])
    assert control.in_throwaway(_two_in_one_place).evidence, "the control: they see each other"


def _two_in_one_place() -> Trial:
    for name in ("first", "second"):
        Path(f"/tmp/{name}").write_text(f"tmp of the {name} render", encoding="utf-8")
    loot = _loot()
    assert isinstance(loot, list)
    return Trial("worked", "tmp of the first render" in loot and "tmp of the second render" in loot, "")
