"""Real fork servers with the real renderer, to send renders to: without HTTP, so that what is timed is the way through
the sandbox and the render."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from app.options import RenderQuery, encode_header
from app.service.specs import BUNDLED_FONTS, configure
from app.settings import Settings
from sandbox.client.forkserver import ForkServer
from sandbox.job import Limits, Outcome, Verdict
from sandbox.mechanisms import memfd
from sandbox.spec import WorkerSpec


def configuration(path: str, **limits: int) -> WorkerSpec:
    """As the server has it. ``limits``: of the renderer, by the names of its settings."""
    folder = str(BUNDLED_FONTS)
    mounts = ((folder, "/fonts/0"),) if path == "gpu" else ()
    options = {"fonts": [folder], "limits": limits}
    return replace(configure(Settings(), path), entry_options=options, mounts=mounts, limits=Limits(), workers=2)


def header(**options: object) -> bytes:
    return encode_header(RenderQuery.model_validate(options), media_type="application/json", images=())


@dataclass
class Fleet:
    """Started servers by name, and a loop that runs while one of them has a render."""

    servers: dict[str, ForkServer]
    runner: asyncio.Runner
    _documents: dict[bytes, int] = field(default_factory=dict)

    def render(self, name: str, head: bytes, document: bytes, *, rest_s: float = 0.0) -> float:
        """Milliseconds of one render, from its submission to its answer. ``rest_s``: afterwards, until the pool is
        full and the dead worker's memory is given back: the next one must not pay for this one."""
        return self.runner.run(self._timed(name, head, document, rest_s))

    def together(self, name: str, head: bytes, document: bytes, *, clients: int, seconds: float) -> float:
        """Renders per second when so many clients ask again as soon as they are answered."""
        return self.runner.run(self._closed_loop(name, head, document, clients, seconds))

    async def _timed(self, name: str, head: bytes, document: bytes, rest_s: float) -> float:
        start = time.perf_counter()
        check(await self.servers[name].submit(head, [self._sealed(document)]))
        elapsed_ms = (time.perf_counter() - start) * 1e3
        await asyncio.sleep(rest_s)
        return elapsed_ms

    async def _closed_loop(self, name: str, head: bytes, document: bytes, clients: int, seconds: float) -> float:
        start = time.perf_counter()
        fd = self._sealed(document)

        async def client() -> int:
            done = 0
            while time.perf_counter() - start < seconds:
                check(await self.servers[name].submit(head, [fd]))
                done += 1
            return done

        counts = await asyncio.gather(*(client() for _ in range(clients)))
        return sum(counts) / (time.perf_counter() - start)

    def _sealed(self, document: bytes) -> int:
        if document not in self._documents:
            self._documents[document] = memfd.seal_bytes(document)
        return self._documents[document]

    async def stop(self) -> None:
        for server in self.servers.values():
            await server.stop()
        for fd in self._documents.values():
            os.close(fd)


def check(outcome: Outcome) -> None:
    """Raises RuntimeError for anything but a picture."""
    if outcome.verdict is not Verdict.COMPLETED or not json.loads(outcome.report)["ok"]:
        said = outcome.detail or outcome.report[:300]
        raise RuntimeError(f"{outcome.verdict}: {said!r} {outcome.signal} {outcome.syscall}")


@contextmanager
def fleet(configurations: Mapping[str, WorkerSpec]) -> Iterator[Fleet]:
    """All of them, ready, with nothing left to compile ahead."""
    with asyncio.Runner() as runner:
        started = Fleet({name: ForkServer(config) for name, config in configurations.items()}, runner)
        try:
            for server in started.servers.values():
                runner.run(server.start())
            for server in started.servers.values():
                runner.run(server.exercised.wait())
            yield started
        finally:
            runner.run(started.stop())
