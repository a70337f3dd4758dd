"""``/metrics`` for Prometheus."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.api.state import state_of
from app.metrics import MEDIA_TYPE
from app.state import AppState

router = APIRouter()


@router.get("/metrics", summary="Counts in Prometheus' text format", response_class=Response)
async def metrics(state: Annotated[AppState, Depends(state_of)]) -> Response:
    """Renders by verdict, latencies, the queue, and violations by system call."""
    return Response(state.metrics.text(state.admission, state.backends.everyone), media_type=MEDIA_TYPE)
