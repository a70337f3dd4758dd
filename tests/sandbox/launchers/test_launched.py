"""Real workers, started by each tool: the same job, the same layers, the same end as a forked one's."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.job import Limits, Outcome, Verdict
from sandbox.mechanisms.processes import descendants_of
from sandbox.workers.rehearsal import mapped_files
from tests.cgroups import pools_of
from tests.host import alive
from tests.sandbox.client.test_forkserver import GPU, ask, left_open, once, running, stop_while_it_is_started_again
from tests.sandbox.launchers.tools import every_launcher

# A launched worker has loaded everything itself, within its own limits.
pytestmark = pytest.mark.long

LIMITS = Limits(wall_s=30, cpu_s=20, memory_bytes=256 << 20, output_bytes=8 << 20)
CONFIG = replace(GPU, limits=LIMITS)
EVERYWHERE = {"userns", "pidns", "mountns", "netns", "ipcns", "utsns", "capabilities", "no-new-privs", "seccomp"}


@pytest.fixture(params=every_launcher())
def launcher(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def through(launcher: str, header: dict[str, object], *inputs: bytes, limits: Limits = LIMITS) -> Outcome:
    return once(replace(CONFIG, launcher=launcher), header, *inputs, limits=limits)


def test_the_worker_echoes_and_every_layer_is_read_back(launcher: str) -> None:
    outcome = through(launcher, {"do": "echo"}, b"first ", b"second")
    assert (outcome.verdict, outcome.output, outcome.report) == (Verdict.COMPLETED, b"first second", b"done")
    assert outcome.stage == "working"
    assert set(outcome.layers) >= EVERYWHERE
    assert any(layer.startswith("cgroup-v") for layer in outcome.layers) or "cgroup" in CONFIG.waived


def test_what_a_driver_says_and_keeps_open_while_a_worker_gets_ready_is_not_in_its_way(launcher: str) -> None:
    config = replace(CONFIG, launcher=launcher, entry="tests.sandbox.entries:LikeADriver")
    outcome = once(config, {"do": "echo"}, b"x", limits=LIMITS)
    assert (outcome.verdict, outcome.output) == (Verdict.COMPLETED, b"x")


def test_the_hosts_files_keep_their_owner(launcher: str, tmp_path: Path) -> None:
    """A tool has the fork server's standard streams, and crun gives its own to the worker's user."""
    log, owner = tmp_path / "log", os.stat("/dev/null").st_uid
    usual = os.dup(2)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 2)
    try:
        assert through(launcher, {"do": "echo"}, b"x").verdict is Verdict.COMPLETED
    finally:
        os.dup2(usual, 2)
        os.close(usual)
    assert log.stat().st_uid == os.geteuid()
    assert os.stat("/dev/null").st_uid == owner


def test_once_it_has_loaded_everything_it_may_read_no_more_of_the_tree_than_a_forked_one(launcher: str) -> None:
    """Python's library is in its tree, and was read a moment ago."""
    if "landlock" in CONFIG.waived:
        pytest.skip("this kernel has no Landlock, or it is not enabled")
    python, own = os.path.realpath(os.__file__), next(path for path in mapped_files() if "libc.so" in path)
    outcome = through(launcher, {"do": "open-each", "paths": [python, "/", "/tmp", own, "/dev/zero"]})
    assert (outcome.verdict, json.loads(outcome.output)) == (Verdict.COMPLETED, [errno.EACCES] * 3 + [0, 0])


@pytest.mark.parametrize(
    ("do", "verdict", "died_of"),
    [
        ("socket", Verdict.KILLED, ("SIGSYS", "socket")),
        ("crash", Verdict.KILLED, ("SIGSEGV", None)),
        ("flood", Verdict.LIMIT_OUTPUT, ("SIGXFSZ", None)),
    ],
)
def test_a_death_is_told_apart_as_a_forked_ones(
    launcher: str, do: str, verdict: Verdict, died_of: tuple[str, str | None]
) -> None:
    outcome = through(launcher, {"do": do})
    assert (outcome.verdict, (outcome.signal, outcome.syscall)) == (verdict, died_of)


def test_limits_of_time_and_memory(launcher: str) -> None:
    async def go() -> list[Outcome]:
        async with running(replace(CONFIG, launcher=launcher)) as server:
            wall = await ask(server, {"do": "spin"}, limits=replace(LIMITS, wall_s=0.3))
            cpu = await ask(server, {"do": "spin"}, limits=replace(LIMITS, cpu_s=1))
            hoard = await ask(server, {"do": "allocate"}, limits=LIMITS)
            return [wall, cpu, hoard]

    found = [outcome.verdict for outcome in asyncio.run(go())]
    assert found[:2] == [Verdict.LIMIT_WALL, Verdict.LIMIT_CPU]
    assert found[2] is Verdict.LIMIT_MEMORY or "cgroup" in CONFIG.waived


def test_nothing_outlives_an_orderly_stop(launcher: str) -> None:
    async def go() -> list[int]:
        async with running(replace(CONFIG, launcher=launcher, pool=2)) as server:
            await ask(server, {"do": "echo"}, b"x", limits=LIMITS)
            return descendants_of(server.pid or 0)

    family = asyncio.run(go())
    assert family
    assert [pid for pid in family if alive(pid)] == []
    assert pools_of(os.getpid()) == []


def test_the_death_of_the_launch_server_takes_tools_and_workers_along(launcher: str) -> None:
    async def go() -> list[int]:
        async with running(replace(CONFIG, launcher=launcher)) as server:
            family = descendants_of(server.pid or 0)
            os.kill(server.pid or 0, signal.SIGKILL)
            for _ in range(200):
                if not any(map(alive, family)):
                    break
                await asyncio.sleep(0.05)
            return [pid for pid in family if alive(pid)]

    assert asyncio.run(go()) == []
    assert pools_of(os.getpid()) == []


def test_a_stop_while_it_is_started_again_leaves_nothing(launcher: str, capfd: pytest.CaptureFixture[str]) -> None:
    config = replace(CONFIG, launcher=launcher)
    assert left_open(lambda: asyncio.run(stop_while_it_is_started_again(config))) == []
    assert pools_of(os.getpid()) == []
    assert capfd.readouterr().err == ""
