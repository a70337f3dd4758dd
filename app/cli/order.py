"""One picture of one document, through the same fork servers and the same sandbox as a server's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import NoReturn

from pydantic import ValidationError

from app.answer import Answer
from app.cli.documentfiles import SealedDocument, UnreadableError, document_file, seal_document
from app.cli.flags import fail, wrong_options
from app.cli.session import needed, running
from app.options import RenderQuery
from app.problems import ProblemError
from app.service.fulfil import answer_of
from app.service.render import render_order
from app.settings import Settings
from renderer.options import Shows
from sandbox.exceptions import SandboxError

EXIT_REFUSED = 1
"""A document or a picture was refused, or could not be read or written."""
EXIT_SERVER = 3
"""A worker was killed, or the sandbox cannot start."""
_SAY_THEIR_KIND = {"media-type-unsupported", "node-not-found"}


def make_query(options: Mapping[str, object]) -> RenderQuery:
    """Of the options that were given, the others being None. Ends the program with a message where one is wrong."""
    try:
        return RenderQuery.model_validate({name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        fail(*wrong_options(error))


def run_order(
    settings: Settings, document: str, images: Sequence[FilePath], query: RenderQuery, shows: Shows = Shows.PICTURE
) -> Answer:
    """Through fork servers that are started for it. ``document``: a file, or - for standard input. Ends the program
    with a message where something is wrong, or was refused."""
    try:
        with seal_document(document_file(document), images) as sealed:
            return asyncio.run(_draw(settings, sealed, query, shows))
    except UnreadableError as error:
        fail(str(error), status=EXIT_REFUSED)
    except ProblemError as problem:
        fail_with(problem)


async def _draw(settings: Settings, document: SealedDocument, query: RenderQuery, shows: Shows) -> Answer:
    path = query.render_path
    async with running(settings.model_copy(update={"paths": needed(path), "pool": 1, "workers": 1})) as backends:
        order = render_order([query], document.body, settings, shows=shows)
        return await answer_of(backends.choose(path), order)


def fail_with(problem: ProblemError) -> NoReturn:
    """End the program, and say why."""
    said = [sentence_of(problem), f"code: {problem.subcode or problem.code}"]
    if isinstance(problem.__cause__, SandboxError):
        said.append(f"reason: {problem.__cause__}")
    fail(*said, status=status_of(problem))


def status_of(problem: ProblemError) -> int:
    """The exit status: whether the document is at fault, or the sandbox."""
    return EXIT_REFUSED if problem.kind.status < 500 else EXIT_SERVER


def sentence_of(problem: ProblemError) -> str:
    """Its kind, then what was wrong; the latter alone where it says the same."""
    field = problem.extra.get("field")
    where = f" (at {field})" if field not in (None, "", "node") else ""  # the sentence names the node itself
    said = problem.detail if problem.code in _SAY_THEIR_KIND else f"{problem.kind.title}: {problem.detail}"
    return f"{said}{where}"
