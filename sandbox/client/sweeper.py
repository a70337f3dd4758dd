"""Remove a supervisor's cgroups when it dies without a chance to do so itself.

A process of its own, as nothing inside a process outlives its SIGKILL: it waits for the end of a pipe whose other end
only the supervisor holds. Run as a plain file without site packages, so it costs a bare interpreter:
``python -I -S sweeper.py FD DIRECTORY...``. After an orderly stop there is nothing left to remove.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator

_PATIENCE_S = 5.0


def main(lifeline: int, directories: list[str]) -> None:
    """Block until the pipe ends, then remove ``directories`` with all below them."""
    while os.read(lifeline, 1):
        pass
    deadline = time.monotonic() + _PATIENCE_S
    while any(map(os.path.isdir, directories)) and time.monotonic() < deadline:
        for directory in directories:
            for path in _deepest_first(directory):
                _kill_members(path)
                with contextlib.suppress(OSError):
                    os.rmdir(path)
        time.sleep(0.02)


def _deepest_first(directory: str) -> Iterator[str]:
    for path, _, _ in os.walk(directory, topdown=False):
        yield path


def _kill_members(path: str) -> None:
    with contextlib.suppress(OSError), open(os.path.join(path, "cgroup.procs"), encoding="ascii") as procs:
        for pid in procs.read().split():
            os.kill(int(pid), signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
