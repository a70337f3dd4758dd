"""Fork servers for one command: started, used and stopped, with no HTTP server."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path as FilePath

from app.compare.corpus import Sample
from app.host import gpu_nodes
from app.options import Path
from app.service.backends import Backends, local
from app.settings import Settings
from app.state import AppState, make_state
from app.upload import Upload
from sandbox.mechanisms.memfd import seal_bytes

_WALL_S, _CPU_S = 300.0, 120.0


@asynccontextmanager
async def started(settings: Settings, paths: Sequence[str]) -> AsyncIterator[AppState]:
    """One worker at a time: what is measured is not measured beside other work. It may take longer than a client would
    wait."""
    longer = {"wall_s": max(settings.wall_s, _WALL_S), "cpu_s": max(settings.cpu_s, _CPU_S)}
    own = settings.model_copy(update={"paths": tuple(paths), "pool": 1, "workers": 1, **longer})
    async with running(own) as backends:
        yield make_state(own, backends)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Backends]:
    """The backends of these settings, while the block runs."""
    backends = local(settings)
    try:
        await backends.start()
        yield backends
    finally:
        await backends.stop(settings.stop_grace_s)


def needed(path: Path) -> tuple[str, ...]:
    """The paths to start for pictures that are asked of this one."""
    if path is not Path.AUTO:
        return (path.value,)
    return ("cpu", "gpu") if gpu_nodes() else ("cpu",)


@contextmanager
def sealed(sample: Sample) -> Iterator[Upload]:
    """What the sample has, as a request would have brought it. Raises OSError."""
    images = [path.read_bytes() for path in sample.images]
    reference = None if sample.reference is None else sample.reference.read_bytes()
    with sealed_body(sample.document.read_bytes(), images, sample.media_type, reference) as body:
        yield body


def sealed_body(document: bytes, images: Sequence[bytes], media_type: str, reference: bytes | None = None) -> Upload:
    """A document and what belongs to it, as a request would have brought it."""
    digests = tuple(hashlib.sha1(image, usedforsecurity=False).hexdigest() for image in images)
    fds = tuple(seal_bytes(data) for data in (document, *images))
    held = None if reference is None else seal_bytes(reference)
    return Upload(media_type, fds, digests, len(document), held)


def written(folder: FilePath, name: str, body: bytes | str) -> FilePath:
    """Write a file into a folder that is made if need be. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path
