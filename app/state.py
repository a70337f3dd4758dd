"""What the calls of one server share."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.admission import Admission, AdmissionBounds
from app.metrics import Metrics
from app.service.backends import Backends
from app.settings import Settings


@dataclass(slots=True)
class AppState:
    """Made once per application."""

    settings: Settings
    backends: Backends
    admission: Admission
    metrics: Metrics = field(default_factory=Metrics)


def make_state(settings: Settings, backends: Backends) -> AppState:
    bounds = AdmissionBounds(settings.max_uploads, settings.max_pending_bytes)
    return AppState(settings, backends, Admission(bounds))
