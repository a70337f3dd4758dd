"""A worker, as its fork server knows it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from dataclasses import dataclass

from sandbox.exceptions import SandboxError
from sandbox.job import Job, Verdict
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.mechanisms.ptrace import LastMoment
from sandbox.workers.progress import Progress


@dataclass(slots=True)
class Child:
    """One worker. ``job`` is None while it waits pre-warmed. ``deadline``: CLOCK_MONOTONIC seconds; ``job_deadline``:
    that of its whole job. ``channel``: our end of its job socket, if it has one; ``ready``: it waits there; ``ending``:
    its exit status, while it stands in its last stop. ``refusal``: the layer that it was found without. ``launcher``:
    (pid, pidfd) of the tool that started it, once it has shown itself; until then, and when it is dead, the tool stands
    for it."""

    pid: int
    pidfd: int
    progress: Progress
    started_ns: int
    deadline: float
    job: Job | None = None
    slot: CgroupSlot | None = None
    channel: socket.socket | None = None
    ready: bool = False
    layers: tuple[str, ...] = ()
    job_deadline: float = float("inf")
    refusal: SandboxError | None = None
    stopped_for: Verdict | None = None
    moment: LastMoment | None = None
    ending: int | None = None
    launcher: tuple[int, int] | None = None

    def kill(self, reason: Verdict) -> None:
        """SIGKILL through the pidfd; the first reason counts."""
        self.stopped_for = self.stopped_for or reason
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def close(self) -> None:
        os.close(self.pidfd)
        if self.launcher is not None:
            os.close(self.launcher[1])
        self.progress.close()
        if self.channel is not None:
            self.channel.close()
        if self.job is not None:
            close_all(self.job.fds)
            self.job = None


def close_all(fds: tuple[int, ...]) -> None:
    for fd in fds:
        os.close(fd)
