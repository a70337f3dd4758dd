"""What ``POST /v1/compare`` answers, and what the command line writes as JSON."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, computed_field

from app.compare.measured import Difference
from app.problems import Problem
from app.report import TIMED, DrawnBy, ReportedWarning


class Drawn(BaseModel):
    """A path that drew its picture."""

    drawn: Literal[True] = True
    device: DrawnBy
    width: int
    height: int
    media_type: str
    size_bytes: int = Field(serialization_alias="bytes", description="Bytes of the encoded picture")
    timings_ms: dict[str, float] = Field(description=f"Milliseconds by stage: {', '.join(TIMED)}")
    layers: list[str] = Field(description="Layers of the sandbox the kernel said were in force")
    warnings: list[ReportedWarning]
    warnings_dropped: int


class NotDrawn(BaseModel):
    """A path that did not, and why: what `/v1/render` would have answered."""

    drawn: Literal[False] = False
    problem: Problem


class Measured(Difference):
    """Two pictures that were compared."""

    compared: Literal[True] = True

    @computed_field(description="Of the judged pixels")  # type: ignore[prop-decorator]
    @property
    def changed_share(self) -> float:
        return self._share(self.changed_pixels)

    @computed_field(description="Of the judged pixels")  # type: ignore[prop-decorator]
    @property
    def differing_share(self) -> float:
        return self._share(self.differing_pixels)

    @computed_field(description="Of the judged pixels")  # type: ignore[prop-decorator]
    @property
    def clearly_off_share(self) -> float:
        return self._share(self.clearly_off_pixels)

    def _share(self, pixels: int) -> float:
        return pixels / self.judged_pixels if self.judged_pixels else 0.0


class NotMeasured(BaseModel):
    """Two pictures that were not, and why."""

    compared: Literal[False] = False
    reason: str
    code: str | None = Field(None, description="The kind of problem, where it is one", examples=["limit-cpu"])


class Reference(BaseModel):
    """The picture that was sent along, and each path's distance from it."""

    width: int | None = Field(description="None where it was not looked at")
    height: int | None
    cpu: Measured | NotMeasured
    gpu: Measured | NotMeasured


class Comparison(BaseModel):
    """One document on both paths."""

    cpu: Drawn | NotDrawn
    gpu: Drawn | NotDrawn
    difference: Measured | NotMeasured = Field(description="The GPU path's picture against the CPU path's")
    reference: Reference | None = None
    compare_ms: dict[str, float] = Field(description="Milliseconds of the comparison: queue, worker")
    compare_layers: list[str] = Field(description="Layers that were in force on the worker that compared")
