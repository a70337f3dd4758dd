from __future__ import annotations

import os
import signal

from sandbox.mechanisms.processes import children_of, descendants_of, state_of

NOBODY = 2**22 + 1  # above every pid_max


def test_children_and_theirs() -> None:
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        grandchild = os.fork()
        if grandchild:
            os.write(write_end, str(grandchild).encode())
        signal.pause()
    grandchild = int(os.read(read_end, 16))
    try:
        assert child in children_of(os.getpid())
        assert grandchild not in children_of(os.getpid())
        assert descendants_of(child) == children_of(child) == [grandchild]
        assert {child, grandchild} <= set(descendants_of(os.getpid()))
    finally:
        for pid in (grandchild, child):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(read_end)
        os.close(write_end)


def test_what_a_process_does() -> None:
    assert state_of(os.getpid()) == "R"
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert state_of(child) == "Z"
    os.waitpid(child, 0)
    assert (state_of(child), children_of(child)) == ("", [])


def test_nobody_has_no_children() -> None:
    assert (children_of(NOBODY), descendants_of(NOBODY), state_of(NOBODY)) == ([], [], "")
