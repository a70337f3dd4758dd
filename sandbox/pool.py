"""Workers that wait for a job to come: forked, got ready, one job each, replaced in the background.

A request pays for none of the getting ready. What a worker is and what it does with its job is its *kind*'s business
(:mod:`sandbox.cpu`, :mod:`sandbox.gpu`); how many there are, and what happens when they fail, is decided here.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import socket
import time
from collections.abc import Sequence
from typing import NoReturn, Protocol

from sandbox import job, verdict, worker
from sandbox.cgroups import CgroupSlot
from sandbox.children import Child, Children, Exit, State
from sandbox.exceptions import LayerFailedError, SandboxError
from sandbox.job import Job, Limits, Verdict
from sandbox.policy import INPUT_FD
from sandbox.progress import Progress

_FOREVER = float("inf")
# After so many workers in a row that did not come up, jobs are refused instead of waiting for the next try.
_PATIENCE = 3
_RETRY_S = 1.0
# How many workers there can be at once where no number of cgroups says so; the front end admits far fewer jobs.
_WITHOUT_SLOTS = 256


class Kind(Protocol):
    """One path's workers. ``locked_when_ready``: the lock is on before the job comes, so it can be looked at then;
    ``single_threaded``: nothing of a worker runs any more once its one thread has come to its end."""

    locked_when_ready: bool
    single_threaded: bool

    def fork(self, slot: CgroupSlot | None) -> tuple[int, int]:
        """(pid, pidfd) in the parent, (0, -1) in the worker."""

    def enter(self, slot: CgroupSlot | None, channel: int, parent: int) -> None:
        """In the worker, first: into the sandbox as far as can be without a job. The channel becomes INPUT_FD, and
        every other descriptor is closed."""

    def prepare(self) -> dict[str, object]:
        """In the worker: what takes time and needs no input. Returns facts about the device."""

    def serve(self, channel: socket.socket, progress: Progress) -> int:
        """In the worker: take one job and do it under the lock. Returns the exit status."""

    def limit(self, pid: int, limits: Limits) -> None:
        """In the fork server: the job's own limits on a worker that is locked already."""

    def read_back(self, child: Child) -> tuple[str, ...]:
        """The layers the kernel says are in force on a worker. Raises SandboxError for one that is missing."""


class Pool:
    """Keeps ``size`` workers of one kind waiting. ``slots``: the cgroups they take turns in (none: no cgroup)."""

    def __init__(self, kind: Kind, *, size: int, warm_wall_s: float, slots: Sequence[CgroupSlot] = ()) -> None:
        self.kind = kind
        self.size = size
        self.warm_wall_s = warm_wall_s
        self.free_slots: list[CgroupSlot | None] = list(slots) or [None] * _WITHOUT_SLOTS
        self.idle: list[Child] = []
        self.warming = 0
        self.device: dict[str, object] = {}
        self.failures = 0
        self.last_error: SandboxError | None = None
        self.retry_at = 0.0

    # --- getting ready --------------------------------------------------------------------------------------------

    def refill(self, jobs_waiting: int) -> list[Child]:
        """Start what is missing, and return it: ``size`` workers, or one for every job that waits if those are more.
        A kind that keeps failing is tried one worker at a time, with pauses."""
        if self.pause_s():
            return []
        wanted = max(self.size, jobs_waiting) if self.failures < _PATIENCE else 1
        born: list[Child] = []
        while len(self.idle) + self.warming < wanted and self.free_slots:
            born.append(self._spawn(self.free_slots.pop()))
            self.warming += 1
        return born

    def pause_s(self) -> float:
        """Seconds until the next try; 0 for none to wait."""
        return max(0.0, self.retry_at - time.monotonic()) if self.failures >= _PATIENCE else 0.0

    def _spawn(self, slot: CgroupSlot | None) -> Child:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        progress, parent, started_ns = Progress(), os.getpid(), time.monotonic_ns()
        pid, pidfd = self.kind.fork(slot)
        if pid == 0:
            _live(self.kind, slot, theirs, progress=progress, parent=parent)
        theirs.close()
        deadline = time.monotonic() + self.warm_wall_s
        return Child(pid, pidfd, progress, started_ns, deadline, slot=slot, channel=ours)

    def hear(self, child: Child) -> None:
        """A worker says ``ready`` or ``refused``; both are said before it has seen any input."""
        assert child.channel is not None
        message = child.channel.recv(job.MAX_MESSAGE_BYTES)
        if not message:
            return  # it is dying; its end is seen when it is reaped
        said = json.loads(message)
        self.warming -= 1
        child.ready = True
        child.deadline = _FOREVER
        if "refused" in said:
            self._fail(SandboxError(**said["refused"]))
            child.kill(Verdict.REFUSED)
            return
        try:
            child.layers = self.kind.read_back(child) if self.kind.locked_when_ready else ()
        except SandboxError as error:
            self._fail(error)
            child.kill(Verdict.REFUSED)
            return
        self.device, self.failures = said["ready"], 0
        self.idle.append(child)

    def _fail(self, error: SandboxError) -> None:
        self.last_error = error
        self.failures += 1
        self.retry_at = time.monotonic() + _RETRY_S

    def gone(self, exit_: Exit) -> None:
        """A worker was reaped; its cgroup is free."""
        child = exit_.child
        if child in self.idle:  # died while it waited
            self.idle.remove(child)
        elif not child.ready:
            self.warming -= 1
            self._fail(died_warming(exit_))
        self.free_slots.append(child.slot)

    def bring_up(self, children: Children) -> Child:
        """One worker, ready, before any is offered. Blocks. Raises SandboxError when it does not come up."""
        child = self._spawn(self.free_slots[-1])
        children.add(child)
        self.warming += 1
        assert child.channel is not None
        # In small steps, as a traced worker that dies has to be let through its last stop.
        while not select.select([child.channel], [], [], 0.01)[0] and children.look(child) is State.RUNNING:
            if child.deadline < time.monotonic():
                self.last_error = LayerFailedError("worker", f"not ready after {self.warm_wall_s} s")
                break
        else:
            self.hear(child)
        usable = child in self.idle
        self.idle.clear()
        self.warming = self.failures = 0
        if usable:
            return child
        child.kill(Verdict.REFUSED)
        exit_ = children.wait(child)
        child.close()
        raise self.last_error or died_warming(exit_)

    def recycle(self) -> None:
        """Replace the workers that wait by new ones, which inherit what the fork server has learnt since."""
        for child in self.idle:
            child.kill(Verdict.REFUSED)
        self.idle.clear()

    # --- jobs -----------------------------------------------------------------------------------------------------

    def dispatch(self, task: Job) -> Child | None:
        """Give the job to a worker that waits; None when there is none yet. Raises SandboxError when there will be
        none."""
        if self.idle:
            child = self.idle.pop(0)
            self.kind.limit(child.pid, task.limits)
            return give(child, task)
        if self.failures >= _PATIENCE and self.last_error is not None:
            raise self.last_error
        return None


def give(child: Child, task: Job) -> Child:
    """Send the job. Its limits on time count from now."""
    assert child.channel is not None
    child.job = task
    child.started_ns = time.monotonic_ns()
    child.deadline = time.monotonic() + task.limits.wall_s
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died this moment: its outcome will say so
        job.send(child.channel, job.encode_job(task), task.fds)
    return child


def died_warming(exit_: Exit) -> SandboxError:
    """Why a worker did not come up, for the operator."""
    death = verdict.judge(exit_.status, stopped_for=None, moment=exit_.child.moment, oom_killed=exit_.oom_killed)
    cause = death.signal or f"exit status {death.exit_status}"
    if death.syscall is not None:
        hint = "this host's GL driver makes a system call that the policy does not know"
        return LayerFailedError("seccomp", f"{death.syscall} killed a worker that was getting ready", hint)
    return LayerFailedError("worker", f"a worker died while it was getting ready: {cause}")


# --- in the worker ----------------------------------------------------------------------------------------------------


def _live(kind: Kind, slot: CgroupSlot | None, channel: socket.socket, *, progress: Progress, parent: int) -> NoReturn:
    """A worker's life: get ready, say so, one job."""
    status = worker.EXIT_BROKEN
    try:
        worker.default_signals()
        job_socket = _get_ready(kind, slot, channel, parent)
        if job_socket is not None:
            status = kind.serve(job_socket, progress)
    except MemoryError:
        status = worker.EXIT_MEMORY
    finally:
        os._exit(status)


def _get_ready(kind: Kind, slot: CgroupSlot | None, channel: socket.socket, parent: int) -> socket.socket | None:
    """The socket on which the job will come; None when the worker could not get ready, after saying why."""
    try:
        kind.enter(slot, channel.fileno(), parent)
        _fill_standard_descriptors()
        channel = _job_socket()  # now: Python looks a descriptor over, which is forbidden once locked
        facts = kind.prepare()
    except SandboxError as error:
        _complain(channel, error.layer, error.detail, error.hint)
        return None
    except Exception as error:  # noqa: BLE001 - whatever a driver's bindings raise: the operator has to read it
        _complain(channel, "worker", f"{type(error).__name__}: {error}"[:2000])
        return None
    _say(channel, ready=facts)
    return channel


def _fill_standard_descriptors() -> None:
    """0 to 2 are taken, so that what comes with a job gets numbers from OUTPUT_FD on."""
    while fcntl.fcntl(INPUT_FD, fcntl.F_DUPFD_CLOEXEC, 0) < INPUT_FD - 1:
        pass


def _job_socket() -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=INPUT_FD)


def _say(channel: socket.socket, **message: object) -> None:
    channel.send(json.dumps(message).encode())


def _complain(channel: socket.socket, layer: str, detail: str, hint: str = "") -> None:
    refused = {"layer": layer, "detail": detail, "hint": hint}
    try:
        _say(channel, refused=refused)
    except OSError:  # entering failed after it was moved
        _say(_job_socket(), refused=refused)
