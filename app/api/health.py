"""``/healthz`` and ``/readyz``: never behind the render queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from app.api.state import state_of
from app.report import clean
from app.service.backend import Backend
from app.state import AppState
from sandbox.policy.model import waive

router = APIRouter()

_PROCESSOR: Mapping[str, object] = {"name": "Skia raster", "software": True}


class Health(BaseModel):
    """The process is up."""

    status: Literal["ok"] = "ok"


class Missing(BaseModel):
    """The layer a path could not have."""

    layer: str
    detail: str
    hint: str


class PathState(BaseModel):
    """One render path, as a rehearsal worker found it at the start."""

    ready: bool
    layers: list[str] = Field(description="What the kernel said is in force")
    waived: list[str] = Field(description="Layers of this path that the operator lets be missing")
    unsandboxed: bool = Field(description="Runs with no sandbox at all, to be measured")
    device: str | None = Field(description="What draws, where the path says so before a render")
    software: bool | None
    missing: Missing | None = None


class Readiness(BaseModel):
    """Whether a picture can be had now, and how well it would be locked."""

    ready: bool
    draining: bool
    running: int
    waiting: int
    paths: dict[str, PathState]


@router.get("/healthz", summary="Is the process up?")
async def healthz() -> Health:
    return Health()


@router.get("/readyz", summary="Can pictures be had, and how are they locked?", responses={503: {"model": Readiness}})
async def readyz(state: Annotated[AppState, Depends(state_of)]) -> Response:
    """200 when at least one path is ready and the server is not stopping, else 503; the same body both times."""
    readiness = read(state)
    return JSONResponse(readiness.model_dump(), 200 if readiness.ready else 503)


def read(state: AppState) -> Readiness:
    paths = {name: _path_state(backend, state) for name, backend in state.backends.paths.items()}
    slots = [backend.slots for backend in state.backends.everyone]
    return Readiness(
        ready=not state.admission.draining and any(path.ready for path in paths.values()),
        draining=state.admission.draining,
        running=sum(each.running for each in slots),
        waiting=sum(each.waiting for each in slots),
        paths=paths,
    )


def _path_state(backend: Backend, state: AppState) -> PathState:
    device = backend.device or _PROCESSOR if backend.name == "cpu" else backend.device
    name, software = device.get("name"), device.get("software")
    return PathState(
        ready=backend.ready,
        layers=list(backend.layers),
        waived=list(waive(backend.policy, state.settings.waive).given_up),
        unsandboxed=state.settings.unsafe_no_sandbox_for_measuring,
        device=clean(name)[:200] if isinstance(name, str) else None,
        software=software if isinstance(software, bool) else None,
        missing=_missing(backend),
    )


def _missing(backend: Backend) -> Missing | None:
    error = backend.refused
    if error is None:
        return None
    return Missing(layer=error.layer, detail=error.detail[:1000], hint=error.hint[:1000])
