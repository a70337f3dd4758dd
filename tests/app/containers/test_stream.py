"""Several pictures while they are drawn: when each is sent, and what a client that leaves leaves behind."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from app.asked import Asked
from app.containers.kinds import Container
from app.containers.outputs import Item, Outputs
from app.options import RenderQuery
from app.problems import ProblemError
from app.protocol import BoundedProtocol
from app.service.fulfil import Answered
from sandbox.client.content import Content
from tests.app.containers.reading import Reader, files_of, outputs_of, parts_of
from tests.app.fakes import JSON, House, house

pytestmark = pytest.mark.anyio

MANY = "&".join(f"node=1:{number}" for number in range(500))
ACCEPTS = ["multipart/mixed", "application/zip"]


def accepting(accept: str) -> dict[str, str]:
    return {**JSON, "Accept": accept}


def descriptors() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


def is_idle(it: House) -> bool:
    slots = it.app.state.shared.backends.paths["cpu"].slots
    admission = it.app.state.shared.admission
    return (slots.running, slots.waiting, admission.in_flight, admission.pending_bytes) == (0, 0, 0, 0)


class Gate:
    """The pace of a worker that makes so many and then waits to be told."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.opened = asyncio.Event()

    async def pace(self, number: int) -> None:
        if number >= self.free:
            await self.opened.wait()


@pytest.mark.parametrize("accept", ACCEPTS)
async def test_the_first_of_500_pictures_is_sent_before_the_last_is_drawn(accept: str) -> None:
    gate = Gate(1)
    async with house() as it:
        it.cpu.pace = gate.pace
        async with Reader(it.app, MANY, headers=accepting(accept)) as reader:
            await reader.until(lambda: b"png of 1:0, 0" in reader.body)
            assert (reader.status, it.cpu.drawn) == (200, [0])
            assert reader.headers["render-count"] == "500"
            if accept == "multipart/mixed":
                boundary = reader.headers["content-type"].partition("boundary=")[2]
                await reader.until(lambda: reader.body.endswith(f"\r\n--{boundary}".encode()))
            gate.opened.set()
            await reader.end()
        assert reader.is_complete
        assert is_idle(it)
    if accept == "application/zip":
        assert len(outputs_of(files_of(reader.body))) == 500
    else:
        assert len(parts_of(reader.headers["content-type"], reader.body)) == 500


@pytest.mark.parametrize("accept", ACCEPTS)
async def test_a_client_that_leaves_ends_the_order_and_leaves_nothing(accept: str) -> None:
    async with house() as it:
        await it.post(query=f"?{MANY}", headers=accepting(accept))  # what is opened once is open now
        before = descriptors()
        it.cpu.drawn.clear()
        it.cpu.closed.clear()
        it.cpu.pace = Gate(3).pace
        async with Reader(it.app, MANY, headers=accepting(accept)) as reader:
            await reader.until(lambda: b"png of 1:2, 2" in reader.body)
            assert not it.cpu.closed.is_set()
            reader.leave()
            await reader.end()
            # no other event was waited for: the worker is gone by the time that the call has ended
            assert it.cpu.closed.is_set()
            assert is_idle(it)
        assert it.cpu.drawn == [0, 1, 2]
        assert not reader.is_complete
        assert reader.call.exception() is None
        assert descriptors() == before
        metrics = (await it.client.get("/metrics")).text
    assert 'renderserver_renders_total{path="cpu",verdict="request-aborted"} 1' in metrics


async def test_a_client_that_leaves_before_the_first_picture_ends_the_order() -> None:
    async with house() as it:
        it.cpu.pace = Gate(0).pace
        async with Reader(it.app, MANY) as reader:
            await reader.until(lambda: bool(it.cpu.seen))
            reader.leave()
            await reader.end()
        assert it.cpu.closed.is_set()
        assert is_idle(it)


@pytest.mark.parametrize("accept", ACCEPTS)
async def test_a_client_that_reads_slowly_keeps_no_worker(accept: str) -> None:
    async with house() as it:
        before = descriptors()
        async with Reader(it.app, MANY, headers=accepting(accept)) as reader:
            reader.stalled.clear()
            await reader.until(it.cpu.closed.is_set)
            slots = it.app.state.shared.backends.paths["cpu"].slots
            await reader.until(lambda: slots.running == 0)
            assert len(it.cpu.drawn) == 500
            assert reader.body == b""
            assert (await it.post()).status_code == 200
            reader.stalled.set()
            await reader.end()
        assert reader.is_complete
        assert is_idle(it)
        assert descriptors() == before


async def test_a_client_that_leaves_what_is_drawn_already_leaves_nothing() -> None:
    async with house() as it:
        before = descriptors()
        async with Reader(it.app, MANY) as reader:
            reader.stalled.clear()
            await reader.until(it.cpu.closed.is_set)
            reader.leave()
            await reader.end()
        assert not reader.is_complete
        assert is_idle(it)
        assert descriptors() == before


@pytest.mark.parametrize("accept", ACCEPTS)
async def test_each_content_is_closed_as_soon_as_it_is_sent(accept: str) -> None:
    gate = Gate(2)
    async with house() as it:
        await it.post(query="?node=1:0&node=1:1&node=1:2", headers=accepting(accept))
        before = descriptors()
        it.cpu.pace = gate.pace
        async with Reader(it.app, "node=1:0&node=1:1&node=1:2", headers=accepting(accept)) as reader:
            await reader.until(lambda: b"png of 1:1, 1" in reader.body)
            await reader.until(lambda: descriptors() <= before + 1)  # the document
            gate.opened.set()
            await reader.end()
        assert descriptors() == before


@pytest.mark.parametrize("accept", ACCEPTS)
async def test_a_content_that_is_cut_meanwhile_breaks_the_answer_off(
    accept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client must not take what it has for all there is."""
    chunks = Content.chunks

    def cut(content: Content, *size: int) -> Any:
        return (chunk[:-1] for chunk in chunks(content, *size))

    async with house() as it:
        monkeypatch.setattr(Content, "chunks", cut)
        async with Reader(it.app, "node=1:0&node=1:1", headers=accepting(accept)) as reader:
            await reader.end()
        assert reader.status == 200
        assert not reader.is_complete
        assert is_idle(it)
        metrics = (await it.client.get("/metrics")).text
    assert 'verdict="worker-answer-invalid"} 1' in metrics


async def test_others_have_their_turn_while_what_was_made_at_once_is_taken() -> None:
    turns: list[int] = []
    taken = 0

    async def made() -> AsyncGenerator[Item]:
        for number in range(100):
            yield Answered(number, ProblemError("limit-exceeded", "It is too large."))

    def settled(_: object) -> None:
        nonlocal taken
        taken += 1

    async def others() -> None:
        while taken < 100:
            turns.append(taken)
            await asyncio.sleep(0)

    asked = Asked((RenderQuery(),) * 100, Container.MULTIPART)
    async with Outputs(made(), asked, settled):
        await others()
    assert len(turns) > 50


@asynccontextmanager
async def on_a_socket(it: House) -> AsyncIterator[httpx.AsyncClient]:
    """The application under the server that it has, in this process."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(it.app, http=BoundedProtocol, lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with httpx.AsyncClient(base_url=url, timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            await serving


@pytest.mark.parametrize("accept", ACCEPTS)
async def test_what_is_broken_off_does_not_look_complete_to_a_client(
    accept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunks = Content.chunks
    async with house() as it, on_a_socket(it) as client:
        address, headers = "/v1/render?node=1:0&node=1:1", accepting(accept)
        assert (await client.post(address, content=b"{}", headers=headers)).status_code == 200
        monkeypatch.setattr(Content, "chunks", lambda *given: (chunk[:-1] for chunk in chunks(*given)))
        async with client.stream("POST", address, content=b"{}", headers=headers) as response:
            assert response.status_code == 200
            with pytest.raises(httpx.RemoteProtocolError):
                await response.aread()


async def test_a_server_that_stops_lets_a_stream_end() -> None:
    gate = Gate(1)
    async with house() as it:
        it.cpu.pace = gate.pace
        async with Reader(it.app, "node=1:0&node=1:1") as reader:
            await reader.until(lambda: b"png of 1:0, 0" in reader.body)
            admission = it.app.state.shared.admission
            admission.drain()
            idle = asyncio.create_task(admission.idle())
            await asyncio.sleep(0)
            assert not idle.done()
            gate.opened.set()
            await reader.end()
            await idle
        assert reader.is_complete
