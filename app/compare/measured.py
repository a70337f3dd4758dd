"""What the worker that compares says: untrusted, so read with a strict model, every list and text bounded."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from app.report import MAX_REPORT_BYTES, Refusal, ReportError, Sentence, Strict

Pixels = Annotated[int, Field(ge=0, le=2**32)]
Side = Annotated[int, Field(ge=1, le=65535)]
Unit = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Box(Strict):
    """In pixels of the picture."""

    x: Pixels
    y: Pixels
    width: Pixels
    height: Pixels


class Difference(Strict):
    """How far two pictures are apart. Where they have clear pixels they are laid on white and on black, and the worse
    counts."""

    width: Side
    height: Side
    judged_pixels: Pixels = Field(description="Pixels that no mask covers; shares are of these")
    max_delta: int = Field(ge=0, le=255, description="Largest difference in any channel")
    changed_pixels: Pixels = Field(description="Pixels with any difference at all")
    differing_pixels: Pixels = Field(description="Pixels that differ to the eye (pixelmatch: YIQ above 0.1)")
    smoothing_pixels: Pixels = Field(description="Pixels left out of these, as only an edge's anti-aliasing differs")
    clearly_off_pixels: Pixels = Field(description="Pixels off by more than 32 of 255 in some channel")
    ssim: float = Field(
        ge=-1, le=1, allow_inf_nan=False, description="Mean structural similarity, 7 x 7 window; 1: same"
    )
    flip_mean: Unit | None = Field(description="Mean FLIP error at 67 pixels per degree; 0: same")
    flip_p99: Unit | None = Field(description="99th percentile of the FLIP error")
    flip_missing: Sentence | None = Field(description="Why there is no FLIP")
    bounding_box: Box | None = Field(description="Around the differing pixels")
    changed_box: Box | None = Field(description="Around the changed pixels")


Size = tuple[Side, Side]
"""Width and height."""


class Compared(Strict):
    """``sizes``: of both pictures, as they were decoded. ``difference``: None where they are not the same."""

    ok: Literal[True]
    sizes: tuple[Size, Size] = Field(strict=False)
    difference: Difference | None


_ADAPTER: TypeAdapter[Compared | Refusal] = TypeAdapter(Annotated[Compared | Refusal, Field(discriminator="ok")])


def read_compared(data: bytes) -> Compared | Refusal:
    """Raises ReportError."""
    if len(data) > MAX_REPORT_BYTES:
        raise ReportError(f"it has {len(data)} bytes")
    try:
        said = _ADAPTER.validate_json(data)
    except ValidationError as error:
        raise ReportError(str(error.errors(include_input=False, include_url=False)[0]["type"])) from None
    if isinstance(said, Compared) and (said.difference is None) == (said.sizes[0] == said.sizes[1]):
        raise ReportError("it measures two sizes, or not one")
    return said
