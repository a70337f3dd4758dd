"""One document of a run: its order, and each picture into its file as it arrives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.answer import Answer
from app.cli.documentfiles import DocumentFile, SealedDocument, seal_document
from app.cli.failure import FAILURES, Failure, failure_of
from app.cli.landing import land
from app.cli.outputs import AskedOutputs, OutputNames
from app.cli.renders import FailedOutput, LandedOutput, RecordedProblem, RendersFile, landed_in, locked, renders_file
from app.cli.runreport import DocumentReport, RunReport
from app.options import RenderQuery
from app.problems import ProblemError
from app.service.backend import Backend
from app.service.fulfil import Answered, Count, fulfil
from app.service.render import render_order
from app.settings import Settings
from app.uninterrupted import uninterrupted
from renderer.formats import DEFAULT


@dataclass(frozen=True, slots=True)
class RunContext:
    """What the documents of a run share. ``asked``: what is to be drawn of each, with ``exports`` as its own export
    settings say. ``out``: the folder that theirs are in. ``resume``: leave out what an earlier run has drawn."""

    settings: Settings
    backend: Backend
    asked: tuple[RenderQuery, ...]
    exports: bool
    images: tuple[Path, ...]
    out: Path
    resume: bool
    report: RunReport


async def draw_document(run: RunContext, document: DocumentFile) -> None:
    """Whatever fails is said in the report, which expects what was asked for one by one already."""
    report = DocumentReport(run.report, document.name, 0 if run.exports else len(run.asked))
    try:
        with await asyncio.to_thread(seal_document, document, run.images) as sealed:
            await _draw(run, document, sealed, report)
    except FAILURES as error:
        report.fail_all(failure_of(error))


async def _draw(run: RunContext, document: DocumentFile, sealed: SealedDocument, report: DocumentReport) -> None:
    """Raises one of FAILURES where there is nothing of the document."""
    outputs = AskedOutputs(run.asked, document, sealed, run.backend.name, exports=run.exports)
    folder = run.out / document.home
    with locked(folder):
        earlier = outputs.earlier(landed_in(folder), resume=run.resume)
        names = OutputNames(outputs, earlier)
        with renders_file(folder, earlier.kept(names)) as record:
            await _DocumentRun(folder, outputs, names, record, report).fulfil(run, earlier.settled)


class _DocumentRun:
    """The order of a document, and what comes of it."""

    def __init__(
        self, folder: Path, outputs: AskedOutputs, names: OutputNames, record: RendersFile, report: DocumentReport
    ) -> None:
        self._folder = folder
        self._outputs = outputs
        self._names = names
        self._record = record
        self._report = report
        self._count = 0
        self._last: tuple[int, str] | None = None

    async def fulfil(self, run: RunContext, settled: Collection[int]) -> None:
        """Raises ProblemError where the order fails as a whole."""
        order = render_order(run.asked, self._outputs.sealed.body, run.settings, exports=run.exports)
        if not run.exports:
            self._report.keep(len(settled))
        try:
            async with aclosing(fulfil(run.backend, order, settled)) as said:
                async for item in said:
                    await self._heed(item, settled)
        except ProblemError as problem:
            self._note(None, None, failure_of(problem))
            raise

    async def _heed(self, item: Count | Answered[Answer], settled: Collection[int]) -> None:
        match item:
            case Count(outputs) if self._outputs.exports:
                self._count = outputs
                self._report.expect(outputs)
                self._report.keep(sum(number < outputs for number in settled))
            case Answered(_, ProblemError(subcode="exports-none")) if self._outputs.every_node:
                self._report.note("no node has export settings")
            case Answered(number, ProblemError() as problem):
                node = self._outputs.node_of(number) or problem.extra.get("node")
                self._fail(number, node if isinstance(node, str) else None, failure_of(problem))
            case Answered(number, Answer() as answer):
                with answer:
                    await uninterrupted(self._land(number, answer))

    async def _land(self, number: int, answer: Answer) -> None:
        landed = self._landed(number, answer, self._names.of(number, answer))
        try:
            await asyncio.to_thread(self._write, answer, landed)
        except OSError as error:
            self._fail(number, landed.node, failure_of(error), landed.file)
        else:
            self._last = number, landed.file
            self._report.land(f"{self._folder / landed.file}: {_summary(landed)}")

    def _write(self, answer: Answer, landed: LandedOutput) -> None:
        land(answer.content, self._folder / landed.file)
        self._record.add(landed)

    def _landed(self, number: int, answer: Answer, file: str) -> LandedOutput:
        picture = answer.picture
        return LandedOutput(
            **self._said_of(number),
            index=number,
            node=self._outputs.node_of(number) or picture.node,
            file=file,
            name=picture.name,
            format=(answer.image_format or DEFAULT).value,
            width=picture.width,
            height=picture.height,
            bytes=answer.content.size,
            warnings=tuple(warning.model_dump(exclude_none=True) for warning in picture.warnings),
            warnings_dropped=picture.warnings_dropped,
        )

    def _fail(self, number: int, node: str | None, failure: Failure, file: str | None = None) -> None:
        self._note(number, node, failure, file or self._names.known(number))
        self._report.fail(node or self._place_of(number), failure)

    def _place_of(self, number: int) -> str:
        """Which output, where only a worker knows its node that has not come to say it."""
        if not self._outputs.exports:
            return ""
        after = f", after {self._last[1]}" if self._last and self._last[0] == number - 1 else ""
        return f"picture {number + 1} of {self._count}{after}"

    def _note(self, number: int | None, node: str | None, failure: Failure, file: str | None = None) -> None:
        """In the record, where that can be written: it is said elsewhere, too."""
        failed = FailedOutput(
            **self._said_of(number or 0),
            index=number,
            node=node,
            file=file,
            problem=RecordedProblem(code=failure.code, detail=failure.sentence),
        )
        with contextlib.suppress(OSError):
            self._record.add(failed)

    def _said_of(self, number: int) -> dict[str, Any]:
        document = self._outputs.document
        return {
            "document": document.name,
            "source": document.source,
            "sha256": self._outputs.sealed.digest,
            "options": self._outputs.options_of(number),
            "exports": self._outputs.exports,
        }


def _summary(landed: LandedOutput) -> str:
    warnings = len(landed.warnings) + landed.warnings_dropped
    warned = f", {warnings} warning{'' if warnings == 1 else 's'}" if warnings else ""
    return f"{landed.width}x{landed.height} {landed.format}, {landed.bytes} bytes{warned}"
