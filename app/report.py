"""What a worker says about its render: written inside the sandbox by code that has seen the document, so untrusted.

It is read with a strict model, every text and list bounded, and nothing in it decides more than which sentence the
client reads: the media type, the status of a success and all header names are the front end's own.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

MAX_REPORT_BYTES = 256 * 1024

ReportT = TypeVar("ReportT")
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]


def clean(text: str) -> str:
    """The text on one line, without control, format or unassigned characters."""
    return "".join(" " if c in "\n\t\r" else c for c in text if c in "\n\t\r" or not _is_invisible(c)).strip()


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _shortened(limit: int) -> AfterValidator:
    return AfterValidator(lambda text: text if len(text) <= limit else text[: limit - 1] + "…")


Sentence = Annotated[str, AfterValidator(clean), _shortened(1000)]
Name = Annotated[str, AfterValidator(clean), _shortened(200)]
Stage = Literal["parse", "lower", "draw", "read", "encode"]
STAGES: tuple[Stage, ...] = ("parse", "lower", "draw", "read", "encode")
TIMED = ("queue", "sandbox", *STAGES)
"""What is timed of every request, in the order of time; a vector format has no pixels to read or to encode."""
Milliseconds = Annotated[float, Field(ge=0, le=1e8, allow_inf_nan=False)]


class Strict(BaseModel):
    """What a worker wrote: nothing but what is asked for, and no value that has to be converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReportedWarning(Strict):
    """Something the picture does not show as the document has it."""

    code: Code
    node: Name | None = None
    detail: Sentence = ""


class DrawnBy(Strict):
    """What drew the picture."""

    name: Name
    software: bool
    api: Name = ""


class RenderReport(Strict):
    """The report of a render that worked. Of an order for several pictures also: ``node`` that was drawn, its
    ``name``, the ``suffix`` of an export setting."""

    ok: Literal[True]
    media_type: Name
    width: int = Field(ge=1, le=65535)
    height: int = Field(ge=1, le=65535)
    timings_ms: dict[Stage, Milliseconds]
    warnings: tuple[ReportedWarning, ...] = Field((), max_length=1000, strict=False)
    warnings_dropped: int = Field(0, ge=0)
    device: DrawnBy
    node: Name | None = None
    name: Name = ""
    suffix: Name = ""


class CountReport(Strict):
    """How many pictures there will be of a document that could be read."""

    ok: Literal[True]
    count: int = Field(ge=0, le=100_000)


class Refusal(Strict):
    """The report of a document that cannot be rendered."""

    ok: Literal[False]
    code: Code
    detail: Sentence
    field: Name | None = None
    stage: Code | None = None
    timings_ms: dict[Stage, Milliseconds] = Field(default_factory=dict)
    node: Name | None = None
    name: Name = ""
    suffix: Name = ""


_REPORTS: TypeAdapter[RenderReport | Refusal] = TypeAdapter(
    Annotated[RenderReport | Refusal, Field(discriminator="ok")]
)
_COUNTS: TypeAdapter[CountReport | Refusal] = TypeAdapter(Annotated[CountReport | Refusal, Field(discriminator="ok")])
_FIELDS = {*RenderReport.model_fields, *Refusal.model_fields, *CountReport.model_fields}


class ReportError(ValueError):
    """Not a report. The message names the field, and repeats nothing the worker wrote."""


def read_report(data: bytes) -> RenderReport | Refusal:
    """Raises ReportError."""
    return _read(data, _REPORTS)


def read_count(data: bytes) -> CountReport | Refusal:
    """Raises ReportError."""
    return _read(data, _COUNTS)


def _read(data: bytes, adapter: TypeAdapter[ReportT]) -> ReportT:
    if len(data) > MAX_REPORT_BYTES:
        raise ReportError(f"it has {len(data)} bytes")
    try:
        return adapter.validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = next((part for part in first["loc"] if part in _FIELDS), "it")
        raise ReportError(f"{where}: {first['type']}") from None
