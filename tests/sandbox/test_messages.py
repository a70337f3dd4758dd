"""Messages between the front end and a fork server."""

from __future__ import annotations

import os
import socket

import pytest

from sandbox import messages
from sandbox.job import Job, Limits, Outcome, Verdict
from sandbox.messages import VERSION, MessageError, Tag
from sandbox.policy.descriptors import REPORT_FD
from sandbox.workers import gpu
from sandbox.workers.process import EXIT_BROKEN
from sandbox.workers.progress import Progress
from tests.sandbox.entries import Scripted


def pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def test_a_job_travels_with_its_descriptors() -> None:
    ours, theirs = pair()
    read_end, write_end = os.pipe()
    with ours, theirs:
        sent = Job(7, Limits(wall_s=1.5), (write_end, write_end, read_end, read_end), parts=3)
        messages.send(ours, messages.encode_job(sent), sent.fds)
        got = messages.job_of(messages.decode(*messages.receive(theirs)))
    assert (got.id, got.parts, got.limits) == (sent.id, sent.parts, sent.limits)
    os.write(got.output_fd, b"through")
    assert os.read(got.header_fd, 10) == b"through"
    assert not any(os.get_inheritable(fd) for fd in got.fds)
    for fd in (*got.fds, read_end, write_end):
        os.close(fd)


def test_a_worker_does_not_begin_a_job_whose_descriptors_have_other_numbers() -> None:
    """The filter lets it write to two numbers, whatever lies there: a GPU's node, if a driver opened one too late."""
    ours, theirs = pair()
    taken = [os.open(os.devnull, os.O_RDONLY) for _ in range(REPORT_FD)]
    read_end, write_end = os.pipe()
    with ours, theirs:
        messages.send(ours, messages.encode_job(Job(7, Limits(), ())), (write_end, write_end, read_end, read_end))
        pid = os.fork()
        if pid == 0:
            os._exit(gpu.serve(Scripted({}), theirs, Progress()))
    for fd in (*taken, read_end, write_end):
        os.close(fd)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == EXIT_BROKEN


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\x01\x02", b"\x01\x02[]", b"\x01\xff{}", b"\x01\x02{", b"\x01\x02\xff"]
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(MessageError):
        messages.decode(data)


def test_a_message_of_another_version_is_refused_by_its_number() -> None:
    data = messages.encode(Tag.PING, {"number": 1})
    assert messages.decode(data).said == {"number": 1}
    with pytest.raises(MessageError, match=f"version {VERSION + 1}; this is version {VERSION}"):
        messages.decode(bytes([VERSION + 1]) + data[1:])


@pytest.mark.parametrize(
    "said", [{}, {"id": 1, "parts": 0}, {"id": "1", "parts": 1}, {"id": 1, "parts": 1, "limits": 3}]
)
def test_what_is_no_job_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(MessageError):
        messages.job_of(messages.Message(Tag.JOB, {"limits": {}} | said, (0, 1, 2, 3)))


def test_a_job_without_its_descriptors_is_refused() -> None:
    with pytest.raises(MessageError, match="descriptor"):
        messages.job_of(messages.decode(messages.encode_job(Job(1, Limits(), ())), (1, 2, 3)))


def test_a_message_over_the_limit_is_refused_before_it_is_sent() -> None:
    ours, theirs = pair()
    with ours, theirs, pytest.raises(MessageError, match="limit"):
        messages.send(ours, b"x" * (messages.MAX_MESSAGE_BYTES + 1))


def test_the_end_of_the_socket_is_an_empty_message() -> None:
    ours, theirs = pair()
    with theirs:
        ours.close()
        assert messages.receive(theirs) == (b"", ())


def test_an_end_that_went_with_a_message_unread_is_an_end_too() -> None:
    ours, theirs = pair()
    with theirs:
        messages.send(theirs, b"never read")
        ours.close()
        assert messages.receive(theirs) == (b"", ())


def test_an_outcome_travels_without_what_the_worker_wrote() -> None:
    sent = Outcome(3, Verdict.KILLED, signal="SIGSYS", syscall="socket", layers=("seccomp",), output=b"secret")
    assert b"secret" not in messages.encode_outcome(sent)
    got = messages.outcome_of(messages.decode(messages.encode_outcome(sent)))
    assert (got.verdict, got.syscall, got.layers, got.output) == (Verdict.KILLED, "socket", ("seccomp",), b"")


@pytest.mark.parametrize(
    "said", [{}, {"verdict": "fine", "layers": []}, {"job_id": 1, "verdict": "killed", "layers": 3}]
)
def test_what_is_no_outcome_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(MessageError):
        messages.outcome_of(messages.Message(Tag.OUTCOME, said))
