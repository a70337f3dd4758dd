"""Every kind of problem there is, as RFC 9457 has them: ``application/problem+json``.

:data:`CATALOGUE` lists every kind of problem with its status and title. ``type`` is a reference into the server's own
``/docs`` page, which is generated from the same table. ``detail`` says what failed, why and how to fix it; a client's
names the field, an operator's the setting. No path of this host and no traceback ever gets into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Any, cast

from pydantic import BaseModel, Field

from sandbox.exceptions import SandboxError

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """``title`` never changes from one occurrence to the next (RFC 9457, 3.1.3)."""

    status: int
    title: str


CATALOGUE: Mapping[str, Kind] = {
    # the request
    "body-empty": Kind(400, "The request has no body"),
    "multipart-invalid": Kind(400, "The multipart body is malformed"),
    "request-aborted": Kind(400, "The body ended before its announced length"),
    "not-found": Kind(404, "There is nothing at this address"),
    "method-not-allowed": Kind(405, "This address does not take that method"),
    "not-acceptable": Kind(406, "There is no answer of a kind that the client accepts"),
    "upload-timeout": Kind(408, "The body took too long to arrive"),
    "header-timeout": Kind(408, "The header took too long to arrive"),
    "body-too-large": Kind(413, "The request body is too large"),
    "media-type-unsupported": Kind(415, "The media type is not supported"),
    "header-too-large": Kind(431, "The request's header is too large"),
    "request-invalid": Kind(400, "The request is malformed"),
    "option-invalid": Kind(422, "An option is not valid"),
    "part-invalid": Kind(422, "A part of the multipart body cannot be used"),
    "image-digest-mismatch": Kind(422, "An image does not have the digest it is named by"),
    # the document: said by the worker
    "document-invalid": Kind(422, "The document cannot be read"),
    "node-not-found": Kind(422, "The document has no such node"),
    "image-invalid": Kind(422, "An image cannot be decoded"),
    "limit-exceeded": Kind(422, "The document breaks a limit"),
    "render-failed": Kind(422, "The document cannot be rendered"),
    "limit-wall": Kind(422, "The render took too long"),
    "limit-cpu": Kind(422, "The render used too much CPU time"),
    "limit-memory": Kind(422, "The render needs too much memory"),
    "limit-output": Kind(422, "The picture is too large"),
    # the server
    "overloaded": Kind(429, "The server has too much to do"),
    "internal": Kind(500, "The server failed"),
    "worker-killed": Kind(502, "The worker was killed"),
    "worker-answer-invalid": Kind(502, "The worker's answer cannot be trusted"),
    "draining": Kind(503, "The server is stopping"),
    "queue-timeout": Kind(503, "No worker came free in time"),
    "sandbox-unavailable": Kind(503, "A layer of the sandbox cannot be had"),
    "path-unavailable": Kind(503, "The render path is not running"),
    "fork-server-gone": Kind(503, "The fork server went away"),
}

# What a worker may say of its document. Any other code of its own is filed under one of these by how it begins.
DOCUMENT_CODES = frozenset(
    {"document-invalid", "node-not-found", "image-invalid", "limit-exceeded", "option-invalid", "render-failed"}
)


class Problem(BaseModel):
    """A problem details object (RFC 9457) with this server's extensions."""

    type: str = Field(description="Reference to what this kind of problem is", examples=["/docs#limit-exceeded"])
    title: str
    status: int
    detail: str = Field(description="What failed, why, and how to fix it")
    code: str = Field(description="The kind of problem, for programs", examples=["limit-exceeded"])
    stage: str | None = Field(None, description="How far the render came", examples=["parse"])
    field: str | None = Field(None, description="The option, the part, or the place in the document")
    node: str | None = Field(None, description="Of several pictures, the node whose there is none of")
    index: int | None = Field(None, description="Of several pictures, which one in their order, from 0")
    layer: str | None = Field(None, description="The layer of the sandbox that is missing")
    signal: str | None = Field(None, description="The signal that ended the worker", examples=["SIGSYS"])
    syscall: str | None = Field(None, description="The system call the filter stopped", examples=["openat"])
    errors: list[dict[str, str]] | None = Field(None, description="All options that are not valid")
    timings: dict[str, float] | None = Field(None, description="Milliseconds spent, by stage")
    request_id: str | None = None


@dataclass(eq=False)
class ProblemError(Exception):
    """Raised anywhere in ``app``; ``code`` is a key of :data:`CATALOGUE`. ``extra``: members of :class:`Problem`.
    ``logged``: what only the log says."""

    code: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)
    subcode: str | None = None
    logged: str | None = None

    @property
    def kind(self) -> Kind:
        return CATALOGUE[self.code]

    def __str__(self) -> str:
        return f"{self.subcode or self.code}: {self.detail}"

    def problem(self, request_id: str | None = None) -> Problem:
        return Problem.model_validate(
            {
                "type": f"/docs#{self.code}",
                "title": self.kind.title,
                "status": self.kind.status,
                "detail": self.detail,
                "code": self.subcode or self.code,
                "request_id": request_id,
                **self.extra,
            }
        )


def retry_after(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, round(seconds)))}


def overloaded(why: str) -> ProblemError:
    return ProblemError("overloaded", f"{why} Send the request again after the time in Retry-After.", retry_after(1))


def unavailable(path: str, error: SandboxError) -> ProblemError:
    """Fail closed: the layer is named, and what it takes to have it; never a weaker sandbox instead. What was wrong
    in detail is the operator's to read: raise it from the error."""
    hint = f" {error.hint[:500]}." if error.hint else ""
    detail = (
        f"The {path} path cannot be locked as it must be: the layer {error.layer} is missing on this server.{hint} "
        "Its operator finds out why with `renderserver doctor`."
    )
    return ProblemError("sandbox-unavailable", detail, extra={"layer": error.layer})


def option_invalid(
    found: Iterable[Mapping[str, Any]], headers: Mapping[str, str] = MappingProxyType({})
) -> ProblemError:
    """Of what pydantic says; the first part of a place tells where in the request it is, and is left out."""
    errors = [{"field": _field(item), "detail": _message(item)} for item in islice(found, 20)]
    detail = "; ".join(f"{item['field']}: {item['detail']}" for item in errors)
    extra = {"field": errors[0]["field"], "errors": errors}
    return ProblemError("option-invalid", detail[:2000], headers, extra)


def _field(item: Mapping[str, object]) -> str:
    where = cast("tuple[str | int, ...]", item["loc"])
    return ".".join(part for part in where[1:] if isinstance(part, str))[:100] or "query"


def _message(item: Mapping[str, object]) -> str:
    if item["type"] == "extra_forbidden":
        return "there is no such option; /docs lists them"
    message = str(item["msg"]).removeprefix("Value error, ")
    return f"{message} (got {str(item['input'])[:80]!r})" if isinstance(item.get("input"), str) else message
