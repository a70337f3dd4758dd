"""``GET /v1/sandbox``: what holds a render, read back from the kernel, and what the attack suite last made of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from app import attackrecord
from app.api import health
from app.api.state import state_of
from app.attackrecord import AttackRecord
from app.service.backend import Backend
from app.state import AppState

router = APIRouter()


class Locked(health.PathState):
    """One render path, and the policy its workers are held to."""

    policy: str = Field(description="Name of the policy; `renderserver policy show` prints it")
    demanded: list[str] = Field(description="Layers of the policy; one that is missing and not waived is a refusal")


class Sandbox(BaseModel):
    """The paths of this server, and the last run of `renderserver attack` by its user on this host, if any."""

    paths: dict[str, Locked]
    attack: AttackRecord | None


@router.get("/v1/sandbox", summary="What is in force, and what the attack suite made of it")
def sandbox(state: Annotated[AppState, Depends(state_of)]) -> Sandbox:
    """Never behind the render queue."""
    states = health.read(state).paths
    paths = {name: _locked(backend, states[name]) for name, backend in state.backends.paths.items()}
    return Sandbox(paths=paths, attack=attackrecord.load())


def _locked(backend: Backend, found: health.PathState) -> Locked:
    return Locked(**found.model_dump(), policy=backend.policy.name, demanded=list(backend.policy.layers))
