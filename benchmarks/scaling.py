"""How cost grows: with workers, with the nodes of a document, with the pixels of the picture, and with the memory of
the process that forks. Within a server's default limits, but for the largest pictures: 8192 × 8192 is twice the 32
million pixels that a server draws by default, and needs more memory."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.documents import screen
from benchmarks.fleet import Fleet, configuration, fleet, header
from benchmarks.lives import until_locked
from benchmarks.sampling import Collected, Curve, Effort, interleave
from sandbox.job import Limits

_WORKERS = (1, 2, 4, 8)
_NODES = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
_SIDES = (64, 128, 256, 512, 1024, 2048, 4096, 8192)
_BALLAST_MIB = (0, 32, 64, 128, 256, 512)
# Time is not: a machine that is busy must not end the longest render.
_LIMITS = Limits(wall_s=120, cpu_s=100, memory_bytes=4 << 30, output_bytes=1 << 30)
_MIB = 1 << 20


def collect(effort: Effort) -> Collected:
    """Each of the four has a quarter of the budget."""
    part = Effort(effort.rounds, effort.budget_s / 4, effort.quick)
    times: dict[str, list[float]] = {}
    curves: list[Curve] = []
    _memory(times, curves, part)  # first, while this process has little of its own for a fork to copy
    with fleet({"cpu": replace(configuration("cpu", max_output_pixels=max(_SIDES) ** 2), limits=_LIMITS)}) as started:
        nodes = [count for count in _NODES if not effort.quick or count <= 10_000]
        sides = [side for side in _SIDES if not effort.quick or side <= 2048]
        _by(times, curves, "nodes", nodes, {n: grid(n, 512) for n in nodes}, started, part)
        _by(times, curves, "pixels", [s * s for s in sides], {s * s: grid(20, s) for s in sides}, started, part)
    _workers(times, curves, part)
    return Collected(times, curves)


def _by(
    times: dict[str, list[float]],
    curves: list[Curve],
    unit: str,
    sizes: Sequence[int],
    documents: dict[int, bytes],
    started: Fleet,
    effort: Effort,
) -> None:
    head = header()
    candidates: dict[str, Callable[[], object]] = {
        f"{size:,} {unit}": partial(started.render, "cpu", head, documents[size], rest_s=0.05) for size in sizes
    }
    found = interleave(candidates, effort, warm_up=1)
    times |= found
    curves.append(Curve(f"one render by {unit}", unit, list(map(float, sizes)), [median(v) for v in found.values()]))


def _workers(times: dict[str, list[float]], curves: list[Curve], effort: Effort) -> None:
    """Milliseconds per picture of a whole server, in a closed loop with as many clients as workers."""
    usual = configuration("cpu")
    names = {f"{count} workers": count for count in _WORKERS}
    with fleet({name: replace(usual, workers=count, pool=count) for name, count in names.items()}) as started:
        document, head = screen(), header()

        def per_picture(name: str) -> float:
            return 1e3 / started.together(name, head, document, clients=names[name], seconds=1.0)

        candidates: dict[str, Callable[[], object]] = {name: partial(per_picture, name) for name in names}
        found = interleave(candidates, Effort(min(effort.rounds, 15), effort.budget_s), warm_up=1)
    times |= {f"{name}, ms per picture": values for name, values in found.items()}
    sizes = [float(count) for count in names.values()]
    curves.append(Curve("a picture by workers", "workers", sizes, [median(values) for values in found.values()]))


def _memory(times: dict[str, list[float]], curves: list[Curve], effort: Effort) -> None:
    with ExitStack() as stack:
        forkers = [stack.enter_context(_forker(ballast * _MIB)) for ballast in _BALLAST_MIB]
        resident = [_resident_mib(pid) for pid, _ in forkers]
        names = [f"fork beside {ballast} MiB" for ballast in _BALLAST_MIB]
        candidates: dict[str, Callable[[], object]] = {
            name: live for name, (_, live) in zip(names, forkers, strict=True)
        }
        found = interleave(candidates, effort)
    times |= found
    curves.append(Curve("a fork by the parent's memory", "MiB", resident, [median(v) for v in found.values()]))


@contextmanager
def _forker(ballast_bytes: int) -> Iterator[tuple[int, Callable[[], float]]]:
    """A process with so much memory of its own (4 KiB pages), and its fork's life on demand."""
    ask_read, ask_write = os.pipe()
    tell_read, tell_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(ask_write)
            ballast = bytearray(ballast_bytes)
            ballast[::4096] = b"x" * len(ballast[::4096])
            live = until_locked(lambda: (os.fork(), -1), lambda: None)
            os.write(tell_write, b"ready...")
            while os.read(ask_read, 1):
                os.write(tell_write, struct.pack("<d", live()))
        finally:
            os._exit(0)
    os.close(ask_read)
    os.close(tell_write)
    os.read(tell_read, 8)

    def one() -> float:
        os.write(ask_write, b"x")
        return float(struct.unpack("<d", os.read(tell_read, 8))[0])

    try:
        yield pid, one
    finally:
        os.close(ask_write)
        os.waitpid(pid, 0)


def _resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MIB


def grid(nodes: int, side: int) -> bytes:
    """Figma REST JSON of a frame of ``side`` × ``side`` that holds ``nodes`` nodes, itself counted, in a grid."""
    columns = max(1, round((nodes - 1) ** 0.5))
    cell = side / columns
    children = [_cell(number, columns, cell) for number in range(nodes - 1)]
    root: dict[str, Any] = _box("1:0", "FRAME", 0, 0, side, side, 1.0)
    return json.dumps(root | {"children": children, "clipsContent": True}).encode()


def _cell(number: int, columns: int, cell: float) -> dict[str, Any]:
    row, column = divmod(number, columns)
    kind = ("RECTANGLE", "ELLIPSE")[(row + column) % 2]
    return _box(f"2:{number}", kind, column * cell, row * cell, cell * 0.9, cell * 0.9, number % 7 / 7)


def _box(name: str, kind: str, x: float, y: float, width: float, height: float, blue: float) -> dict[str, Any]:
    fill = {"type": "SOLID", "blendMode": "NORMAL", "color": {"r": 0.3, "g": 0.6, "b": blue, "a": 1}}
    box = {"x": x, "y": y, "width": width, "height": height}
    return {"id": name, "name": name, "type": kind, "absoluteBoundingBox": box, "fills": [fill]}
