"""What the calls of one server share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request

from app.admission import Admission, AdmissionBounds
from app.dispatch import Renders
from app.metrics import Metrics
from app.settings import Settings


@dataclass(slots=True)
class AppState:
    """Made once per application."""

    settings: Settings
    renders: Renders
    admission: Admission
    metrics: Metrics = field(default_factory=Metrics)


def make_state(settings: Settings, renders: Renders) -> AppState:
    bounds = AdmissionBounds(
        workers=settings.workers,
        queue_size=settings.queue_size,
        queue_wait_s=settings.queue_wait_s,
        uploads=settings.max_uploads,
        pending_bytes=settings.max_pending_bytes,
    )
    return AppState(settings, renders, Admission(bounds))


def state_of(request: Request) -> AppState:
    """The dependency that gives a call the state of its application."""
    return cast("AppState", request.app.state.shared)
