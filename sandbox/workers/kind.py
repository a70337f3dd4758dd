"""What a fork server asks of its workers, whichever path they are on and whoever starts them."""

from __future__ import annotations

import socket
from typing import NoReturn, Protocol

from sandbox.job import Job, Limits
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.workers.child import Child
from sandbox.workers.progress import Progress


class WorkerKind(Protocol):
    """One path's workers. ``locked_when_ready``: the lock is on before the job comes, so it can be looked at then;
    ``single_threaded``: nothing of a worker runs any more once its one thread has come to its end; ``launched``: what
    is forked is a tool that starts the worker, which shows itself when it is ready."""

    locked_when_ready: bool
    single_threaded: bool
    launched: bool

    def fork(self, slot: CgroupSlot | None) -> tuple[int, int]:
        """(pid, pidfd) in the parent, (0, -1) in the worker. Raises OSError and SandboxError: there is none then."""

    def live(self, slot: CgroupSlot | None, channel: socket.socket, *, progress: Progress, parent: int) -> NoReturn:
        """The worker's whole life: get ready, say so on the channel, one job. ``parent``: pid of the fork server."""

    def make_progress(self) -> Progress:
        """The page on which a worker says how far it is."""

    def greet(self, channel: socket.socket, progress: Progress) -> None:
        """In the fork server: tell a new worker what it has not inherited."""

    def clean_up(self, pid: int, status: int) -> None:
        """What was forked is dead and reaped: remove what it left. ``status``: as wait(2) gives it."""

    def limit(self, pid: int, task: Job) -> None:
        """In the fork server: the job's own limits on a worker that is locked already. Raises OSError and
        SandboxError."""

    def renew(self, pid: int, limits: Limits) -> None:
        """In the fork server: a part of its job is done, and the processor time for one counts anew."""

    def read_back(self, child: Child) -> tuple[str, ...]:
        """The layers the kernel says are in force on a worker. Raises SandboxError for one that is missing."""
