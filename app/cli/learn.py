"""``renderserver policy learn``: which rules of the policies real renders use, and which nothing needs."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import json
import os
import shutil
import struct
import sys
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.flags import fail, settings_or_exit
from app.options import Path as RenderPath
from app.options import RenderQuery, encode_header
from app.service.specs import configure
from app.settings import Settings
from renderer.documents import DocumentFormat
from renderer.formats import ImageFormat
from renderer.repertoire import pieces
from sandbox.client.forkserver import ForkServer
from sandbox.exceptions import SandboxError
from sandbox.job import Limits
from sandbox.mechanisms import memfd
from sandbox.policy import words
from sandbox.policy.cpu import CPU_COMPUTE, CPU_STRICT
from sandbox.policy.gpu import GPU
from sandbox.policy.kept import KEPT
from sandbox.policy.model import SandboxPolicy
from sandbox.policy.recorder import STRACE, Recorder, Use
from sandbox.spec import WorkerSpec

_EVERY: Final = 90  # of the repertoire's pieces: neighbours differ in a colour or a radius
_TIGHT: Final = Limits(memory_bytes=96 << 20)
_ATTACH_TIMEOUT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Situation:
    """One way to run workers. ``environment``: for the driver, beside the usual."""

    name: str
    policy: SandboxPolicy
    path: str
    environment: tuple[tuple[str, str], ...] = ()


SITUATIONS: Final = (
    Situation("cpu-strict", CPU_STRICT, "cpu"),
    Situation("cpu-compute", CPU_COMPUTE, "cpu"),
    Situation("gpu, context inherited", GPU, "gpu"),
    # Threads do not survive a fork: so every worker makes its context inside, as it does on real hardware.
    Situation("gpu, context made inside, driver threads", GPU, "gpu", environment=(("LP_NUM_THREADS", "2"),)),
)


@dataclass(frozen=True, slots=True)
class TracedRender:
    """One render: ``images`` are inputs after the document, ``limits`` None for the settings' own."""

    document: bytes
    query: RenderQuery
    images: tuple[bytes, ...] = ()
    limits: Limits | None = None


def learn(
    document: Annotated[
        list[Path] | None, typer.Option("--document", metavar="FILE", help="A document to render too; repeatable.")
    ] = None,
    image: Annotated[
        list[Path] | None, typer.Option("--image", metavar="FILE", help="An image the documents name; repeatable.")
    ] = None,
    path: Annotated[str | None, typer.Option("--path", metavar="PATH", help="Only cpu or gpu; default: both.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Render under strace, with the real filters in force, and count which rules of each policy were used.

    A name that is allowed and was never used is listed: with the reason why it stays, or as one to be removed.
    Needs strace, and the right to trace. Exit status: 0 every unused name has a reason, 1 some have none or a worker
    was killed by its filter, 2 it cannot be run.
    """
    if shutil.which(STRACE[0]) is None:
        fail("strace is not installed.", "Install it: apt-get install strace")
    settings = settings_or_exit()
    situations = [each for each in SITUATIONS if path in (None, each.path)]
    if not situations:
        fail(f"There is no path {path!r}.", "Take cpu or gpu.")
    given = _read(document or [])
    works = [*_own(), *(TracedRender(each, RenderQuery(), _read(image or [])) for each in given)]
    records = {each: _record(each, works, settings) for each in situations}
    learnt = [_learnt(policy, records) for policy in dict.fromkeys(each.policy for each in situations)]
    if as_json:
        print(json.dumps([each.plain() for each in learnt], indent=2))
    else:
        _show(learnt, Console(highlight=False, soft_wrap=not sys.stdout.isatty()))
    if any(each.superfluous or each.denied for each in learnt):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class Learnt:
    """Of one policy: ``uses`` by situation, in the policy's order; ``denied``: calls that met no rule."""

    policy: SandboxPolicy
    uses: Mapping[str, tuple[Use, ...]]
    workers: Mapping[str, int]
    denied: Mapping[str, int]

    @property
    def counts(self) -> dict[str, int]:
        """By name, allowed ones only, over all situations and filters."""
        found: dict[str, int] = {}
        for use in itertools.chain.from_iterable(self.uses.values()):
            if use.rule.answer is None:
                found[use.rule.name] = found.get(use.rule.name, 0) + use.count
        return found

    @property
    def unused(self) -> tuple[str, ...]:
        return tuple(name for name, count in self.counts.items() if not count)

    @property
    def superfluous(self) -> tuple[str, ...]:
        return tuple(name for name in self.unused if name not in KEPT[self.policy.name])

    def plain(self) -> dict[str, object]:
        kept = KEPT[self.policy.name]
        return {
            "policy": self.policy.name,
            "workers": dict(self.workers),
            "allowed_names": len(self.counts),
            "used": {name: count for name, count in self.counts.items() if count},
            "unused_kept": {name: kept[name] for name in self.unused if name in kept},
            "unused_without_reason": list(self.superfluous),
            "denied": dict(self.denied),
            "rules": {name: [_plain(use) for use in uses] for name, uses in self.uses.items()},
        }


def _plain(use: Use) -> dict[str, object]:
    rule = use.rule
    return {
        "filter": use.stage,
        "syscall": rule.name,
        "when": words.conditions(rule),
        "outcome": words.outcome(rule),
        "count": use.count,
    }


def _learnt(policy: SandboxPolicy, records: Mapping[Situation, Recorder]) -> Learnt:
    mine = {each.name: recorder for each, recorder in records.items() if each.policy is policy}
    denied: dict[str, int] = {}
    for recorder in mine.values():
        for (stage, name), count in recorder.unmet.items():
            denied[f"{stage}: {name}"] = denied.get(f"{stage}: {name}", 0) + count
    uses = {name: tuple(recorder.uses()) for name, recorder in mine.items()}
    return Learnt(policy, uses, {name: recorder.workers for name, recorder in mine.items()}, denied)


# --- the renders ------------------------------------------------------------------------------------------------------


def _own() -> Iterator[TracedRender]:
    """Pieces of every kind, all formats, an image, and what goes wrong: no document, too little memory."""
    chosen = [document for document, _ in itertools.islice(pieces(), 0, None, _EVERY)]
    yield from (TracedRender(document, RenderQuery()) for document in chosen)
    image = _png(64, 64)
    ref = hashlib.sha1(image, usedforsecurity=False).hexdigest()
    picture = _filled({"type": "IMAGE", "scaleMode": "FILL", "imageRef": ref}, side=64)
    yield from (TracedRender(picture, RenderQuery(format=each), (image,)) for each in ImageFormat)
    yield TracedRender(b"{", RenderQuery())
    solid = {"type": "SOLID", "color": {"r": 1, "g": 0, "b": 0, "a": 1}}
    yield TracedRender(_filled(solid, side=5000), RenderQuery(), limits=_TIGHT)


def _filled(paint: Mapping[str, object], *, side: int) -> bytes:
    box = {"x": 0, "y": 0, "width": side, "height": side}
    node = {"id": "1:1", "type": "RECTANGLE", "name": "r", "absoluteBoundingBox": box}
    return json.dumps(node | {"fills": [{**paint, "blendMode": "NORMAL"}]}).encode()


def _png(width: int, height: int) -> bytes:
    """Grey, 8 bits (RFC 2083): the front end has no image library to make one with."""
    rows = b"".join(b"\0" + bytes((x * y) & 0xFF for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _read(files: list[Path]) -> tuple[bytes, ...]:
    try:
        return tuple(file.read_bytes() for file in files)
    except OSError as error:
        fail(f"Cannot read {error.filename}: {error.strerror}.")


# --- the record -------------------------------------------------------------------------------------------------------


def _drawn_on(path: str, work: TracedRender) -> bool:
    """Vector formats are written on one of the two paths alone."""
    return work.query.render_path.value in (RenderPath.AUTO.value, path)


def _spec(situation: Situation, settings: Settings) -> WorkerSpec:
    usual = configure(settings, situation.path)
    environment = {**usual.environment, **dict(situation.environment)}
    return replace(usual, policy=situation.policy.name, environment=environment, workers=1, pool=1)


def _record(situation: Situation, every: list[TracedRender], settings: Settings) -> Recorder:
    works = [work for work in every if _drawn_on(situation.path, work)]
    print(f"{situation.name}: {len(works)} renders", file=sys.stderr)
    spec = _spec(situation, settings)
    recorder = Recorder(situation.policy)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "strace"
        try:
            asyncio.run(_render_all(spec, works, log))
        except SandboxError as error:
            fail(f"{situation.name}: {error.layer}: {error.detail}", error.hint)
        with log.open(encoding="utf-8", errors="replace") as lines:
            recorder.feed(lines)
    return recorder


async def _render_all(spec: WorkerSpec, works: list[TracedRender], log: Path) -> None:
    server = ForkServer(spec)
    await server.start()
    try:
        async with _traced(server.pid, log):
            for work in [works[0], *works]:  # the worker that waits already was born before strace came
                await _render(server, work)
    finally:
        await server.stop()


@contextlib.asynccontextmanager
async def _traced(pid: int | None, log: Path) -> AsyncIterator[None]:
    command = (*STRACE, "--output", str(log), "--attach", str(pid))
    strace = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    await _attached(strace, pid)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            strace.terminate()
        await strace.wait()


async def _attached(strace: asyncio.subprocess.Process, pid: int | None) -> None:
    status = Path(f"/proc/{pid}/status")
    for _ in range(round(_ATTACH_TIMEOUT_S / 0.02)):
        if strace.returncode is not None and strace.stderr is not None:
            fail("strace cannot attach:", f"  {(await strace.stderr.read()).decode().strip()}")
        if "TracerPid:\t0" not in await asyncio.to_thread(status.read_text):
            return
        await asyncio.sleep(0.02)
    fail("strace does not attach.")


async def _render(server: ForkServer, work: TracedRender) -> None:
    digests = tuple(hashlib.sha1(image, usedforsecurity=False).hexdigest() for image in work.images)
    header = encode_header(work.query, media_type=DocumentFormat.REST_JSON.media_type, images=digests)
    fds = [memfd.seal_bytes(data) for data in (work.document, *work.images)]
    try:
        await server.submit(header, fds, work.limits or Limits())
    finally:
        for fd in fds:
            os.close(fd)


# --- the report -------------------------------------------------------------------------------------------------------


def _show(learnt: list[Learnt], console: Console) -> None:
    for each in learnt:
        console.print(Text(f"\nPolicy {each.policy.name}: {len(each.counts)} names allowed", "bold"))
        for name, workers in each.workers.items():
            console.print(f"  {name}: {workers} workers recorded")
        _show_counts(each, console)
        for title, names in (("denied by the filter", each.denied), ("UNUSED, without a reason", each.superfluous)):
            if names:
                console.print(Text(f"  {title}: {', '.join(names)}", "red"))


def _show_counts(each: Learnt, console: Console) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    for name, count in sorted(each.counts.items(), key=lambda item: (-item[1], item[0])):
        why = "" if count else KEPT[each.policy.name].get(name, "")
        table.add_row(Text(name, "bold"), Text(str(count) if count else "unused", "" if count else "yellow"), why)
    console.print(table)
    unused = len(each.unused)
    console.print(f"  {len(each.counts) - unused} used, {unused} unused, {len(each.superfluous)} without a reason")
