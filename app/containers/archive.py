"""A ZIP that is written while it is sent: a file for each picture, and ``renders.json``, which lists every output.

Every entry is deflated and has its size behind it, which is what those can read who take a ZIP as a stream; formats
that are compressed already are so at level 0, which only copies. No entry has a date, so that the same pictures are
the same bytes. Checksums and deflating have a thread.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from app.answer import Answer
from app.containers.kinds import Container
from app.containers.mixed import problem
from app.containers.outputs import PlacedOutput
from app.containers.whole import whole
from app.headers import MAX_WARNINGS_BYTES
from app.problems import ProblemError
from app.report import ReportedWarning
from app.uninterrupted import uninterrupted
from renderer.formats import DEFAULT, ImageFormat

LISTING: Final = "renders.json"
_STEP_BYTES: Final = 1 << 20
_COPIED, _DEFLATED = 0, 6


class _Sink:
    """Where a ZIP is written to that cannot go back, and is taken from in pieces."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


class ZipWriter:
    media_type = Container.ZIP.value

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = ZipFile(self._sink, "w", ZIP_DEFLATED)
        self._listed: list[bytes] = []

    async def add(self, output: PlacedOutput, request_id: str | None) -> AsyncGenerator[bytes]:
        """Raises ProblemError where a picture was cut."""
        if isinstance(output.result, ProblemError):
            self._list(output, {"problem": json.loads(problem(output, output.result, request_id))})
            return
        image_format = output.result.image_format or DEFAULT
        self._list(output, _described(output.result, image_format))
        level = _DEFLATED if image_format is ImageFormat.SVG else _COPIED
        entry = self._entry(output.file or "", whole(output.result.content, _STEP_BYTES), level)
        async with aclosing(entry) as pieces:
            async for piece in pieces:
                yield piece

    async def end(self) -> AsyncGenerator[bytes]:
        """The list, and the directory that every reader looks for at the end."""
        listing = b'{"outputs": [\n' + b",\n".join(self._listed) + b"\n]}\n"
        async with aclosing(self._entry(LISTING, iter([listing]), _DEFLATED)) as pieces:
            async for piece in pieces:
                yield piece
        await uninterrupted(asyncio.to_thread(self._zip.close))
        yield self._sink.taken()

    def _list(self, output: PlacedOutput, described: dict[str, Any]) -> None:
        said = {"index": output.number, "node": output.node, "file": output.file} | described
        self._listed.append(json.dumps(said).encode())

    async def _entry(self, name: str, chunks: Iterator[bytes], level: int) -> AsyncGenerator[bytes]:
        self._zip.compresslevel = level
        with self._zip.open(name, "w") as entry:

            def step() -> bool:
                chunk = next(chunks, None)
                if chunk is not None:
                    entry.write(chunk)
                return chunk is not None

            while await uninterrupted(asyncio.to_thread(step)):
                yield self._sink.taken()
        yield self._sink.taken()


def _described(made: Answer, image_format: ImageFormat) -> dict[str, Any]:
    picture = made.picture
    listed = list(_within(picture.warnings))
    return {
        "name": picture.name,
        "format": image_format.value,
        "width": picture.width,
        "height": picture.height,
        "bytes": made.content.size,
        "warnings": listed,
        "warnings_dropped": len(picture.warnings) - len(listed) + picture.warnings_dropped,
    }


def _within(warnings: tuple[ReportedWarning, ...]) -> Iterator[dict[str, Any]]:
    """As many as a header would have: the list is held until the end."""
    size = 0
    for warning in warnings:
        said = warning.model_dump(exclude_none=True)
        size += sum(len(value) for value in said.values())
        if size > MAX_WARNINGS_BYTES:
            return
        yield said
