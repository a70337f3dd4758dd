from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from app.admission import Admission
from app.service.backends import Backends
from app.service.slots import Slots
from tests.app.fakes import House, house, problem

pytestmark = pytest.mark.anyio


def admission_of(it: House) -> Admission:
    found: Admission = it.app.state.shared.admission
    return found


def slots_of(it: House) -> Slots:
    backends: Backends = it.app.state.shared.backends
    return backends.paths["cpu"].slots


async def until(condition: Any) -> None:
    async with asyncio.timeout(2):
        while not condition():
            await asyncio.sleep(0.001)


async def start(it: House, count: int) -> list[asyncio.Task[httpx.Response]]:
    tasks = [asyncio.create_task(it.post()) for _ in range(count)]
    await until(lambda: slots_of(it).running + slots_of(it).waiting == count)
    return tasks


async def test_no_more_renders_at_once_than_workers() -> None:
    async with house(workers=2) as it:
        it.cpu.gate.clear()
        tasks = await start(it, 5)
        assert (slots_of(it).running, slots_of(it).waiting, len(it.cpu.seen)) == (2, 3, 2)
        it.cpu.gate.set()
        assert {(await task).status_code for task in tasks} == {200}
        assert (slots_of(it).running, slots_of(it).waiting, admission_of(it).in_flight) == (0, 0, 0)


async def test_a_full_queue_is_429_at_once_and_others_are_served() -> None:
    async with house(queue_size=2) as it:
        it.cpu.gate.clear()
        tasks = await start(it, 3)
        response = await it.post()
        said = problem(response, 429, "overloaded")
        assert "RENDERSERVER_QUEUE_SIZE" in said["detail"]
        assert int(response.headers["retry-after"]) >= 1
        it.cpu.gate.set()
        assert [(await task).status_code for task in tasks] == [200, 200, 200]
        assert (await it.post()).status_code == 200


async def test_no_queue_at_all_still_takes_a_free_worker() -> None:
    async with house(queue_size=0) as it:
        assert (await it.post()).status_code == 200
        it.cpu.gate.clear()
        (task,) = await start(it, 1)
        problem(await it.post(), 429, "overloaded")
        it.cpu.gate.set()
        assert (await task).status_code == 200


async def test_the_wait_for_a_worker_is_limited_and_measured() -> None:
    async with house(queue_wait_s=0.05) as it:
        it.cpu.gate.clear()
        (task,) = await start(it, 1)
        said = problem(await it.post(), 503, "queue-timeout")
        assert "RENDERSERVER_QUEUE_WAIT_S" in said["detail"]
        waiting = asyncio.create_task(it.post())
        await asyncio.sleep(0.03)
        it.cpu.gate.set()
        assert (await task).status_code == 200
        queue = (await waiting).headers["server-timing"].split(",")[0]
        assert 10 < float(queue.removeprefix("queue;dur=")) < 60


async def test_stopping_admits_nobody_and_finishes_what_is_in_flight() -> None:
    async with house() as it:
        it.cpu.gate.clear()
        tasks = await start(it, 3)
        admission_of(it).drain()
        problem(await it.post(), 503, "draining")
        assert (await it.client.get("/healthz")).status_code == 200
        ready = await it.client.get("/readyz")
        assert (ready.status_code, ready.json()["draining"]) == (503, True)
        it.cpu.gate.set()
        assert [(await task).status_code for task in tasks] == [200, 200, 200]
        await asyncio.wait_for(admission_of(it).idle(), 1)


async def test_health_metrics_and_docs_never_wait() -> None:
    async with house(queue_size=1) as it:
        it.cpu.gate.clear()
        tasks = await start(it, 2)
        for path in ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"):
            async with asyncio.timeout(1):
                assert (await it.client.get(path)).status_code == 200, path
        it.cpu.gate.set()
        await asyncio.gather(*tasks)
