"""What the lock costs a render that runs under it: the same one, thousands of times, by two forks of one process that
take turns. One is locked, the other is not; nothing else differs. And which system calls either makes meanwhile.

A strict worker may read and write on its job's descriptors, so it is asked for each render through one and answers
through the other. What counts is the time it had a processor (``/proc/<pid>/schedstat``): a neighbour that takes the
processor away in the middle of a render is no cost of the lock. Where the kernel does not keep it, it is elapsed time.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import struct
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.dispatch import BUNDLED_FONTS
from app.worker import CpuEntry
from benchmarks.documents import screen
from benchmarks.fleet import header
from benchmarks.sampling import Collected, Effort, interleave
from sandbox.composition import enter
from sandbox.job import Limits
from sandbox.mechanisms import arena, memfd, seccomp
from sandbox.policy.cpu import CPU_STRICT
from sandbox.policy.descriptors import INPUT_FD, OUTPUT_FD
from sandbox.workers.cpu import limit_resources
from sandbox.workers.entry import Task

LOCKED, UNLOCKED = "locked", "not locked"
_HEAP_BYTES = 1 << 30
_CPU_S = 3600.0
_TRACED = 20
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")


@dataclass(frozen=True, slots=True)
class Renderer:
    """One of the two. Calling it renders once, and gives the milliseconds."""

    pid: int
    ask: int
    hear: int

    def __call__(self) -> float:
        before = _on_processor_ns(self.pid)
        os.write(self.ask, b"x")
        said = os.read(self.hear, 8)
        if len(said) != 8:
            raise RuntimeError("the renderer died under its lock")
        after = _on_processor_ns(self.pid)
        return (after - before) / 1e6 if after else float(struct.unpack("<d", said)[0])


def _on_processor_ns(pid: int) -> int:
    """0 where the kernel does not say."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except (OSError, ValueError):
        return 0


def collect(effort: Effort) -> Collected:
    arena.settle()
    entry = CpuEntry({"fonts": [str(BUNDLED_FONTS)]})
    entry.preload()
    entry.touch()
    enter.renounce(65532, 65532)
    arena.trim()
    document = memfd.seal_bytes(screen(1))
    with ExitStack() as stack:
        both = {
            name: stack.enter_context(_renderer(entry, document, locked=name == LOCKED)) for name in (UNLOCKED, LOCKED)
        }
        candidates: dict[str, Callable[[], object]] = dict(both)
        times = interleave(candidates, Effort(effort.rounds * 10, effort.budget_s), warm_up=20)
        notes = [f"{name}: {_system_calls(renderer)}" for name, renderer in both.items()]
        notes += [f"{name}: Speculative Store Bypass {_speculation(each.pid)}" for name, each in both.items()]
        return Collected(times, notes=notes)


@contextmanager
def _renderer(entry: CpuEntry, document: int, *, locked: bool) -> Iterator[Renderer]:
    ask_read, ask_write = os.pipe()
    hear_read, hear_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _render_when_asked(entry, document, (ask_read, hear_write, hear_write), locked=locked)
        finally:
            os._exit(0)
    os.close(ask_read)
    os.close(hear_write)
    try:
        yield Renderer(pid, ask_write, hear_read)
    finally:
        os.close(ask_write)
        os.waitpid(pid, 0)
        os.close(hear_read)


def _render_when_asked(entry: CpuEntry, document: int, fds: tuple[int, int, int], *, locked: bool) -> None:
    """In the fork: as a worker of the CPU path does it, but again and again."""
    inputs = (memfd.map_readonly(document),)
    enter.keep_only(fds)
    limit_resources(Limits(cpu_s=_CPU_S), CPU_STRICT)
    program = seccomp.compile_filter(CPU_STRICT.syscalls)
    arena.reserve(_HEAP_BYTES)
    if locked:
        seccomp.install(program)
    task = Task(header(scale=1), inputs, lambda _: None, time.perf_counter)
    while os.read(INPUT_FD, 1):
        start = time.perf_counter()
        (part,) = entry.run(task)
        elapsed_ms = (time.perf_counter() - start) * 1e3
        if not part.report.startswith(b'{"ok": true'):
            raise RuntimeError("the render failed")
        os.write(OUTPUT_FD, struct.pack("<d", elapsed_ms))


def _system_calls(renderer: Renderer) -> str:
    """Per render, without the read that asks for it and the write that answers."""
    if shutil.which("strace") is None:
        return "system calls not counted, strace is not installed"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "calls"
        command = ("strace", "-f", "-o", str(log), "-p", str(renderer.pid))
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as strace:
            assert strace.stderr is not None
            if b"attached" not in strace.stderr.readline():
                return "system calls not counted, strace may not attach here"
            for _ in range(_TRACED):
                renderer()
            strace.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                strace.wait(10)
        calls = Counter(match[1] for line in log.read_text().splitlines() if (match := _CALL.match(line)))
    calls -= Counter(read=_TRACED + 1, write=_TRACED)
    listed = ", ".join(f"{name} {count / _TRACED:g}" for name, count in calls.most_common())
    return f"system calls per render (of {_TRACED}) beside the one read and write that ask for it: {listed or 'none'}"


def _speculation(pid: int) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("Speculation_Store")), "unknown")
