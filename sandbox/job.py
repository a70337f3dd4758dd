"""What travels between the front end and a fork server: jobs in, outcomes out.

One SOCK_SEQPACKET message each. A job message is ``u32 length | JSON | entry header`` with the descriptors
``[output, report, input 0, input 1, ...]`` attached (SCM_RIGHTS); an outcome message is JSON alone. The fork server
never looks into the entry header or the inputs: only the locked worker does.
"""

from __future__ import annotations

import array
import json
import socket
import struct
from dataclasses import asdict, dataclass, field
from enum import Enum

# SCM_MAX_FD is 253 in the kernel; two descriptors are the outputs.
MAX_INPUTS = 250
MAX_MESSAGE_BYTES = 160 * 1024
MAX_REPORT_BYTES = 256 * 1024
_LENGTH = struct.Struct("<I")


class MessageError(ValueError):
    """A message that does not have the form above."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one render may use. ``memory_bytes``: heap (CPU path) or cgroup memory (GPU path). ``job_wall_s`` and
    ``job_output_bytes``: of all parts of a job together."""

    wall_s: float = 30.0
    cpu_s: float = 20.0
    memory_bytes: int = 1 << 30
    output_bytes: int = 256 << 20
    job_wall_s: float = 300.0
    job_output_bytes: int = 1 << 30

    @property
    def file_bytes(self) -> int:
        """The largest file that a worker may have to write: the output of a job, which is no less than one part."""
        return max(self.output_bytes, self.job_output_bytes)


class Verdict(Enum):
    """How a worker ended."""

    COMPLETED = "completed"
    KILLED = "killed"
    LIMIT_WALL = "limit-wall"
    LIMIT_CPU = "limit-cpu"
    LIMIT_MEMORY = "limit-memory"
    LIMIT_OUTPUT = "limit-output"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Job:
    """``fds``: output, report, inputs; owned by whoever holds the Job."""

    id: int
    header: bytes
    limits: Limits
    fds: tuple[int, ...]

    @property
    def output_fd(self) -> int:
        return self.fds[0]

    @property
    def report_fd(self) -> int:
        return self.fds[1]

    @property
    def input_fds(self) -> tuple[int, ...]:
        return self.fds[2:]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job went. ``layers``: what the kernel said was in force while it ran. ``output`` and ``report`` are what
    the worker wrote: untrusted, and filled in by the client alone (they do not travel in the message)."""

    job_id: int
    verdict: Verdict
    exit_status: int | None = None
    signal: str | None = None
    syscall: str | None = None
    stage: str | None = None
    layers: tuple[str, ...] = ()
    refused_layer: str | None = None
    detail: str | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    output: bytes = b""
    report: bytes = b""


def encode_job(job: Job) -> bytes:
    meta = json.dumps({"id": job.id, "limits": asdict(job.limits)}).encode()
    return _LENGTH.pack(len(meta)) + meta + job.header


def decode_job(message: bytes, fds: tuple[int, ...]) -> Job:
    """Raises MessageError; the descriptors stay the caller's to close then."""
    try:
        (length,) = _LENGTH.unpack_from(message)
        meta = json.loads(message[_LENGTH.size : _LENGTH.size + length])
        limits = Limits(**meta["limits"])
        job_id = int(meta["id"])
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise MessageError(f"not a job message: {error}") from error
    if len(fds) < 3:
        raise MessageError(f"a job needs an output, a report and an input descriptor, got {len(fds)}")
    return Job(job_id, message[_LENGTH.size + length :], limits, fds)


def encode_outcome(outcome: Outcome) -> bytes:
    fields = {name: getattr(outcome, name) for name in Outcome.__dataclass_fields__}
    del fields["output"], fields["report"]
    fields["verdict"] = outcome.verdict.value
    return json.dumps({"outcome": fields}).encode()


def decode_outcome(message: bytes) -> Outcome:
    fields = json.loads(message)["outcome"]
    fields["verdict"] = Verdict(fields["verdict"])
    fields["layers"] = tuple(fields["layers"])
    return Outcome(**fields)


def send(channel: socket.socket, message: bytes, fds: tuple[int, ...] = ()) -> None:
    """One message with its descriptors. Raises BlockingIOError when a non-blocking channel is full."""
    if len(message) > MAX_MESSAGE_BYTES:
        raise MessageError(f"message of {len(message)} bytes is over the limit of {MAX_MESSAGE_BYTES}")
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    channel.sendmsg([message], ancillary, socket.MSG_NOSIGNAL)


_CREDENTIALS = struct.Struct("3i")  # struct ucred: pid, uid, gid


def receive_from(channel: socket.socket) -> tuple[bytes, int | None]:
    """One message, and the pid of who sent it, as the kernel says and as we see it; None unless SO_PASSCRED is set."""
    try:
        message, ancillary, _, _ = channel.recvmsg(MAX_MESSAGE_BYTES, socket.CMSG_SPACE(_CREDENTIALS.size))
    except ConnectionResetError:  # gone with something of ours unread
        return b"", None
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            return message, _CREDENTIALS.unpack(data)[0]
    return message, None


def receive(channel: socket.socket) -> tuple[bytes, tuple[int, ...]]:
    """One message with its descriptors (close-on-exec). Empty bytes and no descriptor: the other end is gone."""
    space = socket.CMSG_SPACE((MAX_INPUTS + 2) * 4)
    try:
        message, ancillary, flags, _ = channel.recvmsg(MAX_MESSAGE_BYTES, space, socket.MSG_CMSG_CLOEXEC)
    except ConnectionResetError:  # gone with something of ours unread
        return b"", ()
    fds = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
        raise MessageError("message or descriptor list was cut")
    return message, tuple(fds)
