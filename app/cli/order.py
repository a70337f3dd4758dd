"""One document through the same fork servers and the same sandbox as a server's, and back."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from pydantic import ValidationError

from app.answer import Answer
from app.cli.flags import fail, wrong_options
from app.cli.session import sealed_body
from app.host import gpu_nodes
from app.options import Path, RenderQuery
from app.problems import ProblemError
from app.service.backends import local
from app.service.fulfil import answer_of
from app.service.render import render_order
from app.settings import Settings
from renderer import documents
from renderer.documents import DocumentFormat
from renderer.options import Shows
from sandbox.exceptions import SandboxError

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
    backends = local(settings.model_copy(update={"paths": _needed(order.query.render_path), "pool": 1, "workers": 1}))
    await backends.start()
    try:
        backend = backends.choose(order.query.render_path)
        with sealed_body(order.document, order.images, order.document_format.media_type) as body:
            return await answer_of(backend, render_order([order.query], body, settings, shows=order.shows))
    finally:
        await backends.stop(settings.stop_grace_s)


def _needed(path: Path) -> tuple[str, ...]:
    if path is not Path.AUTO:
        return (path.value,)
    return ("cpu", "gpu") if gpu_nodes() else ("cpu",)
