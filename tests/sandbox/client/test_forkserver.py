"""Real fork servers, real workers, and what becomes of a job whose worker misbehaves."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import messages
from sandbox.attack.ground import working
from sandbox.client import forkserver
from sandbox.client.environment import environment
from sandbox.client.exchange import Delivered, Exchange
from sandbox.client.forkserver import ForkServer, ForkServerGoneError
from sandbox.exceptions import SandboxError
from sandbox.job import Limits, Outcome, Verdict
from sandbox.mechanisms import memfd
from sandbox.messages import Tag
from sandbox.spec import Confinement, WorkerSpec
from tests.cgroups import pools_of
from tests.host import WAIVED, alive

LIMITS = Limits(wall_s=10, cpu_s=10, memory_bytes=64 << 20, output_bytes=8 << 20)
CPU = WorkerSpec(
    "cpu", Confinement.LOCKED, "cpu-strict", "tests.sandbox.entries:Scripted", limits=LIMITS, waived=WAIVED
)
GPU = replace(CPU, name="gpu", kind=Confinement.COMPOSED, policy="gpu", pool=1)
PATHS = {"cpu": CPU, "gpu": GPU}


@asynccontextmanager
async def running(spec: WorkerSpec) -> AsyncIterator[ForkServer]:
    server = ForkServer(spec)
    await server.start()
    try:
        yield server
    finally:
        await server.stop(grace_s=1)


async def ask(server: ForkServer, header: dict[str, object], *inputs: bytes, limits: Limits = LIMITS) -> Outcome:
    fds = [memfd.seal_bytes(data) for data in inputs or (b"",)]
    try:
        return await server.submit(json.dumps(header).encode(), fds, limits)
    finally:
        for fd in fds:
            os.close(fd)


async def parts_of(
    server: ForkServer, actions: list[str], *inputs: bytes, limits: Limits = LIMITS
) -> AsyncGenerator[Delivered | Outcome]:
    fds = [memfd.seal_bytes(data) for data in inputs]
    try:
        async with aclosing(
            server.run(json.dumps({"parts": actions}).encode(), fds, limits, parts=len(actions))
        ) as items:
            async for item in items:
                yield item
    finally:
        for fd in fds:
            os.close(fd)


def delivered(items: list[Delivered | Outcome]) -> list[Delivered]:
    assert all(isinstance(item, Delivered) for item in items)
    return [item for item in items if isinstance(item, Delivered)]


def once(spec: WorkerSpec, header: dict[str, object], *inputs: bytes, limits: Limits = LIMITS) -> Outcome:
    async def go() -> Outcome:
        async with running(spec) as server:
            return await ask(server, header, *inputs, limits=limits)

    return asyncio.run(go())


@pytest.fixture(params=sorted(PATHS))
def spec(request: pytest.FixtureRequest) -> WorkerSpec:
    return PATHS[request.param]


def test_inputs_reach_the_worker_and_its_output_comes_back(spec: WorkerSpec) -> None:
    outcome = once(spec, {"do": "echo"}, b"first ", b"second")
    assert (outcome.verdict, outcome.output, outcome.report) == (Verdict.COMPLETED, b"first second", b"done")
    assert outcome.stage == "working"
    assert {"no-new-privs", "capabilities", "seccomp"} <= set(outcome.layers)


def test_what_a_driver_says_and_keeps_open_while_a_worker_gets_ready_is_not_in_its_way(
    spec: WorkerSpec,
) -> None:
    outcome = once(replace(spec, entry="tests.sandbox.entries:LikeADriver"), {"do": "echo"}, b"x")
    assert (outcome.verdict, outcome.output) == (Verdict.COMPLETED, b"x")


def test_an_empty_and_a_large_input(spec: WorkerSpec) -> None:
    large = os.urandom(1 << 20) * 5
    outcome = once(spec, {"do": "echo"}, b"", large)
    assert outcome.output == large


def test_what_python_would_print_of_an_exception_that_nobody_can_catch_ends_no_worker(spec: WorkerSpec) -> None:
    outcome = once(spec, {"do": "unraisable"})
    assert (outcome.verdict, outcome.syscall, outcome.output) == (Verdict.COMPLETED, None, b"None None")


def test_gpu_path_has_every_namespace() -> None:
    layers = once(GPU, {"do": "echo"}, b"x").layers
    assert {"userns", "pidns", "mountns", "netns", "ipcns", "utsns", "cgroupns"} <= set(layers)


@pytest.mark.parametrize(
    ("do", "limits", "verdict"),
    [
        ("spin", replace(LIMITS, wall_s=0.3), Verdict.LIMIT_WALL),
        ("spin", replace(LIMITS, cpu_s=1), Verdict.LIMIT_CPU),
        ("flood", LIMITS, Verdict.LIMIT_OUTPUT),
    ],
)
def test_limits(spec: WorkerSpec, do: str, limits: Limits, verdict: Verdict) -> None:
    outcome = once(spec, {"do": do}, b"x", limits=limits)
    assert outcome.verdict is verdict
    assert len(outcome.output) <= limits.output_bytes


def test_an_output_may_be_as_large_as_the_operator_says(spec: WorkerSpec) -> None:
    large = replace(LIMITS, output_bytes=512 << 20)
    outcome = once(replace(spec, limits=large), {"do": "echo"}, b"x", limits=large)
    assert (outcome.verdict, outcome.output, outcome.detail) == (Verdict.COMPLETED, b"x", None)


def test_all_of_a_job_may_be_larger_than_a_part_of_it(spec: WorkerSpec) -> None:
    whole = replace(LIMITS, job_output_bytes=600 << 20)
    part = replace(whole, output_bytes=512 << 20)
    assert once(replace(spec, limits=whole), {"do": "echo"}, b"x", limits=part).verdict is Verdict.COMPLETED


async def refused_then_served(server: ForkServer, limits: Limits = LIMITS) -> Outcome:
    """A job that is refused; the one after it is served, by the same fork server."""
    pid = server.pid
    refused = await ask(server, {"do": "echo"}, b"x", limits=limits)
    served = await ask(server, {"do": "echo"}, b"y")
    assert (refused.verdict, refused.output) == (Verdict.REFUSED, b"")
    assert (served.verdict, served.output, server.pid) == (Verdict.COMPLETED, b"y", pid)
    return refused


def test_a_job_that_asks_for_more_than_its_worker_may_have_is_refused_alone() -> None:
    async def go() -> Outcome:
        async with running(replace(GPU, limits=replace(LIMITS, job_output_bytes=16 << 20))) as server:
            return await refused_then_served(server, replace(LIMITS, output_bytes=17 << 20))

    refused = asyncio.run(go())
    assert (refused.refused_layer, "Operation not permitted" in str(refused.detail)) == ("rlimits", True)


@pytest.mark.parametrize(("entry", "layer"), [("LimitsFail", "rlimits"), ("ForksFail", "worker")])
def test_an_error_of_the_system_costs_one_job(spec: WorkerSpec, entry: str, layer: str) -> None:
    async def go() -> Outcome:
        async with running(replace(spec, entry=f"tests.sandbox.entries:{entry}", pool=0)) as server:
            return await refused_then_served(server)

    refused = asyncio.run(go())
    assert (refused.refused_layer, refused.detail) == (layer, f"{layer}: injected")


def test_an_error_of_the_system_costs_no_job_while_there_is_none(spec: WorkerSpec) -> None:
    async def go() -> Outcome:
        async with running(replace(spec, entry="tests.sandbox.entries:ForksFail", pool=1)) as server:
            return await ask(server, {"do": "echo"}, b"x")

    assert asyncio.run(go()).verdict is Verdict.COMPLETED


def test_python_out_of_memory_is_a_limit_not_a_kill() -> None:
    assert once(CPU, {"do": "allocate"}).verdict is Verdict.LIMIT_MEMORY


def test_native_out_of_memory_is_a_limit_not_a_kill() -> None:
    assert once(CPU, {"do": "allocate-natively"}).verdict is Verdict.LIMIT_MEMORY


@pytest.mark.parametrize("do", ["use-memory", "recurse", "clock"])
def test_ordinary_work_makes_no_system_call_under_the_strict_filter(do: str) -> None:
    outcome = once(CPU, {"do": do})
    assert (outcome.verdict, outcome.syscall) == (Verdict.COMPLETED, None)
    assert outcome.output


@pytest.mark.parametrize(("do", "syscall"), [("socket", "socket"), ("open", "openat"), ("kill-parent", "getppid")])
def test_cpu_worker_that_breaks_the_filter_is_killed_and_the_syscall_is_named(do: str, syscall: str) -> None:
    outcome = once(CPU, {"do": do})
    assert (outcome.verdict, outcome.signal, outcome.syscall) == (Verdict.KILLED, "SIGSYS", syscall)


def test_a_crash_costs_one_job_and_the_next_is_right(spec: WorkerSpec) -> None:
    async def go() -> tuple[Outcome, Outcome]:
        async with running(spec) as server:
            return await ask(server, {"do": "crash"}, b"x"), await ask(server, {"do": "echo"}, b"next")

    crashed, after = asyncio.run(go())
    assert (crashed.verdict, crashed.signal) == (Verdict.KILLED, "SIGSEGV")
    assert after.output == b"next"


def test_a_bug_in_the_entry_is_a_dead_worker_with_no_output(spec: WorkerSpec) -> None:
    outcome = once(spec, {"do": "raise"}, b"x")
    assert (outcome.verdict, outcome.output) == (Verdict.KILLED, b"")


def test_jobs_run_side_by_side(spec: WorkerSpec) -> None:
    async def go() -> list[Outcome]:
        async with running(spec) as server:
            return await asyncio.gather(*(ask(server, {"do": "echo"}, str(n).encode()) for n in range(12)))

    assert [outcome.output for outcome in asyncio.run(go())] == [str(n).encode() for n in range(12)]


def test_without_a_pool_a_worker_is_started_for_each_job(spec: WorkerSpec) -> None:
    async def go() -> tuple[set[int], list[Outcome], set[int]]:
        async with running(replace(spec, pool=0)) as server:
            before = children_of(server.pid)
            outcomes = await asyncio.gather(*(ask(server, {"do": "echo"}, str(n).encode()) for n in range(6)))
            await eventually(lambda: not children_of(server.pid))
            return before, outcomes, children_of(server.pid)

    before, outcomes, after = asyncio.run(go())
    assert [outcome.output for outcome in outcomes] == [str(n).encode() for n in range(6)]
    assert not before
    assert not after


def test_a_killed_fork_server_is_started_again_and_its_workers_are_gone(spec: WorkerSpec) -> None:
    async def go() -> tuple[set[int], Outcome]:
        async with running(spec) as server:
            spinning = asyncio.create_task(ask(server, {"do": "spin"}, b"x"))
            await eventually(lambda: bool(children_of(server.pid)))
            await asyncio.sleep(0.2)
            workers = children_of(server.pid)
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            with pytest.raises(ForkServerGoneError):
                await spinning
            await eventually(lambda: server.ready)
            await eventually(lambda: not any(map(alive, workers)))
            return workers, await ask(server, {"do": "echo"}, b"again")

    workers, outcome = asyncio.run(go())
    assert workers
    assert outcome.output == b"again"


def test_the_parts_of_a_job_come_one_by_one_and_say_what_holds_their_worker(spec: WorkerSpec) -> None:
    async def go() -> list[Delivered | Outcome]:
        async with running(spec) as server:
            return [item async for item in parts_of(server, ["echo", "stop", "echo"], b"x")]

    *parts, outcome = asyncio.run(go())
    assert isinstance(outcome, Outcome)
    assert outcome.verdict is Verdict.COMPLETED
    assert [(part.number, part.content.read()) for part in delivered(parts)] == [(0, b"x"), (1, b""), (2, b"x")]
    assert all({"no-new-privs", "capabilities", "seccomp"} <= set(part.layers) for part in delivered(parts))


def test_a_part_is_there_before_the_next_one_is_done(spec: WorkerSpec) -> None:
    async def go() -> Delivered | Outcome:
        async with running(spec) as server, aclosing(parts_of(server, ["echo", "spin"], b"early")) as items:
            return await anext(items)

    (part,) = delivered([asyncio.run(go())])
    assert part.content.read() == b"early"


@pytest.mark.parametrize(
    ("do", "limits", "verdict"),
    [
        ("spin", replace(LIMITS, wall_s=1), Verdict.LIMIT_WALL),
        ("spin", replace(LIMITS, cpu_s=1), Verdict.LIMIT_CPU),
        ("spin", replace(LIMITS, job_wall_s=1), Verdict.LIMIT_WALL),
        ("flood", replace(LIMITS, job_output_bytes=1 << 20), Verdict.LIMIT_OUTPUT),
        ("socket", LIMITS, Verdict.KILLED),
    ],
)
def test_what_ends_one_part_leaves_those_before_it(do: str, limits: Limits, verdict: Verdict) -> None:
    async def go() -> list[Delivered | Outcome]:
        async with running(CPU) as server:
            return [item async for item in parts_of(server, ["echo", "echo", do, "echo"], b"x", limits=limits)]

    *parts, outcome = asyncio.run(go())
    assert isinstance(outcome, Outcome)
    assert outcome.verdict is verdict
    assert [part.number for part in delivered(parts)] == [0, 1]


@pytest.mark.parametrize("limits", [replace(LIMITS, wall_s=1.5), replace(LIMITS, cpu_s=1)])
def test_the_limits_of_a_part_count_anew_for_each(spec: WorkerSpec, limits: Limits) -> None:
    async def go() -> list[Delivered | Outcome]:
        async with running(spec) as server:
            return [item async for item in parts_of(server, ["work-0.8-s"] * 4, b"x", limits=limits)]

    *parts, outcome = asyncio.run(go())
    assert isinstance(outcome, Outcome)
    assert (outcome.verdict, len(parts)) == (Verdict.COMPLETED, 4), outcome


def test_a_job_that_nobody_waits_for_is_cancelled(spec: WorkerSpec) -> None:
    async def go() -> None:
        async with running(spec) as server:
            await eventually(server.exercised.is_set)
            async with aclosing(parts_of(server, ["echo", "spin"], b"x")) as items:
                await anext(items)
                spinning = await working(server)
                assert alive(spinning)
            await eventually(lambda: not alive(spinning), timeout_s=2)

    asyncio.run(go())


def test_a_job_that_still_waits_for_a_worker_can_be_cancelled() -> None:
    async def go() -> Outcome:
        async with running(replace(CPU, pool=1)) as server:
            waiting = [asyncio.create_task(ask(server, {"do": "spin"})) for _ in range(20)]
            await asyncio.sleep(0.05)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            assert not server.in_flight
            return await ask(server, {"do": "echo"}, b"next")

    assert asyncio.run(go()).output == b"next"


def test_a_job_is_cancelled_though_the_server_was_too_far_behind_to_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    send, full = messages.send, [True, True, True]

    def send_later(channel: socket.socket, data: bytes, fds: tuple[int, ...] = ()) -> None:
        if messages.decode(data).tag is Tag.CANCEL and full:
            full.pop()
            raise BlockingIOError
        send(channel, data, fds)

    async def go() -> None:
        async with running(CPU) as server:
            async with aclosing(parts_of(server, ["echo", "spin"], b"x")) as items:
                await anext(items)
                spinning = await working(server)
                monkeypatch.setattr(messages, "send", send_later)
            await eventually(lambda: not alive(spinning), timeout_s=2)

    asyncio.run(go())
    assert not full


@pytest.mark.parametrize("do", ["lie-about-size", "lie-about-number", "whole-twice", "half-a-frame", "huge-report"])
def test_what_has_not_the_form_of_a_part_is_not_handed_on(spec: WorkerSpec, do: str) -> None:
    outcome = once(spec, {"do": do}, b"x")
    assert (outcome.verdict, outcome.output, outcome.report) == (Verdict.DISTRUSTED, b"", b"")


def test_what_a_worker_says_after_its_last_part_keeps_nobody_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = 0
    hear = Exchange.hear

    def counted(exchange: Exchange) -> bool:
        nonlocal heard
        heard += 1
        return hear(exchange)

    monkeypatch.setattr(Exchange, "hear", counted)

    async def go() -> list[Delivered | Outcome]:
        async with running(CPU) as server:
            limits = replace(LIMITS, wall_s=1)
            return [item async for item in parts_of(server, ["echo", "say-more"], b"x", limits=limits)]

    *parts, outcome = asyncio.run(go())
    assert isinstance(outcome, Outcome)
    assert (outcome.verdict, [part.number for part in delivered(parts)]) == (Verdict.LIMIT_WALL, [0, 1])
    assert heard < 10


def test_a_hung_fork_server_is_killed_and_started_again(spec: WorkerSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forkserver, "_PATIENCE_S", 1.0)

    async def go() -> Outcome:
        async with running(spec) as server:
            assert server.pid is not None
            os.kill(server.pid, signal.SIGSTOP)
            with pytest.raises(ForkServerGoneError):
                await ask(server, {"do": "echo"}, b"x")
            await eventually(lambda: server.ready)
            return await ask(server, {"do": "echo"}, b"again")

    assert asyncio.run(go()).output == b"again"


def test_a_message_that_nobody_understands_does_no_harm(spec: WorkerSpec) -> None:
    async def go() -> Outcome:
        async with running(spec) as server:
            assert server._channel is not None
            for data in (b"", b"\x02\x02{}", messages.encode(Tag.READY), messages.encode(Tag.JOB, {"id": 1})):
                if data:
                    messages.send(server._channel, data)
            return await ask(server, {"do": "echo"}, b"still here")

    assert asyncio.run(go()).output == b"still here"


def test_nothing_is_left_after_stop(spec: WorkerSpec) -> None:
    async def go() -> tuple[int | None, set[int]]:
        async with running(spec) as server:
            await ask(server, {"do": "echo"}, b"x")
            return server.pid, children_of(server.pid)

    fds_before = len(os.listdir("/proc/self/fd"))
    pid, workers = asyncio.run(go())
    asyncio.run(eventually(lambda: not any(map(alive, {pid, *workers}))))
    assert len(os.listdir("/proc/self/fd")) == fds_before


async def stop_while_it_is_started_again(spec: WorkerSpec) -> int:
    """Returns the pid of the server that was being started."""
    server = ForkServer(spec)
    await server.start()
    first = server.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: server.pid not in (None, first))
    assert not server.ready
    second = server.pid
    await server.stop(0)
    assert second is not None
    return second


def left_open(action: Callable[[], object]) -> list[str]:
    """What Python says was never closed."""
    gc.collect()
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        action()
        gc.collect()
    return [str(warning.message) for warning in found]


def test_a_stop_while_it_is_started_again_leaves_nothing(spec: WorkerSpec, capfd: pytest.CaptureFixture[str]) -> None:
    pids: list[int] = []
    assert left_open(lambda: pids.append(asyncio.run(stop_while_it_is_started_again(spec)))) == []
    assert not alive(*pids)
    assert capfd.readouterr().err == ""


def test_a_start_that_is_given_up_leaves_nothing(spec: WorkerSpec, capfd: pytest.CaptureFixture[str]) -> None:
    async def go() -> None:
        server = ForkServer(spec)
        starting = asyncio.create_task(server.start())
        await eventually(lambda: server.pid is not None)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        assert (server.pid, server.ready) == (None, False)

    assert left_open(lambda: asyncio.run(go())) == []
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("dead_before", ["its configuration was sent", "its configuration was read"])
def test_a_server_that_dies_before_it_has_said_anything_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, dead_before: str
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    send = messages.send

    def send_late(channel: socket.socket, message: bytes) -> None:
        channel.setblocking(True)
        channel.recv(1)  # until the other end is closed
        channel.setblocking(False)
        send(channel, message)

    if dead_before == "its configuration was sent":
        monkeypatch.setattr(messages, "send", send_late)

    async def go() -> None:
        with pytest.raises(SandboxError, match="cpu-forkserver: the fork server died or hung while it was starting"):
            await ForkServer(CPU).start()

    assert left_open(lambda: asyncio.run(go())) == []


@pytest.mark.parametrize("configured", [False, True])
def test_a_server_whose_client_has_gone_while_it_started_ends_without_a_word(
    spec: WorkerSpec, configured: bool
) -> None:
    said = {"spec": replace(spec, waived=frozenset({"cgroup"})).to_json(), "slots": []}
    message = messages.encode(Tag.CONFIGURE, said)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        with ours:
            if configured:
                messages.send(ours, message)
        command = [sys.executable, "-m", "sandbox.forkserver", str(theirs.fileno())]
        done = subprocess.run(
            command, env=environment(spec), pass_fds=[theirs.fileno()], capture_output=True, check=False
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_the_environment_of_the_client_does_not_reach_the_workers(
    spec: WorkerSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET_OF_THE_OPERATOR", "hunter2")

    async def go() -> bytes:
        async with running(spec) as server:
            return Path(f"/proc/{server.pid}/environ").read_bytes()

    environ = asyncio.run(go())
    assert b"PYTHONMALLOC=malloc" in environ
    assert b"hunter2" not in environ


def test_a_spec_adds_to_the_environment_and_does_not_change_what_the_lock_rests_on() -> None:
    found = environment(replace(CPU, environment={"THREADS": "1", "PYTHONMALLOC": "pymalloc"}))
    assert (found["THREADS"], found["PYTHONMALLOC"]) == ("1", "malloc")


def children_of(pid: int | None) -> set[int]:
    if pid is None:
        return set()
    try:
        return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    except (FileNotFoundError, ProcessLookupError):
        return set()


async def eventually(condition: Callable[[], bool], timeout_s: float = 20.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.02)


def test_a_start_that_is_refused_says_why_and_leaves_nothing(spec: WorkerSpec) -> None:
    """Layer, reason and remedy come as they were said; a cgroup that was made for it is gone again."""

    async def go() -> ForkServer:
        server = ForkServer(replace(spec, entry="tests.sandbox.entries:Unavailable"))
        with pytest.raises(SandboxError) as caught:
            await server.start()
        said = caught.value
        assert (said.layer, said.detail) == ("userns", "none can be made")
        assert said.hint == "raise user.max_user_namespaces"
        return server

    assert asyncio.run(go()).slots == ()
    assert pools_of(os.getpid()) == []


def test_a_server_that_hangs_while_it_starts_is_a_refusal(
    spec: WorkerSpec, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(forkserver, "_START_S", 1.0)
    hung = replace(spec, entry="tests.sandbox.entries:Hung", warm_wall_s=0.1)

    async def go() -> None:
        with pytest.raises(SandboxError, match="hung while it was starting"):
            await asyncio.wait_for(ForkServer(hung).start(), 10)

    assert left_open(lambda: asyncio.run(go())) == []
    assert "Traceback" not in capfd.readouterr().err


def test_workers_that_do_not_come_up_are_a_refusal_and_not_a_storm() -> None:
    async def go() -> tuple[Outcome, int]:
        async with running(replace(CPU, entry="tests.sandbox.entries:NeverReady")) as server:
            await asyncio.sleep(2.2)
            for _ in range(CPU.pool):  # the two that came up in time
                await ask(server, {})
            refused = await ask(server, {})
            tried: set[int] = set()
            for _ in range(300):
                tried |= children_of(server.pid)
                await asyncio.sleep(0.005)
            return refused, len(tried)

    refused, tries = asyncio.run(go())
    assert (refused.verdict, refused.refused_layer) == (Verdict.REFUSED, "worker")
    assert "exit status 3" in (refused.detail or "")
    assert tries <= 3  # in a second and a half


SUPERVISOR = """
import asyncio, sys
from tests.sandbox.client.test_forkserver import ForkServer, PATHS, ask
async def main():
    server = ForkServer(PATHS[sys.argv[1]])
    await server.start()
    job = asyncio.create_task(ask(server, {"do": "spin"}, b"x"))
    await asyncio.sleep(0.3)
    print(server.pid, flush=True)
    await job
asyncio.run(main())
"""


def test_a_killed_supervisor_takes_everything_with_it(spec: WorkerSpec) -> None:
    command = [sys.executable, "-c", SUPERVISOR, spec.name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        server = int(supervisor.stdout.readline())
        workers = children_of(server)
        mine = pools_of(supervisor.pid)
        supervisor.kill()
    assert workers
    assert spec.kind is Confinement.LOCKED or "cgroup" in WAIVED or mine

    async def gone() -> None:
        await eventually(lambda: not any(map(alive, {server, *workers})))
        await eventually(lambda: not any(map(os.path.exists, mine)))

    asyncio.run(gone())


@pytest.mark.parametrize("gib", [1, 3])
def test_all_of_a_large_heap_stays_reserved(gib: int) -> None:
    """Of more than 2 GiB too, which is where an int ends: nothing is given back between the lock and the work."""
    header: dict[str, object] = {"do": "use-memory", "blocks": 5000}
    outcome = once(CPU, header, b"x", limits=replace(LIMITS, memory_bytes=gib << 30))
    assert outcome.verdict is Verdict.COMPLETED, outcome
