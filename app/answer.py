"""From how a render went to what the client gets: the one judge of outcomes, for HTTP and the command line alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from app.options import PictureQuery
from app.problems import DOCUMENT_CODES, ProblemError
from app.report import STAGES, Refusal, RenderReport, ReportError, Stage, read_report
from renderer.formats import ImageFormat
from renderer.options import RenderOptions, Shows
from sandbox.job import Limits, Outcome, Verdict

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A picture. ``timings_ms``: queue, sandbox, parse, lower, draw, read, encode."""

    body: bytes
    image_format: ImageFormat
    picture: RenderReport
    path: str
    layers: tuple[str, ...]
    timings_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is known of a render when it is over. ``queue_ms``: how long it had waited."""

    query: PictureQuery
    path: str
    outcome: Outcome
    limits: Limits
    queue_ms: float
    shows: Shows = Shows.PICTURE

    @property
    def media_type(self) -> str:
        """Of what was asked for."""
        return RenderOptions(format=self.query.picture_format, shows=self.shows).media_type


def answer(rendered: Rendered) -> Answer:
    """Raises ProblemError for anything that is not a picture."""
    if rendered.outcome.verdict is not Verdict.COMPLETED:
        raise not_completed(rendered)
    report = _report(rendered)
    if isinstance(report, Refusal):
        raise _refused(rendered, report)
    _check_picture(rendered, report)
    return Answer(
        body=bytes(rendered.outcome.output),
        image_format=rendered.query.picture_format,
        picture=report,
        path=rendered.path,
        layers=rendered.outcome.layers,
        timings_ms=timings(rendered, report.timings_ms),
    )


def timings(rendered: Rendered, stages: Mapping[Stage, float] | None = None) -> dict[str, float]:
    """``sandbox``: all of the worker's life that is none of its own stages: fork, layers, lock, way there and back."""
    stages = stages or {}
    total = rendered.outcome.timings_ms.get("total", 0.0)
    own: dict[str, float] = {stage: round(stages[stage], 3) for stage in STAGES if stage in stages}
    sandbox = max(0.0, total - sum(own.values()))
    return {"queue": round(rendered.queue_ms, 3), "sandbox": round(sandbox, 3), **own}


def _report(rendered: Rendered) -> RenderReport | Refusal:
    try:
        return read_report(bytes(rendered.outcome.report))
    except ReportError as error:
        raise _distrusted(rendered, f"its report is not one ({error})") from None


def _check_picture(rendered: Rendered, picture: RenderReport) -> None:
    """The worker chooses nothing: a picture of another type than asked for, or none, is not passed on."""
    if picture.media_type != rendered.media_type:
        raise _distrusted(rendered, "it made another format than it was asked for")
    if not rendered.outcome.output:
        raise _distrusted(rendered, "it reported a picture and wrote none")


def _problem(rendered: Rendered, code: str, detail: str, **extra: object) -> ProblemError:
    outcome = rendered.outcome
    headers = {"Render-Path": rendered.path}
    if outcome.layers:
        headers["Sandbox-Layers"] = ", ".join(outcome.layers)
    return ProblemError(code, detail, headers, {"stage": outcome.stage, "timings": timings(rendered), **extra})


def _distrusted(rendered: Rendered, why: str) -> ProblemError:
    return _problem(rendered, "worker-answer-invalid", f"The worker ended well, but {why}. Nothing of it is passed on.")


# --- documents that are refused -------------------------------------------------------------------------------------


def _refused(rendered: Rendered, report: Refusal) -> ProblemError:
    """A refusal by the renderer. The worker may choose the sentence, and among the 422s; no other status."""
    extra = {"stage": report.stage, "field": report.field, "timings": timings(rendered, report.timings_ms)}
    if report.code == "internal":
        _log.error("renderer-failed", error=report.detail, stage=report.stage)
        detail = "The renderer failed on this document. This is a bug in it; the server's log names the error."
        return _problem(rendered, "internal", detail, **extra)
    if report.code == "limit-memory":
        return _problem(rendered, "limit-memory", _MEMORY.format(limits=rendered.limits), **extra)
    problem = _problem(rendered, kind_of(report.code), report.detail, **extra)
    problem.subcode = report.code
    return problem


def kind_of(code: str) -> str:
    """The catalogue's entry for a code of the renderer."""
    if code in DOCUMENT_CODES:
        return code
    for prefix, kind in (("limit-", "limit-exceeded"), ("image-", "image-invalid"), ("option-", "option-invalid")):
        if code.startswith(prefix):
            return kind
    return "document-invalid" if code.startswith("document-") else "render-failed"


# --- workers that did not come to an end ----------------------------------------------------------------------------

_MEMORY = (
    "The render needs more than the {limits.memory_bytes} bytes one render may use (RENDERSERVER_MEMORY_BYTES). "
    "Ask for a smaller picture, or send fewer or smaller images."
)
_LIMITS = {
    Verdict.LIMIT_WALL: "The render was stopped after {limits.wall_s:g} s (RENDERSERVER_WALL_S). "
    "Ask for a smaller picture or a part of the document with `node`.",
    Verdict.LIMIT_CPU: "The render was stopped after {limits.cpu_s:g} s of CPU time (RENDERSERVER_CPU_S). "
    "Ask for a smaller picture or a part of the document with `node`.",
    Verdict.LIMIT_MEMORY: _MEMORY,
    Verdict.LIMIT_OUTPUT: "The picture has more than {limits.output_bytes} bytes (RENDERSERVER_OUTPUT_BYTES). "
    "Ask for a smaller one, or another format.",
}


def not_completed(rendered: Rendered) -> ProblemError:
    """What a worker's verdict other than ``completed`` means to the client."""
    outcome = rendered.outcome
    if outcome.verdict in _LIMITS:
        detail = _LIMITS[outcome.verdict].format(limits=rendered.limits)
        return _problem(rendered, outcome.verdict.value, detail)
    if outcome.verdict is Verdict.REFUSED:
        layer = outcome.refused_layer or "unknown"
        detail = f"The layer {layer} was not in force for this render, so nothing of it is passed on. Its operator "
        return _problem(
            rendered, "sandbox-unavailable", detail + "finds out why with `renderserver doctor`.", layer=layer
        )
    return _killed(rendered)


def _killed(rendered: Rendered) -> ProblemError:
    outcome = rendered.outcome
    if outcome.signal == "SIGSYS":
        call = f"the system call {outcome.syscall}" if outcome.syscall else "a system call"
        how = f"by the seccomp filter: it tried {call}, which rendering never needs"
    elif outcome.signal:
        how = f"by {outcome.signal}"
    else:
        how = f"or broke off (exit status {outcome.exit_status})"
    detail = f"The worker that had this document was killed {how}. Other requests are not affected."
    return _problem(rendered, "worker-killed", detail, signal=outcome.signal, syscall=outcome.syscall)
