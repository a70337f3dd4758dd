"""Any number of pictures into a folder, of one document or of many: an order for each, several at a time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

import typer

from app.cli.documentfiles import DocumentFile
from app.cli.documentrun import RunContext, draw_document
from app.cli.flags import fail
from app.cli.order import fail_with
from app.cli.progress import OutputProgress
from app.cli.runreport import RunReport
from app.cli.session import needed, running
from app.options import Path, RenderQuery
from app.problems import ProblemError
from app.settings import Settings

EXIT_INTERRUPTED: Final = 130
_OF_ONE_DOCUMENT: Final = {"order_wall_s": 3600.0, "max_outputs": 10_000, "order_output_bytes": 16 << 30}
"""Settings, where the operator has not said them: no client waits, and each picture is soon a file."""


@dataclass(frozen=True, slots=True)
class RendersRequest:
    """``asked``: what is to be drawn of each document; with ``exports`` as its own export settings say. ``resume``:
    leave out what an earlier run has drawn. ``jobs``: documents at a time."""

    documents: tuple[DocumentFile, ...]
    asked: tuple[RenderQuery, ...]
    exports: bool
    images: tuple[FilePath, ...]
    out: FilePath
    resume: bool
    jobs: int

    @property
    def path(self) -> Path:
        """An order goes to one backend. Formats of export settings may be those that the CPU path alone writes."""
        path = self.asked[0].render_path
        return Path.CPU if self.exports and path is Path.AUTO else path


def run_renders(settings: Settings, request: RendersRequest, *, quiet: bool) -> None:
    """Ends the program where something failed, with the status that says so. What failed is said meanwhile."""
    progress = OutputProgress("drawing", quiet=quiet)
    report = RunReport(progress)
    try:
        with progress:
            asyncio.run(draw_all(settings, request, report))
    except ProblemError as problem:
        fail_with(problem)
    except KeyboardInterrupt:
        fail(f"Interrupted: {report}, in {request.out}. --resume draws the rest.", status=EXIT_INTERRUPTED)
    if not quiet:
        print(f"{report}, in {request.out}", file=sys.stderr)
    if report.status:
        raise typer.Exit(report.status)


async def draw_all(settings: Settings, request: RendersRequest, report: RunReport) -> None:
    """Every output that can be drawn. Raises ProblemError where the backend cannot be had."""
    own = _settings(settings, request)
    # What cannot be read is said first: a typing error is not to be found after an hour.
    pending = iter(sorted(request.documents, key=lambda document: document.is_readable))
    if not request.exports:
        report.progress.expect(len(request.documents) * len(request.asked))
    async with running(own) as backends:
        backend = backends.choose(request.path)
        run = RunContext(
            own, backend, request.asked, request.exports, request.images, request.out, request.resume, report
        )
        async with asyncio.TaskGroup() as group:
            for _ in range(request.jobs):
                group.create_task(_draw_pending(run, pending))


async def _draw_pending(run: RunContext, pending: Iterator[DocumentFile]) -> None:
    for document in pending:
        await draw_document(run, document)


def _settings(settings: Settings, request: RendersRequest) -> Settings:
    """The server's own, for as many workers as there are jobs."""
    generous = {name: most for name, most in _OF_ONE_DOCUMENT.items() if name not in settings.model_fields_set}
    pool = min(max(1, settings.pool), request.jobs)
    own = {"paths": needed(request.path), "workers": request.jobs, "pool": pool}
    return settings.model_copy(update=own | generous)
