"""A backend on a fork server: whom it takes, and the end of its life."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from app.problems import ProblemError
from app.service.backend import Begun
from app.service.local import LocalBackend
from app.service.slots import Slots
from tests.app.fakes import FakeServer
from tests.app.service.test_fulfil import order

pytestmark = pytest.mark.anyio


class SlowToStart(FakeServer):
    """``starts``: how often it was started; ``may_start``: until then it is not ready."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.starts = 0
        self.may_start = asyncio.Event()

    async def start(self) -> None:
        self.starts += 1
        await self.may_start.wait()
        await super().start()


async def test_who_leaves_during_the_start_does_not_take_it_from_the_others() -> None:
    server = SlowToStart()
    backend = LocalBackend("compare", server, Slots(1, 0, 1))
    async with aclosing(backend.run(order(1))) as left, aclosing(backend.run(order(1))) as kept:
        leaving, staying = asyncio.ensure_future(anext(left)), asyncio.ensure_future(anext(kept))
        await asyncio.sleep(0.01)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        server.may_start.set()
        assert isinstance(await staying, Begun)
    async with aclosing(backend.run(order(1))) as events:
        assert isinstance(await anext(events), Begun)
    assert (server.starts, backend.ready) == (1, True)


async def test_a_stop_ends_a_start() -> None:
    server = SlowToStart()
    backend = LocalBackend("cpu", server, Slots(1, 0, 1))
    starting = asyncio.ensure_future(backend.start())
    await asyncio.sleep(0.01)
    await backend.stop(0)
    await asyncio.gather(starting, return_exceptions=True)
    server.may_start.set()
    await asyncio.sleep(0.01)
    assert not server.ready


@pytest.mark.parametrize("started", [False, True])
async def test_one_that_was_stopped_is_not_started_again_by_an_order_that_is_left(started: bool) -> None:
    server = FakeServer()
    backend = LocalBackend("cpu", server, Slots(1, 0, 1))
    if started:
        await backend.start()
    await backend.stop(0)
    server.ready = False
    async with aclosing(backend.run(order(1))) as events:
        with pytest.raises(ProblemError, match="draining"):
            await anext(events)
    assert not server.ready


async def test_an_order_whose_worker_has_died_is_not_turned_away_by_those_that_came_after_it() -> None:
    backend = LocalBackend("cpu", FakeServer(), Slots(1, 0, 5))
    await backend.start()
    async with aclosing(backend.run(order(3), {0})) as rest:
        async with backend.slots.take(), aclosing(backend.run(order(3))) as other:
            waiting = asyncio.ensure_future(anext(rest))
            await asyncio.sleep(0)
            with pytest.raises(ProblemError, match="overloaded"):
                await anext(other)
            assert not waiting.done()
        assert isinstance(await waiting, Begun)
