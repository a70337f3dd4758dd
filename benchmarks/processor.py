"""The processor time of a whole render, from its worker's fork to its end, sandboxed and not, on both paths.

Elapsed time says what a client waits for, and on a busy machine mostly how busy it is. Processor time is what a render
takes from the machine, whoever else is there: cores divided by it is the throughput at the limit. Each configuration is
a process that is prepared exactly as its fork server is (without a cgroup), and renders when it is asked.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.documents import screen
from benchmarks.fleet import configuration, header
from benchmarks.sampling import Collected, Effort, interleave
from sandbox.client.environment import environment
from sandbox.forkserver.children import Children
from sandbox.forkserver.pool import Pool, give
from sandbox.forkserver.start import prepare
from sandbox.job import Job, Limits
from sandbox.mechanisms import memfd

_KINDS: Final = {"no sandbox": True, "sandbox": False}
_CARDS: Final = 8
_READY: Final = b"ready..."


@dataclass(frozen=True, slots=True)
class Preparer:
    """One configuration's process. Calling it renders once, and gives the milliseconds of processor time."""

    process: subprocess.Popen[bytes]

    def __call__(self) -> float:
        assert self.process.stdin is not None
        self.process.stdin.write(b"x")
        self.process.stdin.flush()
        return float(struct.unpack("<d", self.hear())[0])

    def hear(self) -> bytes:
        assert self.process.stdout is not None
        said = self.process.stdout.read(8)
        if len(said) != 8:
            raise RuntimeError("it ended before it had rendered")
        return said


def collect(effort: Effort) -> Collected:
    absent: dict[str, str] = {}
    with ExitStack() as stack:
        candidates = {}
        for path in ("cpu", "gpu"):
            try:
                found = {
                    f"{path}: {name}": stack.enter_context(_preparer(path, unsandboxed=bare))
                    for name, bare in _KINDS.items()
                }
            except RuntimeError as error:
                absent[path] = str(error)
            else:
                candidates.update(found)
        return Collected(interleave(candidates, effort), absent=absent, notes=[f"a screen of {_CARDS * 6 + 1} nodes"])


@contextmanager
def _preparer(path: str, *, unsandboxed: bool) -> Iterator[Preparer]:
    command = [sys.executable, "-P", "-m", "benchmarks.processor", path, json.dumps(unsandboxed)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment(configuration(path))) as process:
        preparer = Preparer(process)
        try:
            preparer.hear()
            yield preparer
        finally:
            process.kill()


# --- in that process --------------------------------------------------------------------------------------------------


def _main(path: str, *, unsandboxed: bool) -> None:
    spec = replace(configuration(path), waived=frozenset({"cgroup"}), unsandboxed=unsandboxed)
    pool, _, exercises = prepare(spec)
    for _ in exercises or ():  # as a fork server does while it has nothing else to do
        pass
    document, head = screen(_CARDS), header()
    os.write(1, _READY)
    while os.read(0, 1):
        before = _processor_s()
        _render(pool, document, head)
        os.write(1, struct.pack("<d", (_processor_s() - before) * 1e3))


def _render(pool: Pool, document: bytes, head: bytes) -> None:
    fds = (memfd.create("output"), memfd.create("report"), memfd.seal_bytes(document), memfd.seal_bytes(head))
    children = Children()
    child = pool.bring_up(children)
    give(child, Job(1, Limits(), fds))
    children.await_end(child)
    child.layers = child.layers or pool.kind.read_back(child)
    said = os.pread(fds[1], 1 << 16, 0)
    children.wait(child)
    child.close()
    if b'{"ok": true' not in said:
        raise RuntimeError(f"the render failed: {said[:200]!r}")


def _processor_s() -> float:
    """This process's and its dead children's."""
    ours, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime


if __name__ == "__main__":
    try:
        _main(sys.argv[1], unsandboxed=json.loads(sys.argv[2]))
    finally:
        os._exit(0)  # a process that has given everything up cannot tidy up
