"""The fork server: one thread, everything loaded once, no privilege, a new worker for every render.

Started by :mod:`sandbox.client` as ``python -m sandbox.forkserver FD``, with FD a SOCK_SEQPACKET socket. The first
message is its configuration; it answers ``ready`` (with the layers that a rehearsal worker really had) or ``refused``
(with the layer that cannot be had), and from then on takes jobs and answers outcomes. Once, it says ``exercised``. It
ends when its socket does, and takes all its workers along.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sandbox import job, rehearsal, verdict
from sandbox.children import Child, Children, Exit, State, close_all
from sandbox.composition import enter
from sandbox.cpu import CpuWorkers, rehearse
from sandbox.exceptions import SandboxError
from sandbox.gpu import GpuWorkers
from sandbox.job import Job, Outcome, Verdict
from sandbox.launchers import NATIVE
from sandbox.mechanisms import arena, capabilities, memfd
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.mechanisms.seccomp import compile_filter
from sandbox.policy.gpu import gpu
from sandbox.policy.model import SandboxPolicy, sealed, waive
from sandbox.pool import Kind, Pool
from sandbox.worker import Entry, load_entry


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """What the client sends first. ``uid``/``gid``: who the server becomes when it was started by root."""

    path: str
    entry: str
    entry_options: dict[str, object] = field(default_factory=dict)
    level: str = "strict"
    launcher: str = NATIVE
    pool: int = 2
    uid: int = 65532
    gid: int = 65532
    waived: tuple[str, ...] = ()
    unsandboxed: bool = False
    slots: tuple[dict[str, Any], ...] = ()
    mounts: tuple[tuple[str, str], ...] = ()
    warm_wall_s: float = 60.0


class ForkServer:
    """The event loop. Nothing in it blocks but the selector."""

    def __init__(self, channel: socket.socket, pool: Pool, exercises: Iterator[None] | None) -> None:
        self.channel = channel
        self.pool = pool
        self.exercises = exercises
        self.children = Children()
        self.waiting: list[Job] = []
        self.stopping = False
        self.selector = selectors.DefaultSelector()
        self.selector.register(channel, selectors.EVENT_READ, self._take_job)
        self.selector.register(_child_pipe(), selectors.EVENT_READ, _drain)

    def run(self) -> None:
        """Until the client is gone and every worker with it."""
        while not self.stopping or self.children.by_pid:
            if not self.stopping:
                self._refill()
            exercising = self.exercises is not None and self._is_quiet()
            events = self.selector.select(0 if exercising else self._patience_s())
            for key, _ in events:
                key.data(key.fileobj)
            if exercising and not events:
                self._exercise()
            for child in self.children.overdue():
                child.kill(Verdict.LIMIT_WALL)
            for child in list(self.children.by_pid.values()):
                self._look_after(child)

    def _patience_s(self) -> float | None:
        """How long to sleep at most; None: until something happens."""
        times = [self.children.next_deadline(), self.pool.pause_s() or None]
        return min((seconds for seconds in times if seconds is not None), default=None)

    def _is_quiet(self) -> bool:
        """No job anywhere, and no worker getting ready."""
        return not self.waiting and not self.pool.warming and not any(c.job for c in self.children.by_pid.values())

    def _exercise(self) -> None:
        """One step of getting better; after the last one all workers are replaced by better ones."""
        assert self.exercises is not None
        try:
            next(self.exercises)
        except StopIteration:
            self.exercises = None
            gc.collect()
            gc.freeze()
            self.pool.recycle()
            tell(self.channel, exercised=True)

    def _take_job(self, channel: socket.socket) -> None:
        message, fds = job.receive(channel)
        if not message:
            self._stop()
            return
        task = job.decode_job(message, fds)
        if not all(memfd.is_sealed(fd) for fd in task.input_fds):
            raise job.MessageError("an input is not a sealed memfd")
        self.waiting.append(task)
        self._start_waiting()

    def _start_waiting(self) -> None:
        while self.waiting and self._start(self.waiting[0]):
            self.waiting.pop(0)

    def _start(self, task: Job) -> bool:
        """Whether the job has left the queue: with a worker now, or refused."""
        try:
            return self.pool.dispatch(task) is not None
        except SandboxError as error:
            close_all(task.fds)
            self._answer(Outcome(task.id, Verdict.REFUSED, refused_layer=error.layer, detail=str(error)))
            return True

    def _refill(self) -> None:
        for child in self.pool.refill(len(self.waiting)):
            self.children.add(child, traced=not self.pool.kind.launched)
            if child.channel is not None:
                self.selector.register(child.channel, selectors.EVENT_READ, partial(self._hear, child))

    def _hear(self, child: Child, _: socket.socket) -> None:
        self.pool.hear(child, self.children)
        if child.ready and child.channel is not None:
            self.selector.unregister(child.channel)
        self._start_waiting()

    def _look_after(self, child: Child) -> None:
        state = self.children.look(child)
        if state is State.ENDING:
            if self.pool.kind.single_threaded:
                self._report(self.children.ending(child), self._read_back(child))
            self.children.release(child)
        elif state is State.DEAD:
            self._bury(child)

    def _read_back(self, child: Child) -> SandboxError | None:
        """While ``/proc`` still has it. Returns why what it made must not be handed out, or None."""
        if child.job is not None:
            try:
                child.layers = child.layers or self.pool.kind.read_back(child)
            except SandboxError as error:
                return error
        return None

    def _report(self, exit_: Exit, refused: SandboxError | None) -> None:
        """Answer for a worker that will not run again. Its teardown need not be waited for."""
        child = exit_.child
        if child.job is not None:
            self._answer(outcome_of(exit_, child.job, time.monotonic_ns(), refused))
            close_all(child.job.fds)
            child.job = None

    def _bury(self, child: Child) -> None:
        refused = self._read_back(child)
        exit_ = self.children.reap(child)
        self._report(exit_, refused)
        self.pool.lost(exit_)
        if self.children.part(child):
            return
        channel = child.channel
        if channel is not None and channel in self.selector.get_map():
            self.selector.unregister(channel)
        self.pool.free(exit_)
        child.close()
        self._start_waiting()

    def _answer(self, outcome: Outcome) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client has gone, which its socket tells
            job.send(self.channel, job.encode_outcome(outcome))

    def _stop(self) -> None:
        self.stopping = True
        self.selector.unregister(self.channel)
        for task in self.waiting:
            close_all(task.fds)
        self.waiting.clear()
        self.children.kill_all()


def outcome_of(exit_: Exit, task: Job, ended_ns: int, refused: SandboxError | None) -> Outcome:
    """What the client is told. A worker that was not locked as it should have been is refused, whatever it made."""
    child = exit_.child
    death = verdict.judge(exit_.status, stopped_for=child.stopped_for, moment=child.moment, oom_killed=exit_.oom_killed)
    locked_ns, stage = child.progress.read()
    return Outcome(
        job_id=task.id,
        verdict=death.verdict if refused is None else Verdict.REFUSED,
        exit_status=death.exit_status,
        signal=death.signal,
        syscall=death.syscall,
        stage=stage,
        layers=child.layers,
        refused_layer=None if refused is None else refused.layer,
        detail=None if refused is None else str(refused),
        timings_ms=_timings_ms(child.started_ns, locked_ns, ended_ns),
    )


def _timings_ms(started_ns: int, locked_ns: int, ended_ns: int) -> dict[str, float]:
    """``lock``: from the job's dispatch to the lock; ``total``: to the worker's end. A worker can write what it likes
    into its page, so a time outside its life is left out."""
    timings = {"total": round((ended_ns - started_ns) / 1e6, 3)}
    if started_ns <= locked_ns <= ended_ns:
        timings["lock"] = round((locked_ns - started_ns) / 1e6, 3)
    return timings


def _child_pipe() -> int:
    """SIGCHLD writes a byte into a pipe: a stop or a death of a worker ends the wait. Returns the reading end."""
    read_end, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    return read_end


def _drain(pipe: int) -> None:
    os.read(pipe, 4096)


def tell(channel: socket.socket, **message: object) -> None:
    """To the client: one of ``ready``, ``refused``, ``exercised``. A client that has gone, perhaps while we
    were starting, is noticed where its jobs are received."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        job.send(channel, json.dumps(message).encode())


# --- start ---------------------------------------------------------------------------------------------------------


def main(argv: list[str]) -> int:
    channel = socket.socket(fileno=int(argv[1]))
    config = _configuration(channel)
    if config is None:
        return 0
    try:
        pool, layers, exercises = _prepare(config)
    except SandboxError as error:
        tell(channel, refused={"layer": error.layer, "detail": error.detail, "hint": error.hint})
        return 1
    server = ForkServer(channel, pool, exercises)
    tell(channel, ready={"layers": layers, "device": pool.device, "exercised": exercises is None})
    server.run()
    return 0


def _configuration(channel: socket.socket) -> ServerConfig | None:
    """None when the client has gone before it sent one."""
    message, _ = job.receive(channel)
    return ServerConfig(**json.loads(message)) if message else None


def _prepare(config: ServerConfig) -> tuple[Pool, tuple[str, ...], Iterator[None] | None]:
    """Load, give up every privilege, and prove on a worker that does nothing that the lock holds."""
    if config.path == "cpu":
        arena.settle()
    entry = load_entry(config.entry, config.entry_options)
    entry.preload()
    proc_fd = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)  # the tree will have none
    _require_single_thread(proc_fd)
    kind = _workers(config, entry)
    _require_single_thread(proc_fd)
    os.close(proc_fd)
    # Objects made so far live as long as the server: out of the collector's sight, so that no worker's collection
    # touches (and copies) the pages they are on. What was free on the way is given back: a fork would copy it too.
    gc.collect()
    gc.freeze()
    arena.trim()
    if config.path == "cpu":
        arena.plug()
    slots = tuple(CgroupSlot.from_json(slot) for slot in config.slots)
    pool = Pool(kind, size=config.pool, warm_wall_s=config.warm_wall_s, slots=slots)
    layers = rehearse(pool, kind) if isinstance(kind, CpuWorkers) else _look_at_one(pool)
    inherits = isinstance(kind, GpuWorkers) and kind.inherited is not None
    return pool, layers, entry.exercises() if inherits else None


def _look_at_one(pool: Pool) -> tuple[str, ...]:
    """The layers of a first worker."""
    children = Children()
    child = pool.bring_up(children)
    child.kill(Verdict.REFUSED)
    exit_ = children.wait(child)
    pool.kind.clean_up(child.pid, exit_.status)
    child.close()
    return child.layers


def _workers(config: ServerConfig, entry: Entry) -> Kind:
    if config.path == "cpu":
        return _cpu_workers(config, entry)
    return _gpu_workers(config, entry) if config.launcher == NATIVE else _launched_workers(config, entry)


def _cpu_workers(config: ServerConfig, entry: Entry) -> CpuWorkers:
    enter.renounce(config.uid, config.gid)
    waived = frozenset(config.waived)
    return CpuWorkers(entry, level=config.level, unsandboxed=config.unsandboxed, waived=waived)


def _launched_workers(config: ServerConfig, entry: Entry) -> Kind:
    # Here, as every fork pays for what its fork server has loaded.
    from sandbox.launchers.workers import LaunchedWorkers, Orders  # noqa: PLC0415

    needs, policy = _rehearse(config, entry)
    orders = Orders(
        entry=config.entry,
        entry_options=config.entry_options,
        jit=needs.software,
        devices=needs.devices,
        waived=config.waived,
        files=needs.files,
        sealed=compile_filter(sealed(policy).syscalls),
    )
    ids = (config.uid, config.gid)
    return LaunchedWorkers(config.launcher, policy, needs, orders, mounts=config.mounts, ids=ids)


def _rehearse(config: ServerConfig, entry: Entry) -> tuple[rehearsal.Needs, SandboxPolicy]:
    needs = rehearsal.rehearse(entry, uid=config.uid, gid=config.gid)
    return needs, waive(gpu(jit=needs.software, devices=needs.devices), frozenset(config.waived))


def _gpu_workers(config: ServerConfig, entry: Entry) -> GpuWorkers:
    needs, policy = _rehearse(config, entry)
    prepared: enter.Prepared | None = None
    if config.unsandboxed:
        capabilities.become(config.uid, config.gid)
    else:
        prepared = enter.prepare(
            policy, needs.files, mounts=config.mounts, devices=needs.devices, uid=config.uid, gid=config.gid
        )
    return GpuWorkers(entry, policy, prepared, entry.probe() if needs.forkable else None)


def _require_single_thread(proc_fd: int) -> None:
    """A fork copies the calling thread alone: a lock that another one holds would stay locked in every worker."""
    tasks = os.open("self/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=proc_fd)
    threads = len(os.listdir(tasks))
    os.close(tasks)
    if threads != 1:
        raise SandboxError("forkserver", f"it has {threads} threads after loading; something it imported starts them")


if __name__ == "__main__":
    # No interpreter shutdown: it would free the first chunk of the frame stack, which Python mapped before
    # arena.settle(), through the allocator that settle() put in its place.
    exit_status = 1
    try:
        exit_status = main(sys.argv)
    except BaseException:  # noqa: BLE001 - the last words of a process that ends without Python's own
        traceback.print_exc()
    finally:
        os._exit(exit_status)
