"""The GPU path's workers: in fresh namespaces, the device warm, locked, and only then given a job.

A GL context that is plain memory (:class:`sandbox.workers.rehearsal.Needs`) is made once in the fork server, which
compiles shaders while it has nothing else to do, and every fork has them; a context on real hardware is made in every
worker, inside its namespaces.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import time
from typing import NoReturn

from sandbox import messages
from sandbox.composition import enter, readback
from sandbox.job import Job, Limits
from sandbox.mechanisms import memfd, rlimits
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.policy.descriptors import OUTPUT_FD, REPORT_FD
from sandbox.policy.model import SandboxPolicy
from sandbox.workers import life, process
from sandbox.workers.child import Child
from sandbox.workers.entry import Entry, Task, work
from sandbox.workers.progress import Progress


class GpuWorkers:
    """``prepared``: the mount tree and what else is the same for all workers; None: unsandboxed, for measuring.
    ``inherited``: the facts of a device that is warm already."""

    locked_when_ready = True
    launched = False

    def __init__(
        self,
        entry: Entry,
        policy: SandboxPolicy,
        prepared: enter.Prepared | None,
        inherited: dict[str, object] | None,
    ) -> None:
        self.entry = entry
        self.policy = policy
        self.prepared = prepared
        self.inherited = inherited
        self.single_threaded = inherited is not None

    def fork(self, slot: CgroupSlot | None) -> tuple[int, int]:
        if self.prepared is not None:
            return enter.spawn(self.prepared, slot)
        return process.fork()

    def live(self, slot: CgroupSlot | None, channel: socket.socket, *, progress: Progress, parent: int) -> NoReturn:
        life.live(self, slot, channel, progress=progress, parent=parent)

    def make_progress(self) -> Progress:
        return Progress()

    def greet(self, channel: socket.socket, progress: Progress) -> None:
        """It has inherited everything."""

    def clean_up(self, pid: int, status: int) -> None:
        """Whatever it had went with it."""

    def enter(self, slot: CgroupSlot | None, channel: int, parent: int) -> None:
        """A fork server that dies before the worker has asked to die with it is noticed at the socket, which then
        ends."""
        if self.prepared is not None:
            enter.enter(self.policy, self.prepared, slot, fds=(channel,))
        else:
            enter.keep_only((channel,))
            process.die_with(parent)

    def prepare(self) -> dict[str, object]:
        facts = self.inherited or self.entry.warm()
        if self.inherited:
            self.entry.touch()
            process.touch()
        if self.prepared is not None:
            enter.lock(self.policy, self.prepared)
        return facts

    def serve(self, channel: socket.socket, progress: Progress) -> int:
        return serve(self.entry, channel, progress)

    def limit(self, pid: int, task: Job) -> None:
        with contextlib.suppress(ProcessLookupError):
            limit(pid, task)

    def renew(self, pid: int, limits: Limits) -> None:
        proc_fd = None if self.prepared is None else self.prepared.proc_fd
        with contextlib.suppress(ProcessLookupError):
            rlimits.allow_cpu_s(pid, readback.cpu_s(pid, proc_fd) + limits.cpu_s + 1)

    def read_back(self, child: Child) -> tuple[str, ...]:
        if self.prepared is None:
            return ()
        return child.layers or readback.verify(child.pid, self.policy, prepared=self.prepared, slot=child.slot)


def serve(entry: Entry, channel: socket.socket, progress: Progress) -> int:
    """In a worker that is locked: take one job and do it. Returns the exit status."""
    data, fds = messages.receive(channel)
    if not data:
        return 0
    task = messages.job_of(messages.decode(data, fds))
    if (task.output_fd, task.report_fd) != (OUTPUT_FD, REPORT_FD):  # the filter lets nothing be written elsewhere
        return process.EXIT_BROKEN
    header = memfd.map_readonly(task.header_fd)
    os.close(task.header_fd)  # what a worker holds is counted, and this one it needs no more
    inputs = tuple(memfd.map_readonly(fd) for fd in task.input_fds)
    progress.locked(time.perf_counter())
    given = Task(bytes(header), inputs, progress.stage, time.perf_counter, task.limits.output_bytes)
    return work(entry, given)


def limit(pid: int, task: Job, *, used_s: float = 0.0) -> None:
    """From outside (prlimit(2)). Getting ready has used processor time too, which a whole second more covers, or
    ``used_s`` where it was more than that."""
    cpu_s = max(1, round(used_s + task.limits.cpu_s)) + 1
    most_s = max(cpu_s, round(used_s + task.limits.cpu_of(task.parts)) + 1)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (task.limits.output_of(task.parts),) * 2)
    resource.prlimit(pid, resource.RLIMIT_CPU, (cpu_s, most_s + 1))
