"""The comparing fork server itself: its lock, what it finds, and what hostile pictures do to it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.compareworker import CompareEntry
from app.service.specs import configure_compare
from app.settings import Settings
from renderer.compare.flip import MISSING
from sandbox.client.forkserver import ForkServer
from sandbox.job import Outcome, Verdict
from sandbox.mechanisms import memfd
from sandbox.policy.cpu import CPU_COMPARE, CPU_STRICT
from tests.app.test_traced import calls_after_lock, traced
from tests.host import WAIVED

SIZE = (300, 200)


def png(colour: tuple[int, ...] = (255, 255, 255), size: tuple[int, int] = SIZE, kind: str = "PNG") -> bytes:
    image = Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour)
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def marked() -> bytes:
    image = Image.new("RGB", SIZE, (255, 255, 255))
    image.paste((255, 0, 0), (20, 30, 50, 40))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@asynccontextmanager
async def comparing(**settings: Any) -> AsyncIterator[ForkServer]:
    server = ForkServer(configure_compare(Settings(workers=1, pool=1, waive=WAIVED, **settings)))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def compare(server: ForkServer, *pictures: bytes, output: str = "none") -> Outcome:
    header = json.dumps({"names": ["cpu", "gpu"], "masks": [], "output": output}).encode()
    fds = [memfd.seal_bytes(picture) for picture in pictures]
    try:
        return await server.submit(header, fds)
    finally:
        for fd in fds:
            os.close(fd)


def said(outcome: Outcome) -> Any:
    assert outcome.verdict is Verdict.COMPLETED, outcome
    return json.loads(outcome.report)


async def _sequence(pairs: Sequence[tuple[bytes, ...]], **settings: Any) -> list[Outcome]:
    async with comparing(**settings) as server:
        return [await compare(server, *pair, output="heatmap") for pair in pairs]


def test_it_finds_the_edit_under_its_lock_and_outlives_bad_pictures() -> None:
    bomb = png(size=(9000, 9000))
    pairs = ((png(), marked()), (png(), b"junk"), (png(), png()[:60]), (bomb, bomb), (png(), png(size=(9, 9))))
    found, *refused, other_size = asyncio.run(_sequence(pairs))
    assert found.layers == CPU_COMPARE.layers
    difference = said(found)["difference"]
    assert difference["differing_pixels"] == 300
    assert difference["bounding_box"] == {"x": 20, "y": 30, "width": 30, "height": 10}
    assert (difference["flip_mean"] is None) == (MISSING is not None)
    assert Image.open(io.BytesIO(found.output)).size == SIZE
    assert [said(outcome)["code"] for outcome in refused] == ["image-invalid", "image-invalid", "limit-image-pixels"]
    assert said(other_size) == {"ok": True, "sizes": [[300, 200], [9, 9]], "difference": None}


def test_too_little_memory_is_said() -> None:
    large = png((1, 2, 3, 4), (2500, 2500))
    other = png((9, 2, 3, 4), (2500, 2500))
    (outcome,) = asyncio.run(_sequence([(large, other)], memory_bytes=64 << 20))
    assert said(outcome)["code"] == "limit-memory"


def test_its_filter_is_the_strict_one_and_one_answered_call() -> None:
    more = set(CPU_COMPARE.syscalls) - set(CPU_STRICT.syscalls)
    rules = [rule for group in more for rule in group.rules]
    assert set(CPU_STRICT.syscalls) < set(CPU_COMPARE.syscalls)
    assert [(rule.name, rule.answer) for rule in rules] == [("futex", 0)]
    assert rules[0].args, "to wait is not answered"


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_locked_comparison_makes_no_system_call_but_write_and_exit(tmp_path: Path) -> None:
    async def trace() -> None:
        async with comparing() as server, traced(server, tmp_path / "log"):
            for kind in ("PNG", "WEBP", "AVIF"):
                for output in ("none", "heatmap", "strip"):
                    said(await compare(server, marked(), png((9, 99, 200), kind=kind), output=output))
            said(await compare(server, png((1, 2, 3, 90)), png((200, 2, 3, 90)), output="strip"))

    asyncio.run(trace())
    calls = calls_after_lock((tmp_path / "log").read_text())
    assert len(calls) >= 8
    for made in calls.values():
        assert set(made) <= {
            "write",
            "exit_group",
            "futex",
        }  # futex is answered by the filter, and reaches no kernel code
        assert made[-1] == "exit_group"


def test_what_it_does_not_understand_costs_one_job() -> None:
    """An entry is never given such a header; were it, it says a name and nothing more."""

    class _Task:
        header = b'{"names": ["a", "b"], "masks": [[1]], "output": "none"}'
        inputs = (memoryview(png()), memoryview(png()))

        def stage(self, name: str) -> None: ...

    (part,) = CompareEntry({}).run(_Task())  # type: ignore[arg-type]
    assert json.loads(part.report) == {"ok": False, "code": "internal", "detail": "TypeError", "stage": "compare"}
    assert part.content == b""
