"""How the fork servers of this machine are started under an operator's settings."""

from __future__ import annotations

import os
from pathlib import Path

import renderer
from app.settings import Settings
from app.workerenvironment import worker_environment
from sandbox.client.forkserver import ForkServer
from sandbox.spec import NATIVE, Confinement, WorkerSpec

_PACKAGE = Path(renderer.__file__).resolve().parent
# A wheel carries them inside the package, a source tree beside it.
BUNDLED_FONTS = next((f for f in (_PACKAGE / "_fonts",) if f.is_dir()), _PACKAGE.parent / "fonts")
ENTRIES = {"cpu": "app.worker:CpuEntry", "gpu": "app.gpuworker:GpuEntry"}
_LEVELS = {"strict": "cpu-strict", "compute": "cpu-compute"}
COMPARE = "compare"
_COMPARE_ENTRY = "app.compareworker:CompareEntry"


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


def fork_server(settings: Settings, path: str) -> ForkServer:
    return ForkServer(configure_compare(settings) if path == COMPARE else configure(settings, path))
