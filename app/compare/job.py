"""One comparison as a job for the worker that compares."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final, Literal

from app.admission import Admission
from app.answer import Rendered, kind_of, not_completed
from app.compare.measured import Difference, Size, read_compared
from app.dispatch import COMPARE, Renders
from app.options import PictureQuery
from app.problems import ProblemError
from app.report import Refusal, ReportError
from renderer.formats import ImageFormat
from sandbox.job import Verdict
from sandbox.mechanisms.memfd import seal_bytes

DRAWN: Final = ImageFormat.PNG
"""What the difference of two pictures comes as."""
Output = Literal["none", "heatmap", "strip"]
Pair = tuple[str, str]
"""The reference and the tested, by name."""
Mask = tuple[float, float, float, float]
"""Left, top, width, height in pixels of the picture."""


@dataclass(frozen=True, slots=True)
class CompareJob:
    """``pictures``: encoded, in the pair's order; one given as a descriptor stays the caller's to close. ``output``:
    what to draw (:class:`app.compareworker.CompareEntry`)."""

    pair: Pair
    pictures: tuple[bytes | int, bytes | int]
    masks: tuple[Mask, ...] = ()
    output: Output = "none"


@dataclass(frozen=True, slots=True)
class Found:
    """``difference``: None where the sizes differ. ``drawn``: :data:`DRAWN`, empty where none was asked for."""

    difference: Difference | None
    drawn: bytes
    sizes: tuple[Size, Size]
    layers: tuple[str, ...]
    timings_ms: Mapping[str, float]


async def run(job: CompareJob, renders: Renders, admission: Admission, query: PictureQuery) -> Found:
    """Raises ProblemError."""
    path = await renders.comparing()
    with ExitStack() as own:
        fds = [data if isinstance(data, int) else _sealed(data, own) for data in job.pictures]
        async with admission.worker() as waited_s:
            outcome = await renders.submit(path, _header(job), fds)
    return _found(Rendered(query, COMPARE, outcome, renders.settings.limits, waited_s * 1000))


def _sealed(data: bytes, own: ExitStack) -> int:
    fd = seal_bytes(data)
    own.callback(os.close, fd)
    return fd


def _header(job: CompareJob) -> bytes:
    return json.dumps({"names": job.pair, "masks": job.masks, "output": job.output}).encode()


def _found(rendered: Rendered) -> Found:
    outcome = rendered.outcome
    if outcome.verdict is not Verdict.COMPLETED:
        raise not_completed(rendered)
    try:
        said = read_compared(bytes(outcome.report))
    except ReportError as error:
        detail = f"What the comparing worker reported is not usable ({error})."
        raise ProblemError("worker-answer-invalid", detail) from None
    if isinstance(said, Refusal):
        raise _refused(said)
    timings = {"queue": round(rendered.queue_ms, 3), "worker": outcome.timings_ms.get("total", 0.0)}
    return Found(said.difference, bytes(outcome.output), said.sizes, outcome.layers, timings)


def _refused(said: Refusal) -> ProblemError:
    if said.code == "internal":
        return ProblemError("internal", "The comparison failed. This is a bug in it, not in the request.")
    code = "limit-memory" if said.code == "limit-memory" else kind_of(said.code)
    detail = said.detail or "Comparing these pictures needs more memory than RENDERSERVER_MEMORY_BYTES."
    return ProblemError(code, detail, extra={"field": said.field, "stage": COMPARE}, subcode=said.code)
