"""One comparison as a job for the worker that compares."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.admission import Admission
from app.answer import Rendered, kind_of, not_completed
from app.compare.measured import Difference, read_compared
from app.dispatch import COMPARE, Renders
from app.options import RenderQuery
from app.problems import ProblemError
from app.report import Refusal, ReportError
from sandbox.job import Outcome, Verdict
from sandbox.memfd import seal_bytes

Output = Literal["none", "heatmaps", "strip"]
Pair = tuple[str, str]
"""The reference and the tested, by name."""
Mask = tuple[float, float, float, float]
"""Left, top, width, height in pixels of the picture."""


@dataclass(frozen=True, slots=True)
class CompareJob:
    """``pictures``: encoded, by name. ``output``: what to draw (:class:`app.compareworker.CompareEntry`)."""

    pictures: Mapping[str, bytes | int]
    pairs: tuple[Pair, ...]
    masks: tuple[Mask, ...] = ()
    output: Output = "none"


@dataclass(frozen=True, slots=True)
class Found:
    """``differences``: None where the sizes differ. ``drawn``: a PNG for each pair, empty where none was asked for."""

    differences: Mapping[Pair, Difference | None] = field(default_factory=dict)
    drawn: Mapping[Pair, bytes] = field(default_factory=dict)
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)


async def run(job: CompareJob, renders: Renders, admission: Admission, query: RenderQuery) -> Found:
    """Raises ProblemError. A picture given as a descriptor stays the caller's to close."""
    path = await renders.comparing()
    own = {name: seal_bytes(data) for name, data in job.pictures.items() if isinstance(data, bytes)}
    fds = [data if isinstance(data, int) else own[name] for name, data in job.pictures.items()]
    try:
        async with admission.worker() as waited_s:
            outcome = await renders.submit(path, _header(job), fds)
    finally:
        for fd in own.values():
            os.close(fd)
    return _found(job, Rendered(query, COMPARE, outcome, renders.settings.limits, waited_s * 1000))


def _header(job: CompareJob) -> bytes:
    names = list(job.pictures)
    pairs = [[names.index(first), names.index(second)] for first, second in job.pairs]
    return json.dumps({"names": names, "pairs": pairs, "masks": job.masks, "output": job.output}).encode()


def _found(job: CompareJob, rendered: Rendered) -> Found:
    outcome = rendered.outcome
    if outcome.verdict is not Verdict.COMPLETED:
        raise not_completed(rendered)
    try:
        said = read_compared(bytes(outcome.report), len(outcome.output), len(job.pairs))
    except ReportError as error:
        raise ProblemError(
            "worker-answer-invalid", f"What the comparing worker reported is not usable ({error})."
        ) from None
    if isinstance(said, Refusal):
        raise _refused(said)
    drawn = dict(zip(job.pairs, _cut(outcome, said.pieces), strict=True))
    timings = {"queue": round(rendered.queue_ms, 3), "worker": outcome.timings_ms.get("total", 0.0)}
    sizes = dict(zip(job.pictures, said.sizes, strict=False))
    return Found(dict(zip(job.pairs, said.pairs, strict=True)), drawn, sizes, outcome.layers, timings)


def _cut(outcome: Outcome, lengths: Sequence[int]) -> list[bytes]:
    pieces, start = [], 0
    for length in lengths:
        pieces.append(bytes(outcome.output[start : start + length]))
        start += length
    return pieces


def _refused(said: Refusal) -> ProblemError:
    if said.code == "internal":
        return ProblemError("internal", "The comparison failed. This is a bug in it, not in the request.")
    code = "limit-memory" if said.code == "limit-memory" else kind_of(said.code)
    detail = said.detail or "Comparing these pictures needs more memory than RENDERSERVER_MEMORY_BYTES."
    return ProblemError(code, detail, extra={"field": said.field, "stage": COMPARE}, subcode=said.code)
