"""Five hundred renders on each path, four at a time, leave nothing behind."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.options import RenderQuery, encode_header
from app.service.specs import ENTRIES, configure
from app.settings import Settings
from sandbox.client.forkserver import ForkServer
from sandbox.job import Limits, Outcome, Verdict
from sandbox.mechanisms import memfd
from sandbox.mechanisms.processes import children_of, state_of
from tests.cgroups import slots_of

pytestmark = pytest.mark.long

RENDERS = 500
AT_A_TIME = 4
FONTS = Path(__file__).parents[2] / "fonts"
HEADER = encode_header(RenderQuery(), media_type="application/json", images=())
SOLID = {"type": "SOLID", "blendMode": "NORMAL", "color": {"r": 0.2, "g": 0.5, "b": 0.9, "a": 1}}


def document() -> bytes:
    box = {"x": 0, "y": 0, "width": 120, "height": 60}
    style = {"fontFamily": "Inter", "fontSize": 16, "fontWeight": 500}
    text = {"id": "1:2", "type": "TEXT", "name": "t", "characters": "Soak", "style": style, "fills": [SOLID]}
    text["absoluteBoundingBox"] = {"x": 10, "y": 10, "width": 100, "height": 24}
    frame = {"id": "1:1", "type": "FRAME", "name": "f", "cornerRadius": 8, "absoluteBoundingBox": box}
    return json.dumps(frame | {"fills": [{**SOLID, "opacity": 0.2}], "children": [text]}).encode()


@dataclass(frozen=True)
class Traces:
    """What a render could leave behind; counted among what is ours, as a machine may have other work."""

    our_fds: int
    server_fds: int
    children: int
    zombies: int
    mounts: int
    cgroups: int
    net_namespaces: int
    temp_files: int


def traces(server: ForkServer) -> Traces:
    assert server.pid is not None
    children = children_of(server.pid)
    states = Counter(state_of(child) for child in children)
    return Traces(
        our_fds=len(os.listdir("/proc/self/fd")),
        server_fds=len(os.listdir(f"/proc/{server.pid}/fd")),
        children=len(children),
        zombies=states["Z"],
        mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
        cgroups=len(slots_of(os.getpid())),
        net_namespaces=len({net_namespace(pid) for pid in (server.pid, *children)}),
        temp_files=len(temp_files_of(server.spec.uid)),
    )


def temp_files_of(uid: int) -> list[str]:
    return [entry.name for entry in os.scandir(tempfile.gettempdir()) if owner_of(entry) == uid]


def owner_of(entry: os.DirEntry[str]) -> int | None:
    """None: somebody else has removed it meanwhile."""
    try:
        return entry.stat(follow_symlinks=False).st_uid
    except FileNotFoundError:
        return None


def net_namespace(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/net")
    except OSError:
        return ""


def resident_bytes(pid: int | None) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


async def settled(server: ForkServer, pool: int) -> Traces:
    """Once the pool is full again and no worker is coming or going."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        before = traces(server)
        await asyncio.sleep(0.3)
        if before == traces(server) and before.children == pool and not before.zombies:
            return before
    return traces(server)


async def render(server: ForkServer, fd: int) -> Outcome:
    outcome = await server.submit(HEADER, [fd])
    assert outcome.verdict is Verdict.COMPLETED, outcome
    return outcome


@pytest.mark.parametrize("path", sorted(ENTRIES))
def test_nothing_is_left_over(path: str) -> None:
    asyncio.run(soak(path))


async def soak(path: str) -> None:
    options: dict[str, object] = {"fonts": [str(FONTS)], "images": None, "limits": {}}
    spec = replace(configure(Settings(), path), entry_options=options, mounts=(), limits=Limits(), workers=2)
    server = ForkServer(spec)
    await server.start()
    fd = memfd.seal_bytes(document())
    try:
        await server.exercised.wait()
        digests = await burst(server, fd, 40)
        before, memory_before = await settled(server, spec.pool), resident_bytes(server.pid)
        digests |= await burst(server, fd, RENDERS)
        after, memory_after = await settled(server, spec.pool), resident_bytes(server.pid)
    finally:
        os.close(fd)
        await server.stop()
    assert len(digests) == 1, "the same document gave different bytes"
    assert after == before
    assert memory_after < memory_before + (8 << 20)


async def burst(server: ForkServer, fd: int, count: int) -> set[str]:
    """Render ``count`` times, AT_A_TIME at once. Returns the digests of the pictures."""
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one() -> str:
        async with gate:
            return hashlib.sha256((await render(server, fd)).output).hexdigest()

    return set(await asyncio.gather(*(one() for _ in range(count))))
