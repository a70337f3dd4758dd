"""A renderer on the other end of a socket: ``python -m tests.app.service.elsewhere PATH``, and the backend for it.

Nothing of it is for real use: there is no sandbox, and one order at a time. It shows that an order, its answers, its
cancelling and its deadline need nothing of the fork servers of this machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from app.problems import ProblemError, retry_after
from app.service.backend import Begun, Event
from app.service.order import Order
from app.service.slots import Slots
from app.service.specs import BUNDLED_FONTS
from app.worker import CpuEntry
from sandbox import frames
from sandbox.client.content import Content
from sandbox.client.exchange import Delivered
from sandbox.exceptions import SandboxError
from sandbox.frames import FrameReader, Part
from sandbox.job import Outcome, Verdict
from sandbox.policy.cpu import CPU_STRICT
from sandbox.policy.model import SandboxPolicy
from sandbox.workers.entry import Task

_LENGTH = struct.Struct("<I")
DIE = b"die"
SLEEP = b"sleep"
END = Part(None, b"end")
"""Without it the process has died under the order."""


# --- the process ----------------------------------------------------------------------------------------------------


def main(path: str) -> None:
    entry = CpuEntry({"fonts": [str(BUNDLED_FONTS)]})
    entry.preload()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        while True:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError, struct.error):
                _serve(entry, connection)


def _serve(entry: CpuEntry, connection: socket.socket) -> None:
    """One order: its header and inputs in, a frame and the content of each part out."""
    header, *inputs = _received(connection)
    if inputs[0].startswith(DIE):
        os._exit(1)
    for part in _slowly(connection) if inputs[0].startswith(SLEEP) else _drawn(entry, header, inputs):
        connection.sendall(frames.encode(part) + part.content)
    connection.sendall(frames.encode(END))


def _drawn(entry: CpuEntry, header: bytes, inputs: list[bytes]) -> Iterator[Part]:
    views = tuple(memoryview(data) for data in inputs)
    return entry.run(Task(header, views, lambda _: None, time.perf_counter))


def _slowly(connection: socket.socket) -> Iterator[Part]:
    """Makes nothing, until nobody waits for it any more."""
    connection.recv(1)
    yield from ()


def _received(connection: socket.socket) -> list[bytes]:
    with connection.makefile("rb") as stream:
        (count,) = _LENGTH.unpack(stream.read(_LENGTH.size))
        sizes = [_LENGTH.unpack(stream.read(_LENGTH.size))[0] for _ in range(count)]
        return [stream.read(size) for size in sizes]


# --- the backend ----------------------------------------------------------------------------------------------------


class Elsewhere:
    """``path``: of the socket, and of one process after the other that listens there."""

    layers: tuple[str, ...] = ()
    device: Mapping[str, object] = {"name": "elsewhere", "software": True}
    refused: SandboxError | None = None
    policy: SandboxPolicy = CPU_STRICT

    def __init__(self, path: Path, slots: Slots, name: str = "cpu") -> None:
        self.name = name
        self.slots = slots
        self.orders = self.cancelled = 0
        self._path = path
        self._process: asyncio.subprocess.Process | None = None

    @property
    def ready(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        self._path.unlink(missing_ok=True)
        command = (sys.executable, "-m", "tests.app.service.elsewhere", str(self._path))
        self._process = await asyncio.create_subprocess_exec(*command)
        async with asyncio.timeout(60):
            while not self._path.exists():
                await asyncio.sleep(0.01)

    async def stop(self, grace_s: float) -> None:
        del grace_s
        if self._process is not None:
            if self.ready:
                self._process.kill()
            await self._process.wait()

    async def run(self, order: Order[Any], settled: Collection[int] = ()) -> AsyncGenerator[Event]:
        async with self.slots.take() as waited_s:
            if not self.ready:
                await self.start()
            yield Begun(waited_s * 1000)
            self.orders += 1
            try:
                async with self._asked(order, settled) as answer:
                    async for part in _parts(answer):
                        yield part
                yield Outcome(0, Verdict.COMPLETED)
            except (GeneratorExit, asyncio.CancelledError):
                self.cancelled += 1
                raise
            except (ConnectionError, asyncio.IncompleteReadError):
                await self.stop(0)
                detail = "The renderer elsewhere went away."
                raise ProblemError("fork-server-gone", detail, retry_after(1)) from None

    @asynccontextmanager
    async def _asked(self, order: Order[Any], settled: Collection[int]) -> AsyncIterator[asyncio.StreamReader]:
        """The connection on which the answer comes; it is closed whatever happens, which ends the order over there."""
        contents = [order.work.header(settled), *(_bytes_of(fd) for fd in order.inputs)]
        reader, writer = await asyncio.open_unix_connection(self._path)
        try:
            sizes = (_LENGTH.pack(len(contents)), *(_LENGTH.pack(len(content)) for content in contents))
            writer.write(b"".join((*sizes, *contents)))
            yield reader
        finally:
            writer.close()


async def _parts(answer: asyncio.StreamReader) -> AsyncIterator[Delivered]:
    """Raises IncompleteReadError where it breaks off."""
    while (frame := await _frame(answer)).report != END.report:
        content = Content.of(await answer.readexactly(frame.size))
        yield Delivered(frame.number, frame.report, content, (), 0.0)


async def _frame(answer: asyncio.StreamReader) -> frames.PartFrame:
    reader, found = FrameReader(), list[frames.PartFrame]()
    while not found:
        found = reader.feed(await answer.readexactly(1))
    return found[0]


def _bytes_of(fd: int) -> bytes:
    return os.pread(fd, os.fstat(fd).st_size, 0)


if __name__ == "__main__":
    main(sys.argv[1])
