"""Every scene on both paths, locked and unlocked, through the fork servers that a server would use."""

from __future__ import annotations

import asyncio
import io
import os
from typing import cast

import numpy as np
from PIL import Image

from app.compare.both import CPU, GPU, ComparisonRequest, draw
from app.options import Path, RenderQuery
from app.problems import ProblemError
from app.received import Upload
from app.service.backends import Backends, local
from app.service.local import LocalBackend
from app.settings import Settings
from app.state import make_state
from renderer.compare import heat_map, strip
from renderer.compare.measure import PixelComparison
from renderer.documents import DocumentFormat
from renderer.pixels import Pixels
from sandbox.client.forkserver import ForkServer
from sandbox.mechanisms.memfd import seal_bytes
from tests.host import WAIVED
from tests.scenes.documents import PHOTO, REF, SCENES

LEFT_BEHIND = os.path.join(os.path.dirname(__file__), "..", "..", ".cache", "scenes")
SCALE = 2.0
_TYPE = DocumentFormat.REST_JSON.media_type
Key = tuple[str, str, bool]
"""Scene, path, locked."""


def draw_all() -> dict[Key, bytes | ProblemError]:
    """PNG of each, or why there is none."""
    drawn: dict[Key, bytes | ProblemError] = {}
    for locked in (True, False):
        for (name, path), picture in asyncio.run(_draw_all(locked=locked)).items():
            drawn[name, path, locked] = picture
    return drawn


async def _draw_all(*, locked: bool) -> dict[tuple[str, str], bytes | ProblemError]:
    settings = Settings(workers=1, pool=1, waive=WAIVED, unsafe_no_sandbox_for_measuring=not locked)
    backends = local(settings)
    state = make_state(settings, backends)
    await backends.start()
    try:
        await _compiled(backends)
        drawn = {}
        for name, document in SCENES.items():
            with Upload(_TYPE, (seal_bytes(document), seal_bytes(PHOTO)), (REF,), len(document)) as body:
                order = ComparisonRequest(RenderQuery(scale=SCALE), body)
                for path in (CPU, GPU):
                    made = await draw(state, order, Path(path))
                    drawn[name, path] = made if isinstance(made, ProblemError) else made.content.read()
        return drawn
    finally:
        await backends.stop(settings.stop_grace_s)


async def _compiled(backends: Backends) -> None:
    """Until the GPU path has compiled what it compiles ahead: drawing before that is slow, not different."""
    for path in backends.paths.values():
        if path.ready and isinstance(path, LocalBackend) and isinstance(path.server, ForkServer):
            async with asyncio.timeout(240):
                await path.server.exercised.wait()


def pixels(body: bytes) -> Pixels:
    return cast("Pixels", np.asarray(Image.open(io.BytesIO(body)).convert("RGBA")))


def leave_behind(name: str, first: Pixels, second: Pixels, measured: PixelComparison) -> str:
    """Both pictures and the heat map in one file; its path."""
    os.makedirs(LEFT_BEHIND, exist_ok=True)
    path = os.path.normpath(os.path.join(LEFT_BEHIND, f"{name}.png"))
    Image.fromarray(strip((first, second, heat_map(first, measured.delta)))).save(path)
    return path
