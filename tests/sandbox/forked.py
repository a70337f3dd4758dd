"""Run a function of the test's own in a process that is inside a sandbox, and look at that process from outside.

``run_cpu`` locks a fork the way the CPU path does, ``Composition`` makes the GPU path's workers. Both wait after the
lock until they have been looked at, then do what they were given, and tell the result through REPORT_FD.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import stat
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sandbox.composition import enter, readback
from sandbox.composition.enter import Prepared
from sandbox.exceptions import SandboxError
from sandbox.mechanisms import capabilities, rlimits, seccomp
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.policy.cpu import CPU_STRICT
from sandbox.policy.descriptors import REPORT_FD
from sandbox.policy.gpu import GPU
from sandbox.policy.model import SandboxPolicy

UNPRIVILEGED = 65532
Action = Callable[[], object]
Look = Callable[[int, Prepared | None], object]


@dataclass
class Result:
    """``status`` as waitpid gives it; ``said``: what the action returned, or ``{"errno": N}`` if it raised OSError;
    ``seen``: what ``look`` returned while the process waited, locked; ``layers``: what the read-back says."""

    status: int
    said: Any = None
    seen: Any = None
    layers: tuple[str, ...] = ()
    refused: str | None = None
    trouble: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def signal(self) -> int | None:
        return os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status) else None

    @property
    def killed_by_filter(self) -> bool:
        return self.signal == signal.SIGSYS


def run(function: Callable[[], object]) -> Any:
    """``function``'s JSON-able result, from a fork of this process; its exception becomes an AssertionError here."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        _tell_and_exit(function, write_end)
    os.close(write_end)
    with open(read_end, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    assert said, f"the forked test process died: {status}"
    answer = json.loads(said)
    if "raised" in answer:
        raise AssertionError(answer["raised"])
    return answer["result"]


def _tell_and_exit(function: Callable[[], object], write_end: int) -> NoReturn:
    try:
        answer: dict[str, object] = {"result": function()}
    except BaseException:
        answer = {"raised": traceback.format_exc()}
    with contextlib.suppress(BaseException), open(write_end, "wb") as pipe:
        pipe.write(json.dumps(answer).encode())
    os._exit(0)


# --- the CPU path -----------------------------------------------------------------------------------------------------


def run_cpu(
    action: Action, *, policy: SandboxPolicy = CPU_STRICT, look: Look | None = None, kill_after_s: float | None = None
) -> Result:
    """Lock a fork under ``policy`` and let it run ``action``. The action begins when it can read a byte of INPUT_FD.

    ``kill_after_s``: what a parent with a clock does; fails if the worker ended before.
    """
    program = seccomp.compile_filter(policy.syscalls)
    go_read, go_write = os.pipe()
    said_read, said_write = os.pipe()
    ready_read, ready_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        _cpu_worker(action, policy, program, (go_read, ready_write, said_write))
    for fd in (go_read, said_write, ready_write):
        os.close(fd)
    assert os.read(ready_read, 1) == b"r", "the worker died before it was locked"
    result = Result(0)
    _observe(result, pid, policy, look, None, None)
    os.write(go_write, b"g")
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        assert os.waitpid(pid, os.WNOHANG) == (0, 0), "it ended by itself"
        os.kill(pid, signal.SIGKILL)
    return _finish(result, pid, said_read, (go_write, ready_read))


def _cpu_worker(action: Action, policy: SandboxPolicy, program: bytes, fds: tuple[int, int, int]) -> NoReturn:
    try:
        _leave_room()
        enter.renounce(UNPRIVILEGED, UNPRIVILEGED)
        capabilities.set_dumpable()
        enter.keep_only(fds)
        rlimits.apply(policy.rlimits)
        json.dumps(
            {"said": 0}, default=str
        )  # a name's first use takes a lock, and Python 3.11 reads the clock for that
        seccomp.install(program)
        os.write(4, b"r")
        os.read(3, 1)
        do(action)
    finally:
        os._exit(99)


def _leave_room() -> None:
    """Free memory in malloc's and Python's own heaps, since a locked process gets no more."""
    hoard = [bytes(size) for size in range(16, 4096, 16) for _ in range(24)]
    del hoard[::2]
    _KEPT.append(hoard)
    _KEPT.append(bytearray(1 << 16))
    _KEPT.pop()


_KEPT: list[object] = []


# --- the GPU path -----------------------------------------------------------------------------------------------------


@dataclass
class Composition:
    """Make workers of one prepared fork server. Only inside a fork of the test process (see :func:`run`): preparing
    replaces the root of the process for good."""

    policy: SandboxPolicy = GPU
    mounts: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] | None = None
    prepared: Prepared = field(init=False)

    def __post_init__(self) -> None:
        files = mapped_files() if self.files is None else self.files
        self.prepared = enter.prepare(self.policy, files, mounts=self.mounts)

    def run(
        self,
        action: Action,
        *,
        slot: CgroupSlot | None = None,
        look: Look | None = None,
        inside: Action | None = None,
        lock: bool = True,
        after_lock: Callable[[int], None] | None = None,
        after_go: Callable[[int], None] | None = None,
    ) -> Result:
        """One worker. ``inside`` runs in it before the last lock; ``look`` and ``after_lock`` outside while it waits,
        locked; ``after_go`` outside while it works."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        said_read, said_write = os.pipe()
        pid, pidfd = enter.spawn(self.prepared, slot)
        if pid == 0:
            self._worker(action, slot, (theirs.fileno(), said_write, said_write), inside, lock=lock)
        theirs.close()
        os.close(said_write)
        result = Result(0)
        try:
            result.facts = json.loads(ours.recv(65536) or b'{"refused": "it died"}')
            result.refused = result.facts.get("refused")
            if result.refused is None:
                _observe(result, pid, self.policy, look, self.prepared, slot)
            if after_lock is not None:
                after_lock(pid)
            with contextlib.suppress(OSError):
                ours.send(b"go")
            if after_go is not None:
                after_go(pid)
        finally:
            os.close(pidfd)
        result = _finish(result, pid, said_read, ())
        ours.close()
        return result

    def _worker(
        self, action: Action, slot: CgroupSlot | None, fds: tuple[int, ...], inside: Action | None, *, lock: bool
    ) -> NoReturn:
        try:
            entered = enter.enter(self.policy, self.prepared, slot, fds=fds)
            channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=3)
            facts = {"landlock_abi": entered.landlock_abi, "inside": inside() if inside else None}
            if lock:
                enter.lock(self.policy, self.prepared)
            channel.send(json.dumps(facts).encode())
            channel.recvmsg(64)
            do(action)
        except SandboxError as error:
            with contextlib.suppress(OSError):
                os.write(3 if _is_socket(3) else fds[0], json.dumps({"refused": str(error)}).encode())
        finally:
            os._exit(99)


def mapped_files() -> list[str]:
    """What this interpreter has mapped: enough for a worker that imports nothing."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split(maxsplit=5)[5].rstrip("\n") for line in maps if "/" in line}
    return sorted(path for path in paths if os.path.isfile(path))


# --- both -------------------------------------------------------------------------------------------------------------


def do(action: Action) -> None:
    try:
        answer: object = action()
    except OSError as error:
        answer = {"errno": error.errno}
    except MemoryError:
        answer = {"memory": True}
    os.write(REPORT_FD, json.dumps(answer, default=str).encode())
    os._exit(0)


def _observe(
    result: Result,
    pid: int,
    policy: SandboxPolicy,
    look: Look | None,
    prepared: Prepared | None,
    slot: CgroupSlot | None,
) -> None:
    try:
        result.layers = readback.verify(pid, policy, prepared=prepared, slot=slot)
    except SandboxError as error:
        result.trouble = str(error)
    if look is not None:
        result.seen = look(pid, prepared)


def _finish(result: Result, pid: int, said_read: int, fds: tuple[int, ...]) -> Result:
    with open(said_read, "rb") as pipe:
        said = pipe.read()
    _, result.status = os.waitpid(pid, 0)
    for fd in fds:
        os.close(fd)
    result.said = json.loads(said) if said else None
    return result


def _is_socket(fd: int) -> bool:
    """Whether enter() had come so far that the socket is where it belongs."""
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False
