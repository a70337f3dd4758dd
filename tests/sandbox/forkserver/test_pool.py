from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from typing import cast

import pytest

from sandbox.forkserver.children import Children
from sandbox.forkserver.pool import Pool
from sandbox.job import Verdict
from sandbox.workers.child import Child
from sandbox.workers.kind import WorkerKind
from sandbox.workers.progress import Progress


@pytest.fixture
def worker() -> Iterator[tuple[Child, socket.socket]]:
    """One that does nothing, and its end of the channel."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    child = Child(pid, os.pidfd_open(pid), Progress(), 0, time.monotonic() + 60, channel=ours)
    yield child, theirs
    child.kill(Verdict.REFUSED)
    os.waitpid(pid, 0)
    child.close()
    theirs.close()


@pytest.mark.parametrize("said", [b"Warning: cannot mount", b"[]", b"{}", b"\xff\xfe", b"7"])
def test_words_that_no_worker_says_end_the_worker_and_not_the_server(
    worker: tuple[Child, socket.socket], said: bytes
) -> None:
    child, channel = worker
    pool = Pool(cast("WorkerKind", None), size=1, warm_wall_s=60)
    pool.warming = 1
    channel.send(said)
    pool.hear(child, cast("Children", None))
    assert (pool.idle, pool.warming, pool.failures) == ([], 0, 1)
    assert pool.last_error is not None
    assert repr(said.decode(errors="replace")) in pool.last_error.detail
    assert child.stopped_for is Verdict.REFUSED
