"""One comparison as an order for the backend that compares."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final, Literal

from app.answer import distrusted, kind_of, not_completed
from app.compare.measured import Difference, Size, read_compared
from app.problems import ProblemError
from app.report import Refusal, ReportError
from app.service.backend import Backend
from app.service.fulfil import answer_of
from app.service.order import Circumstances, Order
from app.settings import Settings
from app.uninterrupted import uninterrupted
from renderer.formats import ImageFormat
from sandbox.client.content import Content
from sandbox.client.exchange import Delivered
from sandbox.job import Outcome

DRAWN: Final = ImageFormat.PNG
"""What the difference of two pictures comes as."""
Output = Literal["none", "heatmap", "strip"]
Pair = tuple[str, str]
"""The reference and the tested, by name."""
Mask = tuple[float, float, float, float]
"""Left, top, width, height in pixels of the picture."""


_STAGE: Final = "compare"


@dataclass(frozen=True, slots=True)
class Found:
    """``difference``: None where the sizes differ. ``drawn``: :data:`DRAWN`, empty where none was asked for; whoever is
    given it closes it."""

    difference: Difference | None
    drawn: Content
    sizes: tuple[Size, Size]
    layers: tuple[str, ...]
    timings_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CompareWork:
    """Two encoded pictures, in the pair's order. ``output``: what to draw
    (:class:`app.compareworker.CompareEntry`)."""

    pair: Pair
    masks: tuple[Mask, ...] = ()
    output: Output = "none"
    outputs: int = 1
    announces: bool = False

    def header(self, settled: Collection[int]) -> bytes:
        del settled  # there is one result, and without it there is no order
        return json.dumps({"names": self.pair, "masks": self.masks, "output": self.output}).encode()

    def count(self, made: Delivered, found: Circumstances) -> int:
        made.content.close()
        raise distrusted("it counts what there is one of", found)

    def result(self, made: Delivered, found: Circumstances) -> Found:
        try:
            said = read_compared(made.report)
            if isinstance(said, Refusal):
                raise _refused(said)
        except ReportError as error:
            made.content.close()
            raise distrusted(f"its report is not one ({error})", found) from None
        except ProblemError:
            made.content.close()
            raise
        timings = {"queue": round(found.queue_ms, 3), "worker": found.total_ms}
        return Found(said.difference, made.content, said.sizes, found.layers, timings)

    def failure(self, outcome: Outcome, found: Circumstances) -> ProblemError:
        return not_completed(outcome, found)


async def hold(backend: Backend, work: CompareWork, pictures: tuple[Content | int, ...], settings: Settings) -> Found:
    """``pictures``: in the pair's order; one given as a descriptor is a sealed file. All stay the caller's. Raises
    ProblemError."""
    await backend.start()  # the first comparison waits for that, and its own time counts from then
    with ExitStack() as own:
        inputs = tuple([data if isinstance(data, int) else await _sealed(data, own) for data in pictures])
        deadline = time.monotonic() + settings.queue_wait_s + settings.wall_s
        return await answer_of(backend, Order(work, inputs, settings.limits, deadline))


async def _sealed(content: Content, own: ExitStack) -> int:
    fd = await uninterrupted(asyncio.to_thread(content.sealed))
    own.callback(os.close, fd)
    return fd


def _refused(said: Refusal) -> ProblemError:
    if said.code == "internal":
        return ProblemError("internal", "The comparison failed. This is a bug in it, not in the request.")
    code = "limit-memory" if said.code == "limit-memory" else kind_of(said.code)
    detail = said.detail or "Comparing these pictures needs more memory than RENDERSERVER_MEMORY_BYTES."
    return ProblemError(code, detail, extra={"field": said.field, "stage": _STAGE}, subcode=said.code)
