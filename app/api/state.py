"""How a call comes to the state of its application."""

from __future__ import annotations

from typing import cast

from starlette.requests import Request

from app.state import AppState


def state_of(request: Request) -> AppState:
    """The dependency that gives a call the state of its application."""
    return cast("AppState", request.app.state.shared)
