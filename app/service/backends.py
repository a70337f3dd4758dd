"""The backends of this server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from app.options import Path
from app.problems import ProblemError, unavailable
from app.service.backend import Backend
from app.service.local import LocalBackend, Server
from app.service.slots import Slots
from app.service.specs import COMPARE, fork_server
from app.settings import Settings


class Backends:
    """``paths``: those that draw, by the name of their path; ``comparing``: the one that compares pictures."""

    def __init__(self, paths: Mapping[str, Backend], comparing: Backend) -> None:
        self.paths = paths
        self.comparing = comparing

    async def start(self) -> None:
        """Start every path. One that cannot be had is remembered as refused; the others serve. What compares is started
        by the first comparison: it takes seconds and memory that a server which never gets one need not have."""
        await asyncio.gather(*(backend.start() for backend in self.paths.values()))

    async def stop(self, grace_s: float) -> None:
        await asyncio.gather(*(backend.stop(grace_s) for backend in self.everyone))

    @property
    def everyone(self) -> tuple[Backend, ...]:
        return (*self.paths.values(), self.comparing)

    def choose(self, wanted: Path) -> Backend:
        """Who draws. Raises ProblemError where the path that was named cannot serve."""
        name = wanted.value if wanted is not Path.AUTO else self._automatic()
        backend = self.paths.get(name)
        if backend is None:
            detail = f"The {name} path is switched off on this server (RENDERSERVER_PATHS)."
            raise ProblemError("path-unavailable", detail)
        if backend.refused is not None:
            raise unavailable(backend.name, backend.refused) from backend.refused
        return backend

    def _automatic(self) -> str:
        gpu = self.paths.get("gpu")
        if gpu is not None and (_on_hardware(gpu) or "cpu" not in self.paths):
            return "gpu"
        return "cpu"


def _on_hardware(backend: Backend) -> bool:
    return backend.ready and backend.device.get("software") is False


def local(settings: Settings, make: Callable[[Settings, str], Server] = fork_server) -> Backends:
    """On fork servers of this machine. ``make``: how one is made, for tests to replace."""
    paths: dict[str, Backend] = {
        name: LocalBackend(name, make(settings, name), _slots(settings)) for name in dict.fromkeys(settings.paths)
    }
    comparing = LocalBackend(COMPARE, make(settings, COMPARE), _slots(settings))
    return Backends(paths, comparing)


def _slots(settings: Settings) -> Slots:
    return Slots(settings.workers, settings.queue_size, settings.queue_wait_s)
