"""From what a worker made, or how it died, to what the client gets: the one judge, for HTTP and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from app.problems import DOCUMENT_CODES, ProblemError
from app.report import STAGES, Refusal, RenderReport, ReportError, Stage, read_report
from app.service.order import Circumstances
from renderer.formats import ImageFormat
from sandbox.client.content import Content
from sandbox.client.exchange import Delivered
from sandbox.job import Outcome, Verdict

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A picture; a context manager that closes its content. ``image_format``: None where it is a scene or a display
    list, as text. ``timings_ms``: queue, sandbox, parse, lower, draw, read, encode."""

    content: Content
    image_format: ImageFormat | None
    picture: RenderReport
    path: str
    layers: tuple[str, ...]
    timings_ms: Mapping[str, float]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.content.close()


def answer(made: Delivered, found: Circumstances, media_types: Mapping[str, ImageFormat | None]) -> Answer:
    """``media_types``: of what may come, each with its format. Raises ProblemError for anything that is not a picture
    of one of them."""
    try:
        return _answer(made, found, media_types)
    except ProblemError:
        made.content.close()
        raise


def _answer(made: Delivered, found: Circumstances, media_types: Mapping[str, ImageFormat | None]) -> Answer:
    report = _report(made, found)
    if isinstance(report, Refusal):
        raise refused(report, found)
    if report.media_type not in media_types:
        raise distrusted("it made another format than it was asked for", found)
    if not made.content.size:
        raise distrusted("it reported a picture and wrote none", found)
    return Answer(
        content=made.content,
        image_format=media_types[report.media_type],
        picture=report,
        path=found.path,
        layers=found.layers,
        timings_ms=timings(found, report.timings_ms),
    )


def timings(found: Circumstances, stages: Mapping[Stage, float] | None = None) -> dict[str, float]:
    """``sandbox``: all of the worker's time that is none of its own stages: fork, layers, lock, way there and back."""
    stages = stages or {}
    own: dict[str, float] = {stage: round(stages[stage], 3) for stage in STAGES if stage in stages}
    sandbox = max(0.0, found.total_ms - sum(own.values()))
    return {"queue": round(found.queue_ms, 3), "sandbox": round(sandbox, 3), **own}


def _report(made: Delivered, found: Circumstances) -> RenderReport | Refusal:
    try:
        return read_report(made.report)
    except ReportError as error:
        raise distrusted(f"its report is not one ({error})", found) from None


def _problem(found: Circumstances | None, code: str, detail: str, **extra: object) -> ProblemError:
    if found is None:
        return ProblemError(code, detail)
    headers = {"Render-Path": found.path}
    if found.layers:
        headers["Sandbox-Layers"] = ", ".join(found.layers)
    return ProblemError(code, detail, headers, {"stage": found.stage, "timings": timings(found), **extra})


def distrusted(why: str, found: Circumstances | None = None) -> ProblemError:
    detail = f"The worker ended well, but {why}. Nothing of it is passed on."
    return _problem(found, "worker-answer-invalid", detail)


# --- documents that are refused -------------------------------------------------------------------------------------


def refused(report: Refusal, found: Circumstances) -> ProblemError:
    """A refusal by the renderer. The worker may choose the sentence, and among the 422s; no other status."""
    timed = timings(found, report.timings_ms)
    extra = {"stage": report.stage, "field": report.field, "node": report.node, "timings": timed}
    if report.code == "internal":
        _log.error("renderer-failed", error=report.detail, stage=report.stage)
        detail = "The renderer failed on this document. This is a bug in it; the server's log names the error."
        return _problem(found, "internal", detail, **extra)
    if report.code in _LIMITS:
        return _problem(found, report.code, _LIMITS[report.code].format(limits=found.limits), **extra)
    detail = f"{report.detail} ({_SETTINGS[report.code]})" if report.code in _SETTINGS else report.detail
    problem = _problem(found, kind_of(report.code), detail, **extra)
    problem.subcode = report.code
    return problem


_SETTINGS = {"limit-outputs": "RENDERSERVER_MAX_OUTPUTS"}
"""Limits of the renderer that an operator sets."""


def kind_of(code: str) -> str:
    """The catalogue's entry for a code of the renderer."""
    if code in DOCUMENT_CODES:
        return code
    for prefix, kind in (("limit-", "limit-exceeded"), ("image-", "image-invalid"), ("option-", "option-invalid")):
        if code.startswith(prefix):
            return kind
    return "document-invalid" if code.startswith("document-") else "render-failed"


# --- workers that did not come to an end ----------------------------------------------------------------------------

_SMALLER = "Ask for a smaller picture or a part of the document with `node`."
_LIMITS = {
    "limit-wall": "The render was stopped after {limits.wall_s:g} s (RENDERSERVER_WALL_S). " + _SMALLER,
    "limit-cpu": "The render was stopped after {limits.cpu_s:g} s of CPU time (RENDERSERVER_CPU_S). " + _SMALLER,
    "limit-memory": "The render needs more than the {limits.memory_bytes} bytes one render may use "
    "(RENDERSERVER_MEMORY_BYTES). Ask for a smaller picture, or send fewer or smaller images.",
    "limit-output": "The picture has more than {limits.output_bytes} bytes (RENDERSERVER_OUTPUT_BYTES). "
    "Ask for a smaller one, or another format.",
}
# Of all pictures of a request together.
_OF_ALL = {
    "limit-wall": "All pictures of this request together may take {limits.job_wall_s:g} s (RENDERSERVER_ORDER_WALL_S), "
    "and each {limits.wall_s:g} s (RENDERSERVER_WALL_S). Ask for fewer of them at once.",
    "limit-output": "All pictures of this request together may have {limits.job_output_bytes} bytes "
    "(RENDERSERVER_ORDER_OUTPUT_BYTES). Ask for fewer or smaller ones at once.",
}


def not_completed(outcome: Outcome, found: Circumstances) -> ProblemError:
    """What a worker's end means to a client that still waits for a picture of it."""
    match outcome.verdict:
        case Verdict.LIMIT_WALL | Verdict.LIMIT_CPU | Verdict.LIMIT_MEMORY | Verdict.LIMIT_OUTPUT:
            code = outcome.verdict.value
            met = _LIMITS | _OF_ALL if found.whole else _LIMITS
            return _problem(found, code, met[code].format(limits=found.limits))
        case Verdict.REFUSED:
            return _unlocked(outcome, found)
        case Verdict.COMPLETED:
            return distrusted("it did not make all that it was asked for", found)
        case Verdict.DISTRUSTED:
            return distrusted(outcome.detail or "what it wrote has another form", found)
        case _:
            return _killed(outcome, found)


def _unlocked(outcome: Outcome, found: Circumstances) -> ProblemError:
    layer = outcome.refused_layer or "unknown"
    detail = (
        f"The layer {layer} was not in force for this render, so nothing of it is passed on. Its operator finds out "
        "why with `renderserver doctor`."
    )
    problem = _problem(found, "sandbox-unavailable", detail, layer=layer)
    problem.logged = outcome.detail
    return problem


def _killed(outcome: Outcome, found: Circumstances) -> ProblemError:
    if outcome.signal == "SIGSYS":
        call = f"the system call {outcome.syscall}" if outcome.syscall else "a system call"
        how = f"by the seccomp filter: it tried {call}, which rendering never needs"
    elif outcome.signal:
        how = f"by {outcome.signal}"
    else:
        how = f"or broke off (exit status {outcome.exit_status})"
    detail = f"The worker that had this document was killed {how}. Other requests are not affected."
    return _problem(found, "worker-killed", detail, signal=outcome.signal, syscall=outcome.syscall)
