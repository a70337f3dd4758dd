"""The event loop of a fork server.

Started by :mod:`sandbox.client` as ``python -m sandbox.forkserver FD``, with FD a SOCK_SEQPACKET socket. The first
message configures it; it answers READY or REFUSED, and from then on takes jobs and answers outcomes
(:mod:`sandbox.messages`). It ends when its socket does, and takes all its workers along.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from functools import partial

from sandbox import messages
from sandbox.exceptions import SandboxError, layer
from sandbox.forkserver.children import Children, ChildState, Exit
from sandbox.forkserver.outcome import outcome_of
from sandbox.forkserver.pool import Pool
from sandbox.job import Job, Outcome, Verdict
from sandbox.mechanisms import memfd
from sandbox.messages import Message, MessageError, Tag
from sandbox.workers.child import Child, close_all


class ServerLoop:
    """The event loop. Nothing in it blocks but the selector."""

    def __init__(self, channel: socket.socket, pool: Pool, exercises: Iterator[None] | None) -> None:
        self.channel = channel
        self.pool = pool
        self.exercises = exercises
        self.children = Children()
        self.waiting: list[Job] = []
        self.stopping = False
        self.selector = selectors.DefaultSelector()
        self.selector.register(channel, selectors.EVENT_READ, self._take_message)
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
            tell(self.channel, Tag.EXERCISED)

    def _take_message(self, channel: socket.socket) -> None:
        data, fds = messages.receive(channel)
        if not data:
            self._stop()
            return
        try:
            self._obey(messages.decode(data, fds))
        except MessageError as error:  # of a client that is newer than this server, or broken: it is told nothing
            close_all(fds)
            sys.stderr.write(f"fork server: {error}\n")

    def _obey(self, message: Message) -> None:
        match message.tag:
            case Tag.JOB:
                self._take_job(messages.job_of(message))
            case Tag.ADVANCE:
                self._advance(message.said.get("id"))
            case Tag.CANCEL:
                self._cancel(message.said.get("id"))
            case Tag.PING:
                tell(self.channel, Tag.PONG, number=message.said.get("number"))
            case _:
                raise MessageError(f"{message.tag.name} is nothing that a client says")

    def _take_job(self, task: Job) -> None:
        if not all(memfd.is_sealed(fd) for fd in (*task.input_fds, task.header_fd)):
            raise MessageError("an input is not a sealed memfd")
        self.waiting.append(task)
        self._start_waiting()

    def _advance(self, job_id: object) -> None:
        """A part has arrived. What is in force is read back once, before the client hands anything out."""
        child = self._at_work_on(job_id)
        if child is None or child.job is None:
            return
        limits = child.job.limits
        child.deadline = min(time.monotonic() + limits.wall_s, child.job_deadline)
        try:
            with layer("readback"):
                child.layers = child.layers or self.pool.kind.read_back(child)
            with layer("rlimits"):
                self.pool.kind.renew(child.pid, limits)
        except SandboxError as error:
            child.refusal = error
            child.kill(Verdict.REFUSED)
            return
        tell(self.channel, Tag.VERIFIED, id=child.job.id, layers=child.layers)

    def _cancel(self, job_id: object) -> None:
        for task in [task for task in self.waiting if task.id == job_id]:
            self.waiting.remove(task)
            close_all(task.fds)
            self._answer(Outcome(task.id, Verdict.CANCELLED))
        child = self._at_work_on(job_id)
        if child is not None:
            child.kill(Verdict.CANCELLED)

    def _at_work_on(self, job_id: object) -> Child | None:
        children = self.children.by_pid.values()
        return next((child for child in children if child.job is not None and child.job.id == job_id), None)

    def _start_waiting(self) -> None:
        while self.waiting and self._start(self.waiting[0]):
            self.waiting.pop(0)

    def _start(self, task: Job) -> bool:
        """Whether the job has left the queue: with a worker now, or refused."""
        try:
            return self.pool.dispatch(task) is not None
        except SandboxError as error:
            self._refuse(task, error)
            return True

    def _refuse(self, task: Job, error: SandboxError) -> None:
        close_all(task.fds)
        self._answer(Outcome(task.id, Verdict.REFUSED, refused_layer=error.layer, detail=str(error)))

    def _refill(self) -> None:
        """A worker that cannot be started costs the job that has waited longest, unless another one is coming."""
        while (error := self._start_workers()) is not None:
            if self.waiting and not self.pool.warming:
                self._refuse(self.waiting.pop(0), error)
        if self.waiting and not self.pool.warming:
            self._start_waiting()

    def _start_workers(self) -> SandboxError | None:
        """Those that are missing. Returns why one could not be started; those before it were."""
        try:
            for child in self.pool.refill(len(self.waiting)):
                self.children.add(child, traced=not self.pool.kind.launched)
                if child.channel is not None:
                    self.selector.register(child.channel, selectors.EVENT_READ, partial(self._hear, child))
        except SandboxError as error:
            return error
        return None

    def _hear(self, child: Child, _: socket.socket) -> None:
        self.pool.hear(child, self.children)
        if child.ready and child.channel is not None:
            self.selector.unregister(child.channel)
        self._start_waiting()

    def _look_after(self, child: Child) -> None:
        state = self.children.look(child)
        if state is ChildState.ENDING:
            if self.pool.kind.single_threaded:
                self._read_back(child)
                self._report(self.children.ending(child))
            self.children.release(child)
        elif state is ChildState.DEAD:
            self._bury(child)

    def _read_back(self, child: Child) -> None:
        """While ``/proc`` still has it. What it made must not be handed out where a layer is missing."""
        if child.job is not None and child.refusal is None:
            try:
                with layer("readback"):
                    child.layers = child.layers or self.pool.kind.read_back(child)
            except SandboxError as error:
                child.refusal = error

    def _report(self, exit_: Exit) -> None:
        """Answer for a worker that will not run again. Its teardown need not be waited for."""
        child = exit_.child
        if child.job is not None:
            self._answer(outcome_of(exit_, child.job, time.monotonic_ns()))
            close_all(child.job.fds)
            child.job = None

    def _bury(self, child: Child) -> None:
        self._read_back(child)
        exit_ = self.children.reap(child)
        self._report(exit_)
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
            messages.send(self.channel, messages.encode_outcome(outcome))

    def _stop(self) -> None:
        self.stopping = True
        self.selector.unregister(self.channel)
        for task in self.waiting:
            close_all(task.fds)
        self.waiting.clear()
        self.children.kill_all()


def _child_pipe() -> int:
    """SIGCHLD writes a byte into a pipe: a stop or a death of a worker ends the wait. Returns the reading end."""
    read_end, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    return read_end


def _drain(pipe: int) -> None:
    os.read(pipe, 4096)


def tell(channel: socket.socket, tag: Tag, **said: object) -> None:
    """A client that has gone, perhaps while we were starting, is noticed where its jobs are received."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        messages.send(channel, messages.encode(tag, said))
