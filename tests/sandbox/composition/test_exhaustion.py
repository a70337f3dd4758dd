"""Probes 43 to 46, 49 and 50: taking more than a render may have, against real fork servers."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from sandbox.attack import control
from sandbox.attack.probe import Trial
from sandbox.exceptions import LayerUnavailableError
from sandbox.job import Outcome, Verdict
from sandbox.mechanisms.cgroups import CgroupPool
from sandbox.policy.gpu import GPU
from sandbox.policy.model import waive
from tests.sandbox import forked
from tests.sandbox.client.test_forkserver import LIMITS, PATHS, ask, once, running
from tests.sandbox.conftest import SMALL
from tests.sandbox.forked import Composition

BOTH = pytest.mark.parametrize("path", sorted(PATHS))


def in_control(action: Callable[[], object]) -> object:
    """What the attempt comes to with no limit on it."""
    return control.in_throwaway(lambda: Trial("worked", action(), "")).evidence


def _bomb(children: int) -> int:
    """Processes that stay; returns how many there were before fork failed."""
    made = []
    try:
        for _ in range(children):
            pid = os.fork()
            if pid == 0:
                signal.pause()
            made.append(pid)
    except OSError:
        return len(made)
    finally:
        for pid in made:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return len(made)


def test_43_a_fork_bomb_is_stopped_by_the_filter() -> None:
    assert forked.run(lambda: Composition(waive(GPU, frozenset({"cgroup"}))).run(lambda: _bomb(64)).killed_by_filter)
    assert forked.run_cpu(lambda: _bomb(64)).killed_by_filter
    assert in_control(lambda: _bomb(64)) == 64


def test_43_a_fork_bomb_is_stopped_by_the_pids_limit_where_the_filter_is_not(cgroups: CgroupPool) -> None:
    """The cgroup by itself: the same worker without its filter."""
    slot = cgroups.slots[0]
    open_policy = waive(replace(GPU, cgroup=slot.limits, rlimits=()), frozenset({"seccomp"}))

    def go() -> object:
        composition = Composition(open_policy)
        composition.prepared = replace(composition.prepared, program=_ALLOW_ALL, sealed=None)
        return composition.run(lambda: _bomb(64), slot=slot).said

    before = slot.usage()["pids_refused"]
    assert forked.run(go) == slot.limits.pids - 1
    assert slot.usage()["pids_refused"] > before


_ALLOW_ALL = bytes.fromhex("0600000000" + "00ff7f")  # BPF: return ALLOW


def _hoard(size: int) -> int:
    kept = [bytearray(b"x") * (1 << 20) for _ in range(size >> 20)]
    return len(kept)


def test_44_memory_on_the_gpu_path_ends_in_the_cgroup_and_the_neighbour_lives(cgroups: CgroupPool) -> None:
    slot, other = cgroups.slots
    policy = replace(GPU, cgroup=slot.limits)

    def go() -> object:
        composition = Composition(policy)
        neighbour: list[object] = []

        def beside(_: int) -> None:
            neighbour.append(composition.run(lambda: "unharmed", slot=other).said)

        greedy = composition.run(lambda: _hoard(2 * slot.limits.memory_bytes), slot=slot, after_lock=beside)
        return [greedy.signal, greedy.said, neighbour]

    assert forked.run(go) == [signal.SIGKILL, None, ["unharmed"]]
    assert slot.oom_killed()
    assert not other.oom_killed()
    assert in_control(lambda: _hoard(2 * slot.limits.memory_bytes)) == 2 * slot.limits.memory_bytes >> 20


@BOTH
def test_44_memory_is_a_limit_that_is_named(path: str) -> None:
    if path == "gpu" and not _has_cgroups():
        pytest.skip("no cgroup is delegated here")
    assert once(PATHS[path], {"do": "allocate"}).verdict is Verdict.LIMIT_MEMORY


def _has_cgroups() -> bool:
    try:
        CgroupPool.create(1, SMALL).destroy()
    except LayerUnavailableError:
        return False
    return True


@BOTH
def test_45_spinning_ends_at_the_wall(path: str) -> None:
    started = time.monotonic()
    outcome = once(PATHS[path], {"do": "spin"}, b"x", limits=replace(LIMITS, wall_s=0.3))
    assert outcome.verdict is Verdict.LIMIT_WALL
    assert time.monotonic() - started < 30


@BOTH
def test_45_spinning_ends_at_the_cpu_limit(path: str) -> None:
    outcome = once(PATHS[path], {"do": "spin"}, b"x", limits=replace(LIMITS, wall_s=20, cpu_s=1))
    assert outcome.verdict is Verdict.LIMIT_CPU


def test_45_the_control_spins_on() -> None:
    """Without a limit the very same loop is still there when both limits above would long have ended it."""

    def spin() -> object:
        pid = os.fork()
        if pid == 0:
            while True:
                pass
        time.sleep(2.2)
        alive = os.waitpid(pid, os.WNOHANG) == (0, 0)
        os.kill(pid, signal.SIGKILL)
        return alive

    assert in_control(spin) is True


def test_46_blocking_on_an_input_that_never_comes() -> None:
    """On both paths the lock leaves a worker that waits for ever; its parent's clock ends it."""
    assert forked.run_cpu(_wait_for_input, kill_after_s=0.2).signal == signal.SIGKILL

    def gpu() -> object:
        composition = Composition(waive(GPU, frozenset({"cgroup"})))
        return composition.run(_wait_for_input, after_go=_kill_soon).signal

    assert forked.run(gpu) == signal.SIGKILL


def _wait_for_input() -> object:
    return os.read(3, 1).decode()


def _kill_soon(pid: int) -> None:
    time.sleep(0.2)
    assert os.waitpid(pid, os.WNOHANG) == (0, 0), "it waits"
    os.kill(pid, signal.SIGKILL)


@BOTH
def test_49_endless_output_is_cut_at_the_limit(path: str) -> None:
    """The client never reads more than the limit, so its memory does not grow with what the worker writes."""
    limits = replace(LIMITS, output_bytes=3 << 20)
    outcome = once(PATHS[path], {"do": "flood"}, b"x", limits=limits)
    assert outcome.verdict is Verdict.LIMIT_OUTPUT
    assert len(outcome.output) <= limits.output_bytes


def test_49_the_control_writes_on() -> None:
    def write() -> object:
        fd = os.open("/tmp/endless", os.O_CREAT | os.O_WRONLY)
        return sum(os.write(fd, b"x" * (1 << 20)) for _ in range(8))

    assert in_control(write) == 8 << 20


@BOTH
def test_50_a_crash_leaves_no_mark_on_the_next_render(path: str) -> None:
    async def go() -> list[Outcome]:
        async with running(PATHS[path]) as server:
            headers: list[dict[str, object]] = [{"do": "echo"}, {"do": "crash"}, {"do": "echo"}]
            return [await ask(server, header, b"the same document") for header in headers]

    before, crash, after = asyncio.run(go())
    assert (crash.verdict, crash.signal) == (Verdict.KILLED, "SIGSEGV")
    assert before.output == after.output == b"the same document"


def test_50_the_control_one_process_for_both() -> None:
    """Without a process of its own the crash takes the next render with it."""

    def crash_then_render() -> object:
        pid = os.fork()
        if pid == 0:
            faulthandler.disable()  # pytest's: it would fill the screen
            os.kill(os.getpid(), signal.SIGSEGV)
            os._exit(0)  # the next render: never reached
        return os.WTERMSIG(os.waitpid(pid, 0)[1])

    assert in_control(crash_then_render) == signal.SIGSEGV
