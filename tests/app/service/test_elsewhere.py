"""A day's orders through a backend that is another process, over a socket: nothing above it knows."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.answer import Answer
from app.cli.session import sealed_body
from app.factory import create_app
from app.options import RenderQuery
from app.problems import ProblemError
from app.service.backends import Backends
from app.service.fulfil import Answered, fulfil
from app.service.order import Order
from app.service.render import render_order
from app.service.slots import Slots
from app.settings import Settings
from tests.app.documents import document, frame, node
from tests.app.fakes import JSON
from tests.app.service.elsewhere import DIE, SLEEP, Elsewhere

pytestmark = [pytest.mark.anyio, pytest.mark.long]

A_DAY = 2_880  # one every half minute
CLIENTS = 4
SMALL = document(frame(node("RECTANGLE", (0, 0, 8, 8), id="1:2"), width=8, height=8))


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def elsewhere(folder: Path, **settings: object) -> AsyncIterator[tuple[Elsewhere, Settings, httpx.AsyncClient]]:
    """An application whose only backend is elsewhere, and a client of it."""
    configured = Settings.model_validate({"workers": 1, "paths": "cpu", "queue_size": 100} | settings)
    backend = Elsewhere(folder / "socket", Slots(1, configured.queue_size, configured.queue_wait_s))
    comparing = Elsewhere(folder / "unused", Slots(1, 0, 1), "compare")
    app = create_app(configured, Backends({"cpu": backend}, comparing))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as client,
    ):
        yield backend, configured, client


async def draw(client: httpx.AsyncClient, body: bytes) -> httpx.Response:
    return await client.post("/v1/render?path=cpu", content=body, headers=JSON)


async def test_a_days_orders(tmp_path: Path) -> None:
    """Pictures, documents that are refused, clients that leave, a process that dies under an order: each order has one
    answer, and the backend is free at the end."""
    verdicts: Counter[int | str] = Counter()
    chance = random.Random(10)
    async with elsewhere(tmp_path) as (backend, _, client):

        async def one(number: int) -> None:
            if number % 97 == 0:
                leaving = asyncio.create_task(draw(client, SLEEP))
                await asyncio.sleep(chance.random() / 100)
                leaving.cancel()
                await asyncio.gather(leaving, return_exceptions=True)
                verdicts["left"] += 1
                return
            body = DIE if number % 701 == 0 else b"{" if number % 53 == 0 else SMALL
            verdicts[(await draw(client, body)).status_code] += 1

        numbers = iter(range(1, A_DAY + 1))

        async def client_of_many() -> None:
            for number in numbers:
                await one(number)

        await asyncio.gather(*(client_of_many() for _ in range(CLIENTS)))
        slots = backend.slots
        assert (slots.running, slots.waiting) == (0, 0)
    deaths, leavers, refused = A_DAY // 701, A_DAY // 97, A_DAY // 53
    assert verdicts == {"left": leavers, 422: refused, 503: deaths, 200: A_DAY - leavers - refused - deaths}


async def test_admission_is_the_backends_own(tmp_path: Path) -> None:
    async with elsewhere(tmp_path, queue_size=1) as (backend, _, client):
        tasks = [asyncio.create_task(draw(client, SLEEP)) for _ in range(2)]
        while backend.slots.waiting < 1:
            await asyncio.sleep(0.001)
        assert (await draw(client, SMALL)).status_code == 429
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (await draw(client, SMALL)).status_code == 200
        assert backend.cancelled >= 1


@contextmanager
def order_for(body: bytes, settings: Settings, *nodes: str) -> Iterator[Order[Answer]]:
    with sealed_body(body, (), "application/json") as held:
        yield render_order([RenderQuery(node=name) for name in nodes], held, settings)


async def results(backend: Elsewhere, order: Order[Answer]) -> list[Answer | ProblemError]:
    async with aclosing(fulfil(backend, order)) as said:
        return [item.result async for item in said if isinstance(item, Answered)]


async def test_several_pictures_come_from_elsewhere(tmp_path: Path) -> None:
    async with elsewhere(tmp_path) as (backend, settings, _):
        with order_for(SMALL, settings, "1:2", "9:9", "1:2") as order:
            first, second, third = await results(backend, order)
    assert isinstance(first, Answer)
    assert isinstance(second, ProblemError)
    assert isinstance(third, Answer)
    assert second.code == "node-not-found"
    assert first.content.read() == third.content.read()


async def test_the_deadline_is_kept_by_nobody_but_us(tmp_path: Path) -> None:
    async with elsewhere(tmp_path) as (backend, settings, _):
        with order_for(SLEEP, settings, "1:2", "1:3") as order:
            late = replace(order, deadline=time.monotonic() + 0.1)
            with pytest.raises(ProblemError, match="limit-wall"):
                await results(backend, late)
        assert (backend.cancelled, backend.slots.running) == (1, 0)
