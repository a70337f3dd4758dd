"""Workers that wait for a job to come: forked, got ready, one job each, replaced in the background.

A request pays for none of the getting ready. What a worker is and what it does with its job is its *kind*'s business
(:mod:`sandbox.workers.kind`); how many there are, and what happens when they fail, is decided here.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import time
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox import messages
from sandbox.exceptions import LayerFailedError, SandboxError, layer
from sandbox.forkserver import verdict
from sandbox.forkserver.children import Children, ChildState, Exit
from sandbox.job import Job, Verdict
from sandbox.mechanisms import rlimits
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.workers.child import Child
from sandbox.workers.kind import WorkerKind

_FOREVER = float("inf")
# After so many workers in a row that did not come up, jobs are refused instead of waiting for the next try.
_PATIENCE = 3
_RETRY_S = 1.0
# How many workers there can be at once where no number of cgroups says so; the front end admits far fewer jobs.
_WITHOUT_SLOTS = 256
_SAID_BYTES = 200


class Pool:
    """Keeps ``size`` workers of one kind waiting. ``slots``: the cgroups they take turns in (none: no cgroup)."""

    def __init__(self, kind: WorkerKind, *, size: int, warm_wall_s: float, slots: Sequence[CgroupSlot] = ()) -> None:
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

    def refill(self, jobs_waiting: int) -> Iterator[Child]:
        """Start what is missing, one after the other: ``size`` workers, or one for every job that waits if those are
        more. A kind that keeps failing is tried one worker at a time, with pauses. Raises SandboxError for a worker
        that cannot be started."""
        if self.pause_s():
            return
        wanted = max(self.size, jobs_waiting) if self.failures < _PATIENCE else 1
        while len(self.idle) + self.warming < wanted and self.free_slots:
            yield self._start_one()

    def _start_one(self) -> Child:
        try:
            child = self._spawn(self.free_slots[-1])
        except SandboxError as error:
            self._fail(error)
            raise
        self.free_slots.pop()
        self.warming += 1
        return child

    def pause_s(self) -> float:
        """Seconds until the next try; 0 for none to wait."""
        return max(0.0, self.retry_at - time.monotonic()) if self.failures >= _PATIENCE else 0.0

    def _spawn(self, slot: CgroupSlot | None) -> Child:
        parent, started_ns = os.getpid(), time.monotonic_ns()
        with layer("worker"), contextlib.ExitStack() as made:
            ours, theirs = map(made.enter_context, socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
            progress = made.enter_context(contextlib.closing(self.kind.make_progress()))
            pid, pidfd = self.kind.fork(slot)
            made.pop_all()  # there is a worker: what was made for it stays
        if pid == 0:
            self.kind.live(slot, theirs, progress=progress, parent=parent)
        theirs.close()
        deadline = time.monotonic() + self.warm_wall_s
        child = Child(pid, pidfd, progress, started_ns, deadline, slot=slot, channel=ours)
        try:
            self.kind.greet(ours, progress)
        except OSError:
            child.kill(Verdict.REFUSED)  # it would wait for ever; its death is seen like any other's
        return child

    def hear(self, child: Child, children: Children) -> None:
        """A worker says ``ready`` or ``refused``; both are said before it has seen any input."""
        assert child.channel is not None
        message, sender = messages.receive_from(child.channel)
        if not message:
            return  # it is dying; its end is seen when it is reaped
        said = _statement(message)
        self.warming -= 1
        child.ready = True
        child.deadline = _FOREVER
        if "refused" in said:
            self._fail(SandboxError(**said["refused"]))
            child.kill(Verdict.REFUSED)
            return
        try:
            with layer("worker"):
                if sender not in (None, child.pid):
                    children.meet(child, sender)
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

    def lost(self, exit_: Exit) -> None:
        """A worker was reaped."""
        child = exit_.child
        if child in self.idle:  # died while it waited
            self.idle.remove(child)
        elif not child.ready:
            child.ready = True
            self.warming -= 1
            self._fail(died_warming(exit_))

    def free(self, exit_: Exit) -> None:
        """What was forked is gone, and nobody is left in its cgroup."""
        self.kind.clean_up(exit_.child.pid, exit_.status)
        self.free_slots.append(exit_.child.slot)

    def bring_up(self, children: Children) -> Child:
        """One worker, ready, before any is offered. Blocks. Raises SandboxError when it does not come up."""
        child = self._spawn(self.free_slots[-1])
        children.add(child, traced=not self.kind.launched)
        self.warming += 1
        assert child.channel is not None
        # In small steps, as a traced worker that dies has to be let through its last stop.
        while not select.select([child.channel], [], [], 0.01)[0] and children.look(child) is ChildState.RUNNING:
            if child.deadline < time.monotonic():
                self.last_error = LayerFailedError("worker", f"not ready after {self.warm_wall_s} s")
                break
        else:
            self.hear(child, children)
        usable = child in self.idle
        self.idle.clear()
        self.warming = self.failures = 0
        if usable:
            return child
        child.kill(Verdict.REFUSED)
        exit_ = children.wait(child)
        self.kind.clean_up(child.pid, exit_.status)
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
        none, or when it cannot be given to this one."""
        if self.idle:
            return self._give_within_limits(self.idle.pop(0), task)
        if self.failures >= _PATIENCE and self.last_error is not None:
            raise self.last_error
        return None

    def _give_within_limits(self, child: Child, task: Job) -> Child:
        try:
            with layer(rlimits.LAYER):
                self.kind.limit(child.pid, task)
            with layer("worker"):
                return give(child, task)
        except SandboxError:
            child.job = None  # the caller's, who answers for it
            child.kill(Verdict.REFUSED)
            raise


def give(child: Child, task: Job) -> Child:
    """Send the job. Its limits on time count from now."""
    now = time.monotonic()
    assert child.channel is not None
    child.job = task
    child.started_ns = time.monotonic_ns()
    child.job_deadline = now + task.limits.wall_of(task.parts)
    child.deadline = min(now + task.limits.wall_s, child.job_deadline)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died this moment: its outcome will say so
        messages.send(child.channel, messages.encode_job(task), task.fds)
    return child


def died_warming(exit_: Exit) -> SandboxError:
    """Why a worker did not come up, for the operator."""
    death = verdict.judge(exit_.status, stopped_for=None, moment=exit_.child.moment, oom_killed=exit_.oom_killed)
    cause = death.signal or f"exit status {death.exit_status}"
    if death.syscall is not None:
        hint = "this host's GL driver makes a system call that the policy does not know"
        return LayerFailedError("seccomp", f"{death.syscall} killed a worker that was getting ready", hint)
    return LayerFailedError("worker", f"a worker died while it was getting ready: {cause}")


def _statement(message: bytes) -> dict[str, Any]:
    """What a worker says of itself. Its standard streams are its channel too (:mod:`sandbox.workers.life`), so what a
    library prints while it is loaded comes here as well: a worker that does is refused, and an operator reads why."""
    with contextlib.suppress(ValueError):
        said = json.loads(message)
        if isinstance(said, dict) and {"ready", "refused"} & said.keys():
            return said
    words = message[:_SAID_BYTES].decode(errors="replace")
    return {"refused": {"layer": "worker", "detail": f"it said {words!r} and not that it is ready", "hint": ""}}
