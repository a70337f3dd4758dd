"""Puts the application together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata

from fastapi import FastAPI

from app import problemresponses, problems
from app.api import compare, docs, health, metrics, playground, render, sandbox
from app.requestid import RequestIdMiddleware
from app.service.backends import Backends, local
from app.settings import Settings
from app.state import make_state

_DESCRIPTION = (
    "POST a design document, get pixels back. Nothing outside a sandbox ever reads a document; every answer says which "
    "layers of it were in force."
)


def version() -> str:
    try:
        return metadata.version("renderserver")
    except metadata.PackageNotFoundError:  # run from a source tree
        return "0"


def create_app(settings: Settings, backends: Backends | None = None) -> FastAPI:
    """The application; its lifespan starts and stops the backends."""
    state = make_state(settings, backends or local(settings))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await state.backends.start()
        try:
            yield
        finally:
            await state.backends.stop(settings.stop_grace_s)

    app = FastAPI(
        title="renderserver",
        version=version(),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.shared = state
    for module in (render, compare, health, sandbox, metrics, docs, playground):
        app.include_router(module.router)
    problemresponses.install(app)
    app.add_middleware(RequestIdMiddleware)
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put the problem object into the OpenAPI description, which the calls refer to."""
    schema = app.openapi()
    schema["components"]["schemas"]["Problem"] = problems.Problem.model_json_schema()
