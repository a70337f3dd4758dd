"""How many orders a backend takes at once, how many may wait, and for how long.

Everything is counted in one event loop, so no lock is needed. A refusal costs nothing and says when to come back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.problems import ProblemError, overloaded, retry_after


class Slots:
    """``running``, ``waiting``: how many orders are in each state."""

    def __init__(self, workers: int, queue_size: int, queue_wait_s: float) -> None:
        self.workers = workers
        self.running = self.waiting = 0
        self._queue_size = queue_size
        self._queue_wait_s = queue_wait_s
        self._free = asyncio.Semaphore(workers)

    def refuse_if_full(self) -> None:
        """Raises ProblemError ``overloaded``. With no queue at all an order may still take a worker that is free."""
        if self.waiting >= self._queue_size and self._free.locked():
            raise overloaded(f"{self.waiting} requests are waiting already (RENDERSERVER_QUEUE_SIZE).")

    @asynccontextmanager
    async def take(self, *, again: bool = False) -> AsyncIterator[float]:
        """While an order is carried out; gives the seconds it waited. ``again``: it was admitted before, and waits
        however many do. Raises ProblemError ``overloaded`` or ``queue-timeout``."""
        if not again:
            self.refuse_if_full()
        started = time.perf_counter()
        await self._wait()
        self.running += 1
        try:
            yield time.perf_counter() - started
        finally:
            self.running -= 1
            self._free.release()

    async def _wait(self) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(self._queue_wait_s):
                await self._free.acquire()
        except TimeoutError:
            detail = f"No worker came free within {self._queue_wait_s:g} s (RENDERSERVER_QUEUE_WAIT_S)."
            raise ProblemError("queue-timeout", detail, retry_after(self._queue_wait_s)) from None
        finally:
            self.waiting -= 1
