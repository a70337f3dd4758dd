"""What a client and a fork server say to each other: one SOCK_SEQPACKET message each, with descriptors attached to a
job's (SCM_RIGHTS).

A message is ``u8 version | u8 tag | JSON``. A fork server passes a job on to its worker in the same form.

====== =============================================================================================
to the fork server
----------------------------------------------------------------------------------------------------
CONFIGURE first: how it is to be started
JOB       a job; its descriptors are attached
ADVANCE   a part of the job has arrived: the limits of a part count anew, and the layers are read back
CANCEL    nobody waits for the job any more
PING      answered with PONG, which shows that it is not hung
------ ---------------------------------------------------------------------------------------------
from the fork server
----------------------------------------------------------------------------------------------------
READY     it can take jobs; the layers that a first worker really had
REFUSED   it cannot, and which layer is missing
EXERCISED once: it has compiled all that it compiles ahead
VERIFIED  the layers that a worker is held by, while it still works on its job
OUTCOME   how a job went
PONG      the number of the PING
====== =============================================================================================
"""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from sandbox.job import Job, Limits, Outcome, Verdict

VERSION: Final = 1
# SCM_MAX_FD is 253 in the kernel; three descriptors are the output, the report and the header.
MAX_INPUTS: Final = 250
MAX_MESSAGE_BYTES: Final = 160 * 1024
_HEAD: Final = struct.Struct("<BB")
_CREDENTIALS: Final = struct.Struct("3i")  # struct ucred: pid, uid, gid


class Tag(IntEnum):
    CONFIGURE = 1
    JOB = 2
    ADVANCE = 3
    CANCEL = 4
    PING = 5
    READY = 65
    REFUSED = 66
    EXERCISED = 67
    VERIFIED = 68
    OUTCOME = 69
    PONG = 70


class MessageError(ValueError):
    """A message that does not have the form above."""


@dataclass(frozen=True, slots=True)
class Message:
    """``said``: a JSON object. ``fds``: close-on-exec, the receiver's to close."""

    tag: Tag
    said: dict[str, Any] = field(default_factory=dict)
    fds: tuple[int, ...] = ()


def encode(tag: Tag, said: dict[str, Any] | None = None) -> bytes:
    return _HEAD.pack(VERSION, tag) + json.dumps(said or {}).encode()


def decode(data: bytes, fds: tuple[int, ...] = ()) -> Message:
    """Raises MessageError; the descriptors stay the caller's to close then."""
    try:
        version, number = _HEAD.unpack_from(data)
        if version != VERSION:
            raise MessageError(f"a message of version {version}; this is version {VERSION}")
        said = json.loads(data[_HEAD.size :])
        if not isinstance(said, dict):
            raise MessageError("a message that holds no JSON object")
        return Message(Tag(number), said, fds)
    except (struct.error, ValueError) as error:
        raise error if isinstance(error, MessageError) else MessageError(f"not a message: {error}") from None


# --- jobs and outcomes ----------------------------------------------------------------------------------------------


def encode_job(job: Job) -> bytes:
    limits = {name: getattr(job.limits, name) for name in Limits.__dataclass_fields__}  # asdict() copies deeply
    return encode(Tag.JOB, {"id": job.id, "parts": job.parts, "limits": limits})


def job_of(message: Message) -> Job:
    """Raises MessageError; the descriptors stay the caller's to close then."""
    try:
        job_id, parts, limits = message.said["id"], message.said["parts"], Limits(**message.said["limits"])
    except (KeyError, TypeError) as error:
        raise MessageError(f"not a job: {error}") from error
    if message.tag is not Tag.JOB or not isinstance(job_id, int) or not isinstance(parts, int) or parts < 1:
        raise MessageError("not a job: it has no id, or no parts")
    if len(message.fds) < 4:
        raise MessageError(f"a job has an output, a report, an input and a header descriptor, not {len(message.fds)}")
    return Job(job_id, limits, message.fds, parts)


def encode_outcome(outcome: Outcome) -> bytes:
    said = {name: getattr(outcome, name) for name in Outcome.__dataclass_fields__}
    del said["output"], said["report"]
    return encode(Tag.OUTCOME, said | {"verdict": outcome.verdict.value})


def outcome_of(message: Message) -> Outcome:
    """Raises MessageError."""
    try:
        said = message.said | {"verdict": Verdict(message.said["verdict"]), "layers": tuple(message.said["layers"])}
        return Outcome(**said)
    except (KeyError, TypeError, ValueError) as error:
        raise MessageError(f"not an outcome: {error}") from error


# --- the socket -----------------------------------------------------------------------------------------------------


def send(channel: socket.socket, data: bytes, fds: tuple[int, ...] = ()) -> None:
    """One message with its descriptors. Raises BlockingIOError when a non-blocking channel is full."""
    if len(data) > MAX_MESSAGE_BYTES:
        raise MessageError(f"message of {len(data)} bytes is over the limit of {MAX_MESSAGE_BYTES}")
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    channel.sendmsg([data], ancillary, socket.MSG_NOSIGNAL)


def receive(channel: socket.socket) -> tuple[bytes, tuple[int, ...]]:
    """One message with its descriptors (close-on-exec). Empty bytes and no descriptor: the other end is gone."""
    space = socket.CMSG_SPACE((MAX_INPUTS + 3) * 4)
    try:
        data, ancillary, flags, _ = channel.recvmsg(MAX_MESSAGE_BYTES, space, socket.MSG_CMSG_CLOEXEC)
    except ConnectionResetError:  # gone with something of ours unread
        return b"", ()
    fds = array.array("i")
    for level, kind, attached in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(attached[: len(attached) - len(attached) % fds.itemsize])
    if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
        for fd in fds:
            os.close(fd)
        raise MessageError("message or descriptor list was cut")
    return data, tuple(fds)


def receive_from(channel: socket.socket) -> tuple[bytes, int | None]:
    """One message, and the pid of who sent it, as the kernel says and as we see it; None unless SO_PASSCRED is set."""
    try:
        data, ancillary, _, _ = channel.recvmsg(MAX_MESSAGE_BYTES, socket.CMSG_SPACE(_CREDENTIALS.size))
    except ConnectionResetError:  # gone with something of ours unread
        return b"", None
    for level, kind, attached in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            return data, _CREDENTIALS.unpack(attached)[0]
    return data, None
