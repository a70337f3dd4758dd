"""Who may come in: a bounded number of uploads, of waiting requests and of running renders, and nobody while stopping.

Everything is counted in one event loop, so no lock is needed. A refusal costs nothing and says when to come back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from app.problems import ProblemError, retry_after


@dataclass(frozen=True, slots=True)
class AdmissionBounds:
    """``pending_bytes``: of all bodies that are held at once."""

    workers: int
    queue_size: int
    queue_wait_s: float
    uploads: int
    pending_bytes: int


class Allowance:
    """The bytes one request holds of the common budget."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self.held = 0

    def take(self, size: int) -> None:
        """Raises ProblemError ``overloaded`` when the bodies of all requests together are too large."""
        if self._admission.pending_bytes + size > self._admission.bounds.pending_bytes:
            raise _overloaded("The bodies being held together reach RENDERSERVER_MAX_PENDING_BYTES.")
        self.held += size
        self._admission.pending_bytes += size


class Admission:
    """``running``, ``waiting``, ``uploading``: how many requests are in each state; ``in_flight``: all of them."""

    def __init__(self, bounds: AdmissionBounds) -> None:
        self.bounds = bounds
        self.draining = False
        self.running = self.waiting = self.uploading = self.in_flight = self.pending_bytes = 0
        self._workers = asyncio.Semaphore(bounds.workers)
        self._idle = asyncio.Event()
        self._idle.set()

    def drain(self) -> None:
        """Admit nobody from now on."""
        self.draining = True

    async def idle(self) -> None:
        """Until every admitted request has left."""
        await self._idle.wait()

    @contextmanager
    def request(self) -> Iterator[Allowance]:
        """For the whole of a request. Raises ProblemError ``draining`` or ``overloaded``."""
        if self.draining:
            raise ProblemError("draining", "The server is stopping. Send the request to another one.", retry_after(5))
        self._refuse_if_full()
        allowance = Allowance(self)
        self.in_flight += 1
        self._idle.clear()
        try:
            yield allowance
        finally:
            self.pending_bytes -= allowance.held
            self.in_flight -= 1
            if self.in_flight == 0:
                self._idle.set()

    @contextmanager
    def upload(self) -> Iterator[None]:
        """While the body is on its way."""
        if self.uploading >= self.bounds.uploads:
            raise _overloaded(f"{self.uploading} bodies are on their way in (RENDERSERVER_MAX_UPLOADS).")
        self.uploading += 1
        try:
            yield
        finally:
            self.uploading -= 1

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[float]:
        """While a render runs; gives the seconds it waited. Raises ProblemError ``overloaded`` or ``queue-timeout``."""
        self._refuse_if_full()
        started = time.perf_counter()
        await self._wait()
        self.running += 1
        try:
            yield time.perf_counter() - started
        finally:
            self.running -= 1
            self._workers.release()

    async def _wait(self) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(self.bounds.queue_wait_s):
                await self._workers.acquire()
        except TimeoutError:
            detail = f"No worker came free within {self.bounds.queue_wait_s:g} s (RENDERSERVER_QUEUE_WAIT_S)."
            raise ProblemError("queue-timeout", detail, retry_after(self.bounds.queue_wait_s)) from None
        finally:
            self.waiting -= 1

    def _refuse_if_full(self) -> None:
        # With no queue at all a request may still take a worker that is free.
        if self.waiting >= self.bounds.queue_size and self._workers.locked():
            raise _overloaded(f"{self.waiting} requests are waiting already (RENDERSERVER_QUEUE_SIZE).")


def _overloaded(why: str) -> ProblemError:
    return ProblemError("overloaded", f"{why} Send the request again after the time in Retry-After.", retry_after(1))
