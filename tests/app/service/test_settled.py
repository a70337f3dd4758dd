"""Orders of which somebody has some outputs already."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Collection
from typing import Any, cast

import pytest

from app.answer import Answer
from app.options import RenderQuery
from app.problems import ProblemError
from app.service.backend import Backend, Begun, Event
from app.service.fulfil import Answered, Count, fulfil
from app.service.order import Order
from app.service.render import RenderWork
from sandbox.client.content import Content
from sandbox.client.exchange import Delivered
from sandbox.job import Limits
from tests.app.fakes import LAYERS, completed, report

pytestmark = pytest.mark.anyio


class Drawing:
    """A backend whose document has so many outputs. ``skipped``: of each run. ``gone``: it refuses every run."""

    name = "cpu"

    def __init__(self, count: int, *, gone: bool = False) -> None:
        self.count = count
        self.gone = gone
        self.skipped: list[set[int]] = []

    async def run(self, order: Order[Any], settled: Collection[int] = ()) -> AsyncGenerator[Event]:
        if self.gone:
            raise ProblemError("fork-server-gone", "It is gone.")
        self.skipped.append(set(settled))
        yield Begun(0.0)
        if order.work.announces:
            yield self._part(None, json.dumps({"ok": True, "count": self.count}).encode())
        for number in sorted(set(range(self.count)) - set(settled)):
            yield self._part(number, report())
        yield completed()

    @staticmethod
    def _part(number: int | None, said: bytes) -> Delivered:
        return Delivered(number, said, Content.of(b"" if number is None else b"picture"), LAYERS, 1.0)


def order(*nodes: str, exports: bool = False) -> Order[Any]:
    asked = tuple(RenderQuery(node=node) for node in nodes)
    work = RenderWork(asked, "application/json", exports=exports, max_outputs=500)
    return Order(work, (), Limits(), time.monotonic() + 60)


async def answered(backend: Drawing, asked: Order[Any], settled: Collection[int]) -> list[int | str]:
    """The count as ``of 3``, and the numbers of the answers."""
    said: list[int | str] = []
    async for item in fulfil(cast("Backend", backend), asked, settled):
        if isinstance(item, Count):
            said.append(f"of {item.outputs}")
        elif isinstance(item, Answered):
            assert isinstance(item.result, Answer), item.result
            item.result.content.close()
            said.append(item.number)
    return said


async def test_settled_outputs_are_counted_and_neither_drawn_nor_answered() -> None:
    backend = Drawing(3)
    assert await answered(backend, order("1:1", "1:2", "1:3"), {0, 2}) == ["of 3", 1]
    assert backend.skipped == [{0, 2}]


async def test_an_order_whose_one_output_is_settled_takes_no_worker() -> None:
    backend = Drawing(1)
    assert await answered(backend, order("1:1"), {0}) == []
    assert backend.skipped == []


async def test_numbers_that_no_output_has_settle_nothing() -> None:
    assert await answered(Drawing(1), order("1:1"), {1}) == [0]
    assert await answered(Drawing(2), order("1:1", exports=True), {1, 2, 3}) == ["of 2", 0]


async def test_an_order_fails_as_a_whole_where_nothing_of_it_was_answered_now() -> None:
    with pytest.raises(ProblemError, match="fork-server-gone"):
        await answered(Drawing(2, gone=True), order("1:1", "1:2"), {0})
