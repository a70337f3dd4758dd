"""The life of a worker that was forked: into the sandbox, ready, one job, gone."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from typing import NoReturn, Protocol

from sandbox.exceptions import SandboxError
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.policy.descriptors import INPUT_FD, OUTPUT_FD, REPORT_FD
from sandbox.workers import process
from sandbox.workers.progress import Progress


class Forked(Protocol):
    """What one path's forked workers do, each in its turn."""

    def enter(self, slot: CgroupSlot | None, channel: int, parent: int) -> None:
        """First: into the sandbox as far as can be without a job. The channel becomes INPUT_FD, and every other
        descriptor is closed."""

    def prepare(self) -> dict[str, object]:
        """What takes time and needs no input. Returns facts about the device."""

    def serve(self, channel: socket.socket, progress: Progress) -> int:
        """Take one job and do it under the lock. Returns the exit status."""


def live(kind: Forked, slot: CgroupSlot | None, channel: socket.socket, *, progress: Progress, parent: int) -> NoReturn:
    """``parent``: pid of the fork server."""
    status = process.EXIT_BROKEN
    try:
        process.default_signals()
        process.say_nothing()
        job_socket = _get_ready(kind, slot, channel, parent)
        if job_socket is not None:
            status = kind.serve(job_socket, progress)
    except MemoryError:
        status = process.EXIT_MEMORY
    finally:
        os._exit(status)


def _get_ready(kind: Forked, slot: CgroupSlot | None, channel: socket.socket, parent: int) -> socket.socket | None:
    """The socket on which the job will come; None when the worker could not get ready, after saying why."""
    try:
        kind.enter(slot, channel.fileno(), parent)
        reserve_descriptors()
        channel = _job_socket()  # now: Python looks a descriptor over, which is forbidden once locked
        facts = kind.prepare()
        free_job_descriptors()
    except SandboxError as error:
        _complain(channel, error.layer, error.detail, error.hint)
        return None
    except Exception as error:  # noqa: BLE001 - whatever a driver's bindings raise: the operator has to read it
        _complain(channel, *broken(error))
        return None
    say(channel, ready=facts)
    return channel


def broken(error: Exception) -> tuple[str, str]:
    """Layer and detail of what nobody foresaw."""
    return "worker", f"{type(error).__name__}: {error}"[:2000]


def reserve_descriptors() -> None:
    """Take all numbers up to REPORT_FD while the worker gets ready: a driver may keep what it opens (a GPU's node), and
    must get others. Nothing can be read from these or written to them, so what a driver says on its standard error does
    not get between the messages on the channel."""
    nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    while fcntl.fcntl(nothing, fcntl.F_DUPFD_CLOEXEC, 0) < REPORT_FD:
        pass


def free_job_descriptors() -> None:
    """The job's first two descriptors get these numbers: the kernel gives the lowest that are free."""
    os.close(OUTPUT_FD)
    os.close(REPORT_FD)


def _job_socket() -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=INPUT_FD)


def say(channel: socket.socket, **message: object) -> None:
    """``ready`` or ``refused``, to the fork server."""
    channel.send(json.dumps(message).encode())


def refuse(channel: socket.socket, layer: str, detail: str, hint: str = "") -> None:
    say(channel, refused={"layer": layer, "detail": detail, "hint": hint})


def _complain(channel: socket.socket, layer: str, detail: str, hint: str = "") -> None:
    try:
        refuse(channel, layer, detail, hint)
    except OSError:  # entering failed after it was moved
        refuse(_job_socket(), layer, detail, hint)
