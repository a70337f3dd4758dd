"""The same request sandboxed and not, on both paths, through real fork servers; and where a request's time goes."""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from app.options import RenderQuery, encode_header
from benchmarks.documents import screen
from benchmarks.sampling import Sample, show
from sandbox import memfd
from sandbox.client import ForkServer, ForkServerConfig
from sandbox.job import Verdict

FONTS = str(Path(__file__).resolve().parent.parent / "fonts")
GOAL = "to reach, pool warm: sandboxed / unsandboxed at most 1.05; the lock's own cost at most 1 % of a locked render"
HEADER = encode_header(RenderQuery(scale=2), media_type="application/json", images=())


def main(*, rounds: int = 60) -> None:
    samples = asyncio.run(_measure(FONTS, rounds))
    for path in ("cpu", "gpu"):
        mine = {name: sample for name, sample in samples.items() if name.startswith(path)}
        show(f"One render of a 63-node screen, {path} path", mine, baseline=f"{path} unsandboxed", note=GOAL)


async def _measure(fonts: str, rounds: int) -> dict[str, Sample]:
    async with AsyncExitStack() as stack:
        servers = {name: await _started(config, stack) for name, config in _configurations(fonts).items()}
        document = memfd.seal_bytes(screen())
        times: dict[str, list[float]] = {name: [] for name in servers}
        for number in range(rounds + 3):
            for name, server in servers.items():
                elapsed_ms = await _render(server, document)
                if number >= 3:
                    times[name].append(elapsed_ms)
        os.close(document)
        return {name: Sample(tuple(sorted(values))) for name, values in times.items()}


def _configurations(fonts: str) -> dict[str, ForkServerConfig]:
    cpu = ForkServerConfig(path="cpu", entry="app.worker:CpuEntry", entry_options={"fonts": [fonts]})
    gpu = replace(cpu, path="gpu", entry="app.gpuworker:GpuEntry")
    return {
        "cpu unsandboxed": replace(cpu, unsandboxed=True),
        "cpu strict": cpu,
        "cpu compute": replace(cpu, level="compute"),
        "gpu unsandboxed": replace(gpu, unsandboxed=True),
        "gpu full composition": gpu,
    }


async def _started(config: ForkServerConfig, stack: AsyncExitStack) -> ForkServer:
    server = ForkServer(config)
    await server.start()
    stack.push_async_callback(server.stop)
    await server.exercised.wait()
    return server


async def _render(server: ForkServer, document: int) -> float:
    """Milliseconds of one request, from its submission to its answer."""
    start = time.perf_counter()
    outcome = await server.submit(HEADER, [document])
    elapsed_ms = (time.perf_counter() - start) * 1e3
    if outcome.verdict is not Verdict.COMPLETED or not json.loads(outcome.report)["ok"]:
        raise RuntimeError(
            f"{outcome.verdict}: {outcome.detail or outcome.report!r} {outcome.signal} {outcome.syscall}"
        )
    # The pool fills up again, and the dead worker's memory is given back: the next request must not pay for this one.
    await asyncio.sleep(0.15)
    return elapsed_ms
