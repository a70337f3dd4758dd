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


@pytest.mark.parametrize("on_demand", [False, True])
async def test_one_that_was_stopped_is_not_started_again_by_an_order_that_is_left(on_demand: bool) -> None:
    server = FakeServer()
    backend = LocalBackend("cpu", server, Slots(1, 0, 1), on_demand=on_demand)
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
