"""Who may come in: a bounded number of uploads and of their bytes, and nobody while stopping.

Everything is counted in one event loop, so no lock is needed. A refusal costs nothing and says when to come back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.problems import ProblemError, overloaded, retry_after


@dataclass(frozen=True, slots=True)
class AdmissionBounds:
    """``pending_bytes``: of all bodies that are held at once."""

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
            raise overloaded("The bodies being held together reach RENDERSERVER_MAX_PENDING_BYTES.")
        self.held += size
        self._admission.pending_bytes += size


class Admission:
    """``uploading``: how many bodies are on their way in; ``in_flight``: how many requests there are."""

    def __init__(self, bounds: AdmissionBounds) -> None:
        self.bounds = bounds
        self.draining = False
        self.uploading = self.in_flight = self.pending_bytes = 0
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
        """For the whole of a request. Raises ProblemError ``draining``."""
        if self.draining:
            raise ProblemError("draining", "The server is stopping. Send the request to another one.", retry_after(5))
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
            raise overloaded(f"{self.uploading} bodies are on their way in (RENDERSERVER_MAX_UPLOADS).")
        self.uploading += 1
        try:
            yield
        finally:
            self.uploading -= 1
