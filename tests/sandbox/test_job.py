"""Messages between the front end and a fork server."""

from __future__ import annotations

import os
import socket

import pytest

from sandbox import job
from sandbox.job import Job, Limits, MessageError, Outcome, Verdict
from sandbox.policy.descriptors import REPORT_FD
from sandbox.workers import gpu
from sandbox.workers.process import EXIT_BROKEN
from sandbox.workers.progress import Progress
from tests.sandbox.entries import Scripted


def test_a_job_travels_with_its_descriptors() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    read_end, write_end = os.pipe()
    with ours, theirs:
        sent = Job(7, b'{"options": {}}', Limits(wall_s=1.5), (write_end, write_end, read_end))
        job.send(ours, job.encode_job(sent), sent.fds)
        message, fds = job.receive(theirs)
    got = job.decode_job(message, fds)
    assert (got.id, got.header, got.limits) == (sent.id, sent.header, sent.limits)
    os.write(got.output_fd, b"through")
    assert os.read(read_end, 10) == b"through"
    assert not any(os.get_inheritable(fd) for fd in fds)
    for fd in (*fds, read_end, write_end):
        os.close(fd)


def test_a_worker_does_not_begin_a_job_whose_descriptors_have_other_numbers() -> None:
    """The filter lets it write to two numbers, whatever lies there: a GPU's node, if a driver opened one too late."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    taken = [os.open(os.devnull, os.O_RDONLY) for _ in range(REPORT_FD)]
    read_end, write_end = os.pipe()
    with ours, theirs:
        job.send(ours, job.encode_job(Job(7, b'{"do": "echo"}', Limits(), ())), (write_end, write_end, read_end))
        pid = os.fork()
        if pid == 0:
            os._exit(gpu.serve(Scripted({}), theirs, Progress()))
    for fd in (*taken, read_end, write_end):
        os.close(fd)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == EXIT_BROKEN


@pytest.mark.parametrize(
    "message", [b"", b"\x01", b"\xff\xff\xff\xff{}", b"\x02\x00\x00\x00{}", b"\x04\x00\x00\x00null"]
)
def test_what_is_not_a_job_message_is_refused(message: bytes) -> None:
    with pytest.raises(MessageError):
        job.decode_job(message, (0, 1, 2))


def test_a_job_without_its_descriptors_is_refused() -> None:
    with pytest.raises(MessageError, match="descriptor"):
        job.decode_job(job.encode_job(Job(1, b"", Limits(), ())), (1, 2))


def test_a_message_over_the_limit_is_refused_before_it_is_sent() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, pytest.raises(MessageError, match="limit"):
        job.send(ours, b"x" * (job.MAX_MESSAGE_BYTES + 1))


def test_the_end_of_the_socket_is_an_empty_message() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        ours.close()
        assert job.receive(theirs) == (b"", ())


def test_an_end_that_went_with_a_message_unread_is_an_end_too() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        job.send(theirs, b"never read")
        ours.close()
        assert job.receive(theirs) == (b"", ())


def test_an_outcome_travels_without_what_the_worker_wrote() -> None:
    sent = Outcome(3, Verdict.KILLED, signal="SIGSYS", syscall="socket", layers=("seccomp",), output=b"secret")
    assert b"secret" not in job.encode_outcome(sent)
    got = job.decode_outcome(job.encode_outcome(sent))
    assert (got.verdict, got.syscall, got.layers, got.output) == (Verdict.KILLED, "socket", ("seccomp",), b"")
