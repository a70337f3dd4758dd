"""Renders on the fork servers: which path, on which server, and what each one says about itself."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Protocol

import structlog

import renderer
from app.options import Path
from app.problems import ProblemError, retry_after
from app.settings import Settings
from app.workerenvironment import worker_environment
from sandbox.client.forkserver import ForkServer, ForkServerGoneError
from sandbox.exceptions import SandboxError
from sandbox.job import Outcome
from sandbox.spec import NATIVE, Confinement, WorkerSpec

_PACKAGE = FilePath(renderer.__file__).resolve().parent
# A wheel carries them inside the package, a source tree beside it.
BUNDLED_FONTS = next((f for f in (_PACKAGE / "_fonts",) if f.is_dir()), _PACKAGE.parent / "fonts")
ENTRIES = {"cpu": "app.worker:CpuEntry", "gpu": "app.gpuworker:GpuEntry"}
_LEVELS = {"strict": "cpu-strict", "compute": "cpu-compute"}
COMPARE = "compare"
_COMPARE_ENTRY = "app.compareworker:CompareEntry"
_log = structlog.get_logger(__name__)


class Server(Protocol):
    """What is used of :class:`sandbox.client.forkserver.ForkServer`."""

    layers: tuple[str, ...]
    device: dict[str, object]

    @property
    def ready(self) -> bool: ...
    @property
    def pid(self) -> int | None: ...
    async def start(self) -> None: ...
    async def submit(self, header: bytes, inputs: Sequence[int]) -> Outcome: ...
    async def stop(self, grace_s: float) -> None: ...


@dataclass(slots=True)
class RenderPath:
    """One path. ``refused``: why its fork server could not be started, and by which layer."""

    name: str
    server: Server
    refused: SandboxError | None = None

    @property
    def ready(self) -> bool:
        return self.refused is None and self.server.ready

    @property
    def on_hardware(self) -> bool:
        return self.ready and self.server.device.get("software") is False


def configure(settings: Settings, path: str) -> WorkerSpec:
    """How the fork server of a path is started under these settings."""
    fonts = (BUNDLED_FONTS, *settings.fonts_dirs)
    images = settings.images_dir
    in_tree = path == "gpu" and not settings.unsafe_no_sandbox_for_measuring
    mounts = [(str(folder), f"/fonts/{number}") for number, folder in enumerate(fonts)]
    limits = {name: getattr(settings, name) for name in ("max_nodes", "max_image_pixels", "max_output_pixels")}
    return WorkerSpec(
        name=path,
        kind=Confinement.COMPOSED if path == "gpu" else Confinement.LOCKED,
        policy="gpu" if path == "gpu" else _LEVELS[settings.level],
        entry=ENTRIES[path],
        entry_options={
            "fonts": [str(folder) for folder in fonts],
            "images": None if images is None else "/images" if in_tree else str(images),
            "limits": limits,
        },
        workers=settings.workers,
        pool=settings.pool,
        launcher=settings.launcher if path == "gpu" else NATIVE,
        environment=worker_environment(os.environ),
        limits=settings.limits,
        waived=settings.waive,
        unsandboxed=settings.unsafe_no_sandbox_for_measuring,
        uid=settings.uid,
        gid=settings.gid,
        mounts=tuple(mounts if images is None else [*mounts, (str(images), "/images")]) if path == "gpu" else (),
    )


def configure_compare(settings: Settings) -> WorkerSpec:
    """How the fork server that compares pictures is started: like the CPU path's, under a filter of its own."""
    return WorkerSpec(
        name=COMPARE,
        kind=Confinement.LOCKED,
        policy="cpu-compare",
        entry=_COMPARE_ENTRY,
        entry_options={"limits": {"max_pixels": settings.max_output_pixels}},
        workers=settings.workers,
        pool=min(1, settings.pool),
        environment=worker_environment(os.environ),
        limits=settings.limits,
        waived=settings.waive,
        unsandboxed=settings.unsafe_no_sandbox_for_measuring,
        uid=settings.uid,
        gid=settings.gid,
    )


def fork_server(settings: Settings, path: str) -> Server:
    return ForkServer(configure_compare(settings) if path == COMPARE else configure(settings, path))


class Renders:
    """The render paths of this server. ``make``: how a fork server is made, for tests to replace."""

    def __init__(self, settings: Settings, make: Callable[[Settings, str], Server] = fork_server) -> None:
        self.settings = settings
        self.paths: dict[str, RenderPath] = {
            name: RenderPath(name, make(settings, name)) for name in dict.fromkeys(settings.paths)
        }
        self._make = make
        self._comparing: RenderPath | None = None
        self._comparing_starts = asyncio.Lock()

    async def start(self) -> None:
        """Start every path. One that cannot be had is remembered as refused; the others serve."""
        await asyncio.gather(*(_start(path) for path in self.paths.values()))

    async def stop(self) -> None:
        all_paths = [*self.paths.values(), *([self._comparing] if self._comparing else [])]
        started = [path for path in all_paths if path.refused is None]
        await asyncio.gather(*(path.server.stop(self.settings.stop_grace_s) for path in started))

    def choose(self, wanted: Path) -> RenderPath:
        """The path to take. Raises ProblemError where the one that was named cannot serve."""
        name = wanted.value if wanted is not Path.AUTO else self._automatic()
        path = self.paths.get(name)
        if path is None:
            detail = f"The {name} path is switched off on this server (RENDERSERVER_PATHS)."
            raise ProblemError("path-unavailable", detail)
        if path.refused is not None:
            raise unavailable(path.name, path.refused) from path.refused
        return path

    def _automatic(self) -> str:
        gpu = self.paths.get("gpu")
        if gpu is not None and (gpu.on_hardware or "cpu" not in self.paths):
            return "gpu"
        return "cpu"

    async def submit(self, path: RenderPath, header: bytes, fds: Sequence[int]) -> Outcome:
        """Raises ProblemError ``fork-server-gone``: it is started again, and the client may send the request again."""
        try:
            return await path.server.submit(header, fds)
        except ForkServerGoneError:
            detail = f"The {path.name} path's fork server ended while it had this request; it is being started again."
            raise ProblemError("fork-server-gone", detail, retry_after(1)) from None

    async def comparing(self) -> RenderPath:
        """What compares pictures. Started when it is first asked for: it takes seconds and 100 MB that a server nobody
        compares on need not have. Raises ProblemError where it cannot be had."""
        async with self._comparing_starts:
            if self._comparing is None:
                path = RenderPath(COMPARE, self._make(self.settings, COMPARE))
                await _start(path)
                self._comparing = path
        if self._comparing.refused is not None:
            raise unavailable(COMPARE, self._comparing.refused) from self._comparing.refused
        return self._comparing


async def _start(path: RenderPath) -> None:
    try:
        await path.server.start()
    except SandboxError as error:
        path.refused = error
        _log.error("path-unavailable", path=path.name, layer=error.layer, reason=str(error))
    else:
        _log.info("path-ready", path=path.name, layers=path.server.layers, device=path.server.device or None)


def unavailable(name: str, error: SandboxError) -> ProblemError:
    """Fail closed: the layer is named, and what it takes to have it; never a weaker sandbox instead. What was wrong
    in detail is the operator's to read: raise it from the error."""
    hint = f" {error.hint[:500]}." if error.hint else ""
    detail = (
        f"The {name} path cannot be locked as it must be: the layer {error.layer} is missing on this server.{hint} "
        "Its operator finds out why with `renderserver doctor`."
    )
    return ProblemError("sandbox-unavailable", detail, extra={"layer": error.layer})
