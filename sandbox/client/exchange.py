"""One job as its client sees it: what has arrived of it, from the fork server and from the worker itself.

The worker hands its parts over by a memory file and a pipe (:mod:`sandbox.frames`), the fork server says how the job
went. Nothing of a part is handed on before the fork server has read back what holds the worker.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Final

from sandbox.client.content import Content, OutputFile
from sandbox.frames import FrameError, FrameReader, PartFrame
from sandbox.job import MAX_REPORT_BYTES, Limits, Outcome, Verdict

_PIPE_BYTES: Final = 2 * MAX_REPORT_BYTES


@dataclass(frozen=True, slots=True)
class Delivered:
    """One part of a job, as it was made: untrusted but for ``layers``, which the kernel said were in force on the
    worker. ``number``: None for what is about the job as a whole. ``content`` is the receiver's to close.
    ``elapsed_ms``: since the part before it; of a job with one part, the worker's whole life with it."""

    number: int | None
    report: bytes
    content: Content
    layers: tuple[str, ...]
    elapsed_ms: float


class Exchange:
    """``report_fd`` and ``output_fd`` go to the worker with its job. ``ended``: nobody is left who could write a
    report. ``advance``: when the fork server is told that parts have arrived. ``holds_all``: the pipe holds what may
    be reported, so that nobody need read it before the worker is gone. :meth:`close` closes whatever is open."""

    def __init__(self, job_id: int, limits: Limits, parts: int) -> None:
        self.job_id = job_id
        self.parts = parts
        self.layers: tuple[str, ...] | None = None
        self.outcome: Outcome | None = None
        self.failure: Exception | None = None
        self.ended = False
        self.advance: asyncio.TimerHandle | None = None
        self._limits = limits
        self._last = -1
        self._begun = False
        self._since = time.perf_counter()
        self._arrived: deque[tuple[PartFrame, Content, float]] = deque()
        self._reader = FrameReader()
        self._changed: asyncio.Future[None] | None = None
        self._file = OutputFile()
        try:
            self.pipe, self.report_fd = os.pipe2(os.O_CLOEXEC)
        except BaseException:
            self._file.close()
            raise
        os.set_blocking(self.pipe, False)
        self.holds_all = parts == 1 and _make_room(self.pipe)

    @property
    def output_fd(self) -> int:
        return self._file.fd

    @property
    def settled(self) -> bool:
        return self.outcome is not None or self.failure is not None

    # --- what is heard --------------------------------------------------------------------------------------------

    def hear(self) -> bool:
        """Read some of what is in the pipe: a worker may write faster than anyone can read. Returns whether parts have
        arrived."""
        before = len(self._arrived)
        self._read()
        self._wake()
        return len(self._arrived) > before

    def _read(self) -> bool:
        """Whether there may be more to read."""
        if self.is_heard:
            return False
        try:
            data = os.read(self.pipe, _PIPE_BYTES)
            self.ended = not data
            for frame in self._reader.feed(data):
                self._take(frame)
        except BlockingIOError:
            return False
        except FrameError as error:
            self._distrust(str(error))
        return True

    def _has_all(self) -> bool:
        return self._last == self.parts - 1 and not self._reader.is_within_a_frame

    @property
    def is_heard(self) -> bool:
        """Nothing that a worker can still say counts."""
        return self.settled or self.ended or self._has_all()

    def _take(self, frame: PartFrame) -> None:
        """Raises FrameError for one that claims what cannot be."""
        if frame.number is None and self._begun:
            raise FrameError("a part about the whole job came late, or twice")
        if frame.number is not None and not self._last < frame.number < self.parts:
            raise FrameError("a part came twice, or is none of the job's")
        content = self._file.take(frame.size) if frame.size <= self._limits.output_bytes else None
        if content is None:
            raise FrameError("a part's content is larger than what was written, or than one may be")
        now = time.perf_counter()
        self._arrived.append((frame, content, (now - self._since) * 1000))
        self._begun = True
        if frame.number is not None:
            self._last, self._since = frame.number, now

    def verified(self, layers: tuple[str, ...]) -> None:
        self.layers = layers
        self._wake()

    def settle(self, outcome: Outcome) -> None:
        """The worker is gone. What it wrote before is in the pipe."""
        while self._read():
            pass
        if self.settled:
            return
        if outcome.verdict is Verdict.COMPLETED and self._reader.is_within_a_frame:
            self._distrust("its last part was not completed")
            return
        if outcome.verdict is Verdict.REFUSED or (self.parts == 1 and outcome.verdict is not Verdict.COMPLETED):
            self._drop()
        self.layers = self.layers or outcome.layers
        self.outcome = outcome
        self._wake()

    def fail(self, error: Exception) -> None:
        if not self.settled:
            self.failure = error
            self._wake()

    def _distrust(self, why: str) -> None:
        if not self.settled:
            self._drop()
            self.outcome = Outcome(self.job_id, Verdict.DISTRUSTED, layers=self.layers or (), detail=why)
            self._wake()

    def _drop(self) -> None:
        for _, content, _ in self._arrived:
            content.close()
        self._arrived.clear()

    # --- what is handed on ----------------------------------------------------------------------------------------

    async def items(self) -> AsyncIterator[Delivered | Outcome]:
        """Every part once it may be handed on, and the outcome at last. Raises what :meth:`fail` was told."""
        while True:
            while self._arrived and self.layers is not None:
                yield self._next(self.layers)
            if self.failure is not None:
                raise self.failure
            if self.outcome is not None:
                yield self.outcome
                return
            self._changed = asyncio.get_running_loop().create_future()
            await self._changed

    def _next(self, layers: tuple[str, ...]) -> Delivered:
        frame, content, elapsed_ms = self._arrived.popleft()
        if self.parts == 1 and self.outcome is not None:
            elapsed_ms = self.outcome.timings_ms.get("total", elapsed_ms)
        return Delivered(frame.number, frame.report, content, layers, elapsed_ms)

    def _wake(self) -> None:
        ready = self.settled or (self._arrived and self.layers is not None)
        if ready and self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    def close_report(self) -> None:
        """Our copy of the worker's end, once it is on its way."""
        if self.report_fd >= 0:
            os.close(self.report_fd)
            self.report_fd = -1

    def close(self) -> None:
        self.close_report()
        self._drop()
        os.close(self.pipe)
        self._file.close()


def _make_room(pipe: int) -> bool:
    """Whether the pipe holds a report of any size; where its user has too many large ones, it does not (pipe(7))."""
    try:
        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES) >= _PIPE_BYTES
    except OSError:
        return False


def with_bytes(outcome: Outcome, part: Delivered | None) -> Outcome:
    """For callers that want bytes: the outcome with the one part's report and content, which is closed."""
    if part is None:
        return outcome
    with part.content as content:
        return replace(outcome, report=part.report, output=content.read())
