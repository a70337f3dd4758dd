"""A fork server that does as it is told, for tests of the front end's own logic. What needs a real sandbox is tested
with a real one, in test_end_to_end.py."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from app.factory import create_app
from app.service.backends import local
from app.settings import Settings
from renderer.formats import ImageFormat
from sandbox.client.content import Content
from sandbox.client.exchange import Delivered
from sandbox.exceptions import LayerUnavailableError
from sandbox.job import Limits, Outcome, Verdict
from sandbox.mechanisms.memfd import is_sealed
from sandbox.policy.cpu import CPU_STRICT
from sandbox.policy.gpu import GPU
from sandbox.policy.model import SandboxPolicy

LAYERS = ("capabilities", "no-new-privs", "seccomp")
PICTURE = b"\x89PNG not really"
JSON = {"Content-Type": "application/json"}


def report(**changes: object) -> bytes:
    said: dict[str, object] = {
        "ok": True,
        "media_type": "image/png",
        "width": 10,
        "height": 20,
        "timings_ms": {"parse": 1.0, "draw": 2.0, "read": 0.5, "encode": 3.0},
        "warnings": [],
        "warnings_dropped": 0,
        "device": {"name": "Fake", "software": True, "api": "none"},
    }
    return json.dumps(said | changes).encode()


def refusal(code: str, detail: str = "Because.", **more: object) -> bytes:
    return json.dumps({"ok": False, "code": code, "detail": detail, **more}).encode()


def completed(**changes: Any) -> Outcome:
    fields: dict[str, Any] = {
        "job_id": 1,
        "verdict": Verdict.COMPLETED,
        "exit_status": 0,
        "layers": LAYERS,
        "timings_ms": {"enter": 0.5, "lock": 0.1, "total": 8.0},
        "output": PICTURE,
        "report": report(),
    }
    return Outcome(**(fields | changes))


@dataclass
class Seen:
    """One job as it arrived."""

    header: dict[str, Any]
    inputs: list[bytes]
    sealed: bool


def picture_of(number: int, asked: dict[str, Any]) -> tuple[bytes, bytes]:
    """What a worker makes of one of several outputs."""
    media_type = ImageFormat(asked["format"]).media_type
    content = f"{asked['format']} of {asked['node']}, {number}".encode()
    return report(node=asked["node"], name=f"Node {asked['node']}", media_type=media_type), content


async def at_once(number: int) -> None:
    """The pace of a worker that takes no time."""


@dataclass
class FakeServer:
    """Answers ``outcome``, or raises it. ``gate``: closed, it holds every job back. Of a job for several outputs it
    makes ``count`` of them, each by ``make`` at its ``pace``, and then ends with ``outcome``; ``drawn`` are those that
    it has made, ``stops_before`` is the one that it dies of, ``closed`` says that nobody listens any more."""

    name: str = "cpu"
    outcome: Outcome | Exception = field(default_factory=completed)
    layers: tuple[str, ...] = LAYERS
    device: dict[str, object] = field(default_factory=dict)
    policy: SandboxPolicy = CPU_STRICT
    refuses: bool = False
    ready: bool = False
    pid: int | None = 1
    seen: list[Seen] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    count: int | None = None
    stops_before: int | None = None
    make: Callable[[int, dict[str, Any]], tuple[bytes, bytes]] = picture_of
    pace: Callable[[int], Awaitable[None]] = at_once
    drawn: list[int] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def start(self) -> None:
        if self.refuses:
            raise LayerUnavailableError("cgroup", "not delegated in /sys/fs/cgroup/secret", "delegate it", 13)
        self.ready = True

    async def run(
        self, header: bytes, inputs: Sequence[int], limits: Limits | None = None, *, parts: int = 1
    ) -> AsyncGenerator[Delivered | Outcome]:
        del limits, parts
        contents = [os.pread(fd, 1 << 20, 0) for fd in inputs]
        asked = json.loads(header)
        self.seen.append(Seen(asked, contents, all(is_sealed(fd) for fd in inputs)))
        await self.gate.wait()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        made = self.outcome
        try:
            if asked.get("exports") or len(asked.get("outputs", ())) > 1:
                async for part in self._several(asked):
                    yield part
            elif made.verdict is Verdict.COMPLETED:
                total_ms = made.timings_ms.get("total", 0.0)
                yield Delivered(0, made.report, Content.of(made.output), made.layers, total_ms)
            yield made
        finally:
            self.closed.set()

    async def _several(self, asked: dict[str, Any]) -> AsyncGenerator[Delivered]:
        outputs = asked["outputs"]
        count = len(outputs) if self.count is None else self.count
        said = json.dumps({"ok": True, "count": count}).encode()
        yield Delivered(None, said, Content.of(b""), self.layers, 1.0)
        for number in range(count if self.stops_before is None else self.stops_before):
            if number not in asked["skip"]:
                await self.pace(number)
                made, content = self.make(number, outputs[number % len(outputs)])
                self.drawn.append(number)
                yield Delivered(number, made, Content.of(content), self.layers, 8.0)

    async def stop(self, grace_s: float) -> None:
        self.ready = False


class House:
    """An application on fakes, and a client that talks to it."""

    def __init__(self, app: FastAPI, servers: dict[str, FakeServer], client: httpx.AsyncClient) -> None:
        self.app = app
        self.servers = servers
        self.client = client
        self.cpu = servers["cpu"]

    async def post(self, body: bytes = b"{}", query: str = "", headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.client.post(f"/v1/render{query}", content=body, headers=JSON if headers is None else headers)


@asynccontextmanager
async def house(change: Callable[[dict[str, FakeServer]], None] | None = None, **settings: Any) -> AsyncIterator[House]:
    """``change``: what to do to the fakes before they are started."""
    servers = {
        "cpu": FakeServer(),
        "gpu": FakeServer(device={"name": "llvmpipe", "software": True, "api": "GLES"}, policy=GPU),
        "compare": FakeServer(),
    }
    if change is not None:
        change(servers)
    configured = Settings(**({"workers": 1} | settings))
    app = create_app(configured, local(configured, lambda _settings, path: servers[path]))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield House(app, servers, client)


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem in an answer that has to be this one, and has to be complete."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    said: dict[str, Any] = response.json()
    assert said["code"] == code
    assert said["status"] == status
    assert said["type"].startswith("/docs#")
    assert said["title"]
    assert said["detail"]
    assert said["request_id"] == response.headers["request-id"]
    if status in (429, 503):
        assert "retry-after" in response.headers or code in ("sandbox-unavailable", "path-unavailable")
    for leak in ("Traceback", "/work", "/tmp", "/sys/", "/proc/", ".py"):
        assert leak not in response.text
    return said
