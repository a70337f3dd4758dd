"""Things a worker can be made to do, good and bad, chosen by the job's header. Loaded by name in real fork servers."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox import frames
from sandbox.exceptions import LayerUnavailableError
from sandbox.forkserver.server import ServerLoop
from sandbox.frames import Part
from sandbox.policy.descriptors import OUTPUT_FD, REPORT_FD
from sandbox.workers.cpu import CpuWorkers
from sandbox.workers.entry import Task
from sandbox.workers.gpu import GpuWorkers

_libc = ctypes.CDLL(None)


class NeverReady:
    """Cannot get ready: dies while it warms, as a broken driver makes a worker do. Comes up in its rehearsal alone."""

    def __init__(self, options: Mapping[str, object]) -> None:
        self._born = time.monotonic()

    def preload(self) -> None: ...

    def probe(self) -> dict[str, object]:
        return {}

    def warm(self) -> dict[str, object]:
        return {}

    def exercises(self) -> Iterator[None]:
        return iter(())

    def touch(self) -> None:
        if time.monotonic() > self._born + 2:
            os._exit(3)

    def run(self, task: Task) -> Iterator[Part]:
        yield Part(0, b"")


class Unavailable(NeverReady):
    """Finds, while the fork server starts, that this host lacks a layer."""

    def preload(self) -> None:
        raise LayerUnavailableError("userns", "none can be made", "raise user.max_user_namespaces")


class Hung(NeverReady):
    """Hangs while its fork server loads it, as a broken driver does."""

    def preload(self) -> None:
        while True:
            time.sleep(1)


class Scripted:
    """Does what the header names, after reading its argument: ``{"do": "echo"}``."""

    def __init__(self, options: Mapping[str, object]) -> None:
        self.options = options

    def preload(self) -> None:
        json.loads("{}")

    def probe(self) -> dict[str, object]:
        return self.warm()

    def warm(self) -> dict[str, object]:
        return {"name": "scripted", "software": True}

    def exercises(self) -> Iterator[None]:
        for _ in range(3):
            yield

    def touch(self) -> None:
        json.loads("{}")

    def run(self, task: Task) -> Iterator[Part]:
        header = json.loads(task.header)
        task.stage("working")
        for number, do in enumerate(header.get("parts") or [header["do"]]):
            action: Callable[[Task, dict[str, Any]], bytes] = ACTIONS[do]
            yield Part(number, b"done", action(task, header))


class LimitsFail(Scripted):
    """In a fork server that once cannot limit a worker that gets a job."""

    def __init__(self, options: Mapping[str, object]) -> None:
        super().__init__(options)
        for kind in (CpuWorkers, GpuWorkers):
            kind.limit = _fails_once(kind.limit)  # type: ignore[method-assign]


class ForksFail(Scripted):
    """In a fork server that serves, and then once cannot fork: there are as many processes as there may be."""

    def __init__(self, options: Mapping[str, object]) -> None:
        super().__init__(options)
        run = ServerLoop.run

        def run_and_fail(server: ServerLoop) -> None:
            for kind in (CpuWorkers, GpuWorkers):
                kind.fork = _fails_once(kind.fork)  # type: ignore[method-assign]
            run(server)

        ServerLoop.run = run_and_fail  # type: ignore[method-assign,assignment]


def _fails_once(function: Callable[..., Any]) -> Callable[..., Any]:
    errors = [OSError(errno.EAGAIN, "injected")]

    def fail_or_do(*arguments: object) -> Any:
        if errors:
            raise errors.pop()
        return function(*arguments)

    return fail_or_do


class LikeADriver(Scripted):
    """While it gets ready it writes to its standard error, and keeps open what it opens."""

    def warm(self) -> dict[str, object]:
        _start_a_driver()
        return super().warm()

    def touch(self) -> None:
        _start_a_driver()


def _start_a_driver() -> None:
    os.open(os.devnull, os.O_RDONLY)
    with contextlib.suppress(OSError):
        os.write(2, b"MESA: warning: this processor is old\n")


def _echo(task: Task, _: dict[str, Any]) -> bytes:
    return b"".join(bytes(view) for view in task.inputs)


def _open_each(_: Task, header: dict[str, Any]) -> bytes:
    """The errno of opening each path, 0 where it works."""
    return json.dumps([errno_of_opening(path) for path in header["paths"]]).encode()


def errno_of_opening(path: str) -> int:
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError as error:
        return error.errno or -1
    return 0


def _spin(_task: Task, _: dict[str, Any]) -> bytes:
    while True:
        pass


def _block(_task: Task, _: dict[str, Any]) -> bytes:
    return os.read(3, 1)


def _allocate(_task: Task, header: dict[str, Any]) -> bytes:
    hoard = []
    while True:
        hoard.append(bytearray(header.get("step", 1 << 20)))


def _allocate_natively(_task: Task, _: dict[str, Any]) -> bytes:
    """As a C++ library does it: abort when malloc says no."""
    _libc.malloc.restype = ctypes.c_void_p
    _libc.malloc.argtypes = [ctypes.c_size_t]
    while pointer := _libc.malloc(1 << 20):
        ctypes.memset(pointer, 1, 1 << 20)
    _libc.abort()
    return b""


def _use_memory(_task: Task, header: dict[str, Any]) -> bytes:
    """Much of it, in many sizes, given back and taken again: all from the reserved heap."""
    total = 0
    for round_number in range(3):
        blocks = [bytearray((round_number + 1) * 7 * n) for n in range(1, header.get("blocks", 600))]
        total += sum(map(len, blocks))
    return str(total).encode()


def _recurse(_task: Task, header: dict[str, Any]) -> bytes:
    def down(depth: int) -> int:
        return 0 if depth == 0 else 1 + down(depth - 1)

    return str(down(header.get("depth", 900))).encode()


def _open_socket(_task: Task, _: dict[str, Any]) -> bytes:
    socket.socket()
    return b"opened"


def _open_file(_task: Task, header: dict[str, Any]) -> bytes:
    with open(header.get("path", "/etc/passwd"), "rb") as file:
        return file.read()


def _crash(_task: Task, _: dict[str, Any]) -> bytes:
    ctypes.string_at(8)
    return b""


def _flood(_task: Task, _: dict[str, Any]) -> bytes:
    chunk = b"x" * (1 << 20)
    while True:
        os.write(OUTPUT_FD, chunk)


def _raise(_task: Task, _: dict[str, Any]) -> bytes:
    raise RuntimeError("a bug in the entry")


def _clock(task: Task, _: dict[str, Any]) -> bytes:
    return str(task.clock()).encode()


def _kill_parent(_task: Task, _: dict[str, Any]) -> bytes:
    os.kill(os.getppid(), signal.SIGKILL)
    return b""


class _Unhappy:
    def __del__(self) -> None:
        raise RuntimeError("nobody can catch it")


def _unraisable(task: Task, header: dict[str, Any]) -> bytes:
    del task, header
    _Unhappy()
    return f"{sys.stdout} {sys.stderr}".encode()


def _work_for(seconds: float, task: Task) -> bytes:
    until = task.clock() + seconds
    while task.clock() < until:
        pass
    return b""


def _say(data: bytes) -> bytes:
    """What is no frame, or lies."""
    os.write(REPORT_FD, data)
    return b""


def _say_more(task: Task, header: dict[str, Any]) -> bytes:
    """After its last part, which is heard by then."""
    _say(frames.encode(Part(len(header["parts"]) - 1, b"")))
    _work_for(0.2, task)
    _say(b"and more")
    return _spin(task, header)


ACTIONS: dict[str, Callable[[Task, dict[str, Any]], bytes]] = {
    "unraisable": _unraisable,
    "echo": _echo,
    "stop": lambda _task, _: b"",
    "work-0.8-s": lambda task, _: _work_for(0.8, task),
    "lie-about-size": lambda _task, _: _say(frames.encode(Part(0, b"", b"x"))),
    "lie-about-number": lambda _task, _: _say(frames.encode(Part(1, b""))),
    "whole-twice": lambda _task, _: _say(2 * frames.encode(Part(None, b""))),
    "say-more": _say_more,
    "half-a-frame": lambda _task, _: _say(frames.encode(Part(0, b"abc"))[:-1]) or os._exit(0),
    "huge-report": lambda _task, _: _say(struct.pack("<IIQ", 0, 1 << 30, 0)),
    "open-each": _open_each,
    "spin": _spin,
    "block": _block,
    "allocate": _allocate,
    "allocate-natively": _allocate_natively,
    "use-memory": _use_memory,
    "recurse": _recurse,
    "socket": _open_socket,
    "open": _open_file,
    "crash": _crash,
    "flood": _flood,
    "raise": _raise,
    "clock": _clock,
    "kill-parent": _kill_parent,
}
