"""One document through the same fork servers and the same sandbox as a server's, and back."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from pydantic import ValidationError

from app.answer import Answer, Rendered, answer
from app.cli.flags import fail, wrong_options
from app.dispatch import Renders
from app.host import gpu_nodes
from app.options import Path, RenderQuery, encode_header
from app.problems import ProblemError
from app.settings import Settings
from renderer import documents
from renderer.documents import DocumentFormat
from renderer.options import Shows
from sandbox.exceptions import SandboxError
from sandbox.mechanisms.memfd import seal_bytes

EXIT_REFUSED = 1
EXIT_SERVER = 3
_SAY_THEIR_KIND = {"node-not-found"}


@dataclass(frozen=True, slots=True)
class RenderArguments:
    """What the command line asks for."""

    document: bytes
    images: tuple[bytes, ...]
    query: RenderQuery
    document_format: DocumentFormat = documents.DEFAULT
    shows: Shows = Shows.PICTURE


def make_order(
    document: str, images: Sequence[FilePath], options: dict[str, object], shows: Shows = Shows.PICTURE
) -> RenderArguments:
    """``document``: a file, or - for standard input. Ends the program with a message where something is wrong."""
    try:
        query = RenderQuery.model_validate({name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        fail(*wrong_options(error))
    document_format = _format_of(document)
    try:
        data = sys.stdin.buffer.read() if document == "-" else FilePath(document).read_bytes()
        return RenderArguments(data, tuple(path.read_bytes() for path in images), query, document_format, shows)
    except OSError as error:
        fail(f"Cannot read {error.filename}: {error.strerror}.")


def _format_of(document: str) -> DocumentFormat:
    """By the file's suffix, where it has one that is known."""
    found = documents.of_suffix(FilePath(document).suffix) or documents.DEFAULT
    if not found.decoded:
        fail(documents.not_decoded(found), status=EXIT_REFUSED)
    return found


def run_order(settings: Settings, order: RenderArguments) -> Answer:
    """Through fork servers that are started for it. Ends the program with a message where it was refused."""
    try:
        return asyncio.run(_draw(settings, order))
    except ProblemError as problem:
        status = EXIT_REFUSED if problem.kind.status < 500 else EXIT_SERVER
        where = f" (at {problem.extra['field']})" if problem.extra.get("field") else ""
        said = [f"{_sentence(problem)}{where}", f"code: {problem.subcode or problem.code}"]
        if isinstance(problem.__cause__, SandboxError):
            said.append(f"reason: {problem.__cause__}")
        fail(*said, status=status)


def _sentence(problem: ProblemError) -> str:
    """Its kind, then what was wrong; the latter alone where it says the same."""
    return problem.detail if problem.code in _SAY_THEIR_KIND else f"{problem.kind.title}: {problem.detail}"


async def _draw(settings: Settings, order: RenderArguments) -> Answer:
    """Starts the fork servers it needs, and stops them again."""
    if not order.document:
        raise ProblemError("body-empty", "The document is empty.")
    renders = Renders(settings.model_copy(update={"paths": _needed(order.query.render_path), "pool": 1, "workers": 1}))
    await renders.start()
    try:
        path = renders.choose(order.query.render_path)
        digests = tuple(hashlib.sha1(image, usedforsecurity=False).hexdigest() for image in order.images)
        media_type = order.document_format.media_type
        header = encode_header(order.query, media_type=media_type, images=digests, shows=order.shows)
        fds = [seal_bytes(data) for data in (order.document, *order.images)]
        try:
            outcome = await renders.submit(path, header, fds)
        finally:
            for fd in fds:
                os.close(fd)
        return answer(Rendered(order.query, path.name, outcome, settings.limits, 0.0, order.shows))
    finally:
        await renders.stop()


def _needed(path: Path) -> tuple[str, ...]:
    if path is not Path.AUTO:
        return (path.value,)
    return ("cpu", "gpu") if gpu_nodes() else ("cpu",)
