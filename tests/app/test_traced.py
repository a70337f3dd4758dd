"""strace on a real CPU fork server: between its lock and its end, a worker makes no system call but ``write``."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import signal
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app.options import RenderQuery, encode_header
from app.service.specs import configure
from app.settings import Settings
from renderer.formats import DEFAULT, ImageFormat
from sandbox.client.forkserver import ForkServer
from sandbox.job import Limits, Verdict
from sandbox.mechanisms import memfd

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")

FONTS = Path(__file__).parents[2] / "fonts"
CODECS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "AVIF")
LOCK = "seccomp(SECCOMP_SET_MODE_FILTER"
CALL = re.compile(r"^(\d+) +(\w+)\(")


def picture(codec: str) -> bytes:
    image = Image.linear_gradient("L").resize((40, 30)).convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, codec)
    return buffer.getvalue()


def document(ref: str) -> bytes:
    box = {"x": 0, "y": 0, "width": 80, "height": 60}
    fill = {"type": "IMAGE", "scaleMode": "FILL", "imageRef": ref, "blendMode": "NORMAL"}
    style = {"fontFamily": "Roboto", "fontSize": 14, "fontWeight": 600}
    black = {"type": "SOLID", "color": {"r": 0, "g": 0, "b": 0, "a": 1}}
    text = {"id": "1:2", "type": "TEXT", "name": "t", "characters": "Traced, 漢字 😀", "style": style, "fills": [black]}
    children = [text | {"absoluteBoundingBox": box}]
    return json.dumps(
        {"id": "1:1", "type": "FRAME", "name": "f", "absoluteBoundingBox": box, "fills": [fill], "children": children}
    ).encode()


async def render(server: ForkServer, image_format: ImageFormat, codec: str) -> None:
    image = picture(codec)
    ref = hashlib.sha1(image, usedforsecurity=False).hexdigest()
    header = encode_header(RenderQuery(format=image_format), media_type="application/json", images=(ref,))
    fds = [memfd.seal_bytes(document(ref)), memfd.seal_bytes(image)]
    try:
        outcome = await server.submit(header, fds)
    finally:
        for fd in fds:
            os.close(fd)
    report = json.loads(outcome.report)
    assert (outcome.verdict, report["ok"], report["warnings"]) == (Verdict.COMPLETED, True, []), (codec, outcome)


@contextlib.asynccontextmanager
async def traced(server: ForkServer, log: Path) -> AsyncIterator[None]:
    """Let strace follow every fork of the server from here on."""
    command = ("strace", "-f", "-o", str(log), "-p", str(server.pid))
    strace = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    assert strace.stderr is not None
    attached = await strace.stderr.readline()
    assert b"attached" in attached, attached
    try:
        yield
    finally:
        strace.send_signal(signal.SIGINT)
        await strace.wait()


async def trace(log: Path) -> None:
    options: dict[str, object] = {"fonts": [str(FONTS)], "images": None, "limits": {}}
    server = ForkServer(replace(configure(Settings(), "cpu"), entry_options=options, limits=Limits(), pool=1))
    await server.start()
    try:
        async with traced(server, log):
            for codec in CODECS:
                await render(server, DEFAULT, codec)
            for image_format in ImageFormat:
                await render(server, image_format, CODECS[0])
    finally:
        await server.stop()


def calls_after_lock(log: str) -> dict[int, list[str]]:
    """By worker: the names of its system calls once its filter is installed."""
    calls: dict[int, list[str]] = defaultdict(list)
    locked: set[int] = set()
    for line in log.splitlines():
        match = CALL.match(line)
        if match is None:
            continue
        pid, name = int(match[1]), match[2]
        if pid in locked:
            calls[pid].append(name)
        if LOCK in line:
            locked.add(pid)
    return calls


def test_a_locked_worker_makes_no_system_call_but_write_and_exit(tmp_path: Path) -> None:
    log = tmp_path / "strace"
    asyncio.run(trace(log))
    calls = calls_after_lock(log.read_text())
    # The workers that waited before strace came are not in it.
    assert len(calls) >= len(CODECS) + len(ImageFormat) - 2
    for made in calls.values():
        assert set(made) == {"write", "exit_group"}
        assert made[-1] == "exit_group"
