"""Twenty pictures of one document: in one order, in an order each, and in one process without a sandbox.

The document has a thousand nodes, and twenty of its cards are drawn. The distance from the process that has everything
loaded is what the sandbox costs; that from twenty orders is what one order saves.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing

from app.answer import Answer
from app.cli.session import sealed_body
from app.options import RenderQuery, encode_header
from app.problems import ProblemError
from app.service.backends import Backends, local
from app.service.fulfil import Answered, fulfil
from app.service.render import render_order
from app.service.specs import BUNDLED_FONTS
from app.settings import Settings
from app.worker import CpuEntry
from benchmarks.documents import screen
from benchmarks.sampling import Collected, Effort, interleave
from renderer.documents import DEFAULT
from sandbox.workers.entry import Task

CARDS, DRAWN = 166, 20
ONE, EACH = "one order", "20 orders"
BARE, BARE_EACH = "no sandbox: opened once", "no sandbox: opened 20 times"
_REST_S = 0.15  # for the pool to fill up again


def collect(effort: Effort) -> Collected:
    document = screen(CARDS)
    nodes = [f"{card + 2}:1" for card in range(0, CARDS, CARDS // DRAWN)][:DRAWN]
    together, apart = [nodes], [[node] for node in nodes]
    entry = CpuEntry({"fonts": [str(BUNDLED_FONTS)]})
    entry.preload()
    settings = Settings(paths=("cpu",), workers=1)
    with asyncio.Runner() as runner:
        backends = local(settings)
        runner.run(backends.start())
        try:
            candidates: dict[str, Callable[[], object]] = {
                ONE: lambda: runner.run(_ordered(backends, settings, document, together)),
                EACH: lambda: runner.run(_ordered(backends, settings, document, apart)),
                BARE: lambda: _in_process(entry, document, together),
                BARE_EACH: lambda: _in_process(entry, document, apart),
            }
            notes = [f"{len(nodes)} of {document.count(b'absoluteBoundingBox')} nodes, {len(document)} bytes"]
            return Collected(interleave(candidates, effort), notes=notes)
        finally:
            runner.run(backends.stop(1))


async def _ordered(backends: Backends, settings: Settings, document: bytes, orders: list[list[str]]) -> float:
    """One order after the other. Milliseconds, until the last byte of the last picture was read."""
    start = time.perf_counter()
    for nodes in orders:
        with sealed_body(document, (), DEFAULT.media_type) as body:
            order = render_order([RenderQuery(node=node) for node in nodes], body, settings)
            async with aclosing(fulfil(backends.paths["cpu"], order)) as said:
                async for item in said:
                    if isinstance(item, Answered):
                        _read(item)
    elapsed_ms = (time.perf_counter() - start) * 1e3
    await asyncio.sleep(_REST_S)
    return elapsed_ms


def _read(item: Answered[Answer]) -> None:
    if isinstance(item.result, ProblemError):
        raise item.result
    with item.result as made:
        made.content.read()


def _in_process(entry: CpuEntry, document: bytes, orders: list[list[str]]) -> None:
    for nodes in orders:
        asked = [RenderQuery(node=node) for node in nodes]
        header = encode_header(*asked, media_type=DEFAULT.media_type, images=(), max_outputs=len(asked))
        task = Task(header, (memoryview(document),), lambda _: None, time.perf_counter)
        if not all(part.report.startswith(b'{"ok": true') for part in entry.run(task)):
            raise RuntimeError("a render failed")
