"""The one use case: an order goes to a backend, and its answers come out one by one.

A worker that dies takes the output with it that it was at, and no other: the rest is ordered again, of a new worker.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Generic

from app.answer import distrusted
from app.problems import ProblemError
from app.service.backend import Backend, Begun, Event
from app.service.order import Circumstances, Order, ResultT
from sandbox.client.exchange import Delivered
from sandbox.job import Outcome, Verdict

_READING = (None, "parse")
"""Stages of a worker that has not come to an output yet."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many answers there will be."""

    outputs: int


@dataclass(frozen=True, slots=True)
class Answered(Generic[ResultT]):
    """One answer, or why there is none. ``number``: which of the order's outputs."""

    number: int
    result: ResultT | ProblemError


async def answer_of(backend: Backend, order: Order[ResultT]) -> ResultT:
    """The one answer of an order that has one output. Raises ProblemError."""
    async with aclosing(fulfil(backend, order)) as said:
        async for item in said:
            if isinstance(item, Answered):
                if isinstance(item.result, ProblemError):
                    raise item.result
                return item.result
    raise AssertionError("every output of an order is answered")


def fulfil(
    backend: Backend, order: Order[ResultT], settled: Collection[int] = ()
) -> AsyncGenerator[Count | Answered[ResultT]]:
    """How many answers there will be, where the order does not say it, then each as it is made: every output ends as a
    result or as its own problem. To close the generator early is to cancel the order. ``settled``: outputs that
    somebody has already; the count includes them, and they are not answered.

    Raises ProblemError where the order fails as a whole: its document cannot be read, or no worker could be had.
    """
    return _Fulfilment(backend, order, settled).answers()


class _Fulfilment(Generic[ResultT]):
    """``given``: outputs that nobody asks for. ``settled``: those, and what is answered. ``expected``: how many there
    are, as far as is known. ``taken``: bytes of what was made, all workers together; ``until``: when their time is up,
    which counts from the first one's beginning."""

    def __init__(self, backend: Backend, order: Order[ResultT], given: Collection[int]) -> None:
        self._backend = backend
        self._order = order
        self._given = frozenset(given).intersection(range(order.work.outputs))
        self._settled = set(self._given)
        self._expected = None if order.work.announces else order.work.outputs
        self._taken = 0
        self._until = math.inf
        self._queue_ms = 0.0
        self._begun = False

    async def answers(self) -> AsyncGenerator[Count | Answered[ResultT]]:
        """Runs of the order, until every output is answered."""
        while self._missing():
            try:
                async with aclosing(self._run()) as said:
                    async for item in said:
                        yield item
            except ProblemError as problem:
                for item in self._nothing_more(problem):
                    yield item
                return

    def _missing(self) -> bool:
        return self._expected is None or len(self._settled) < self._expected

    async def _run(self) -> AsyncGenerator[Count | Answered[ResultT]]:
        """One worker's part in it. Raises ProblemError where there will be no more of anything."""
        self._begun = False
        async with aclosing(self._backend.run(self._rest(), frozenset(self._settled))) as events:
            while (event := await self._next(events)) is not None:
                match event:
                    case Begun():
                        self._queue_ms = event.waited_ms
                        outputs = self._order.work.outputs
                        self._until = min(self._until, time.monotonic() + self._order.limits.wall_of(outputs))
                    case Delivered():
                        for item in self._heard(event):
                            yield item
                    case Outcome():
                        for item in self._ended(event):
                            yield item

    def _rest(self) -> Order[ResultT]:
        """The order, with what is left of the time and the bytes that all of it may take."""
        limits = self._order.limits
        left = replace(
            limits,
            job_wall_s=min(limits.job_wall_s, self._until - time.monotonic()),
            job_output_bytes=max(0, limits.job_output_bytes - self._taken),
        )
        return replace(self._order, limits=left)

    async def _next(self, events: AsyncGenerator[Event]) -> Event | None:
        """The next event; by the deadline at the latest, which ends the order."""
        try:
            async with asyncio.timeout(max(0.0, self._order.seconds_left)):
                return await anext(events, None)
        except TimeoutError:
            return Outcome(0, Verdict.LIMIT_WALL)

    def _heard(self, made: Delivered) -> list[Count | Answered[ResultT]]:
        """Raises ProblemError where the worker says that there will be nothing, or what cannot be."""
        found = self._circumstances(made.elapsed_ms, made.layers)
        self._begun = True
        self._taken += made.content.size
        if made.number is None:
            return self._counted(self._order.work.count(made, found))
        if self._expected is None or made.number >= self._expected or made.number in self._settled:
            made.content.close()
            raise distrusted("it made what it was not asked for")
        self._settled.add(made.number)
        try:
            return [Answered(made.number, self._order.work.result(made, found))]
        except ProblemError as problem:
            return [Answered(made.number, problem)]

    def _counted(self, outputs: int) -> list[Count | Answered[ResultT]]:
        """Said by each worker that has a part in it, and passed on once."""
        if self._expected not in (None, outputs):
            raise distrusted("it counts other outputs than the one before it")
        first, self._expected = self._expected is None, outputs
        self._settled.intersection_update(range(outputs))
        return [Count(outputs)] if first else []

    def _ended(self, outcome: Outcome) -> list[Count | Answered[ResultT]]:
        """What the end of a worker answers. Raises ProblemError where another one would fare no better."""
        if not self._missing():
            return []
        found = self._circumstances(outcome.timings_ms.get("total", 0.0), outcome.layers, outcome.stage)
        problem = self._order.work.failure(outcome, found)
        if self._is_over(outcome):
            raise problem
        return [self._fail_next(problem)]

    def _is_over(self, outcome: Outcome) -> bool:
        late = time.monotonic() >= min(self._until, self._order.deadline)
        if self._expected is None or late or outcome.verdict is Verdict.REFUSED:
            return True
        if outcome.verdict is Verdict.LIMIT_OUTPUT and self._order.work.outputs > 1:
            return True  # a single one that is too large costs no worker: all of them together are
        return not self._begun and outcome.stage in _READING and self._order.work.announces

    def _fail_next(self, problem: ProblemError) -> Answered[ResultT]:
        """It was at the first output that has no answer."""
        number = next(number for number in range(self._expected or 0) if number not in self._settled)
        self._settled.add(number)
        return Answered(number, problem)

    def _nothing_more(self, problem: ProblemError) -> list[Count | Answered[ResultT]]:
        """Every output without an answer has this one. Raises it where none has any."""
        if self._expected is None or self._settled <= self._given:
            raise problem
        return [self._fail_next(problem) for _ in range(self._expected - len(self._settled))]

    def _circumstances(self, total_ms: float, layers: tuple[str, ...], stage: str | None = None) -> Circumstances:
        return Circumstances(self._backend.name, self._order.limits, self._queue_ms, total_ms, layers, stage)
