"""One document of a run: its order, and each picture into its file as it arrives."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from app.answer import Answer
from app.cli.documentfiles import DocumentFile, SealedDocument, seal_document
from app.cli.failure import FAILURES, Failure, failure_of
from app.cli.landing import land
from app.cli.outputs import AskedOutputs, OutputNames
from app.cli.renders import FailedOutput, LandedOutput, RendersFile, renders_file
from app.cli.runreport import DocumentReport, RunReport
from app.options import RenderQuery
from app.problems import ProblemError
from app.service.backend import Backend
from app.service.fulfil import Answered, Count, fulfil
from app.service.render import render_order
from app.settings import Settings
from app.uninterrupted import uninterrupted


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
    outputs = AskedOutputs(run.asked, run.exports, sealed, run.backend.name)
    folder = run.out / document.home
    with renders_file(folder, outputs.has if run.resume else _nothing) as record:
        names = OutputNames(outputs, document.stem, [output.file for output in record.settled.values()])
        await _DocumentRun(folder, outputs, names, record, report).fulfil(run)


def _nothing(_output: LandedOutput) -> bool:
    return False


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

    async def fulfil(self, run: RunContext) -> None:
        """Raises ProblemError where the order fails as a whole."""
        settled = self._record.settled
        order = render_order(run.asked, self._outputs.document.body, run.settings, exports=run.exports)
        if not run.exports:
            self._report.keep(len(settled))
        try:
            async with aclosing(fulfil(run.backend, order, settled)) as said:
                async for item in said:
                    await self._heed(item)
        except ProblemError as problem:
            self._note(None, None, failure_of(problem))
            raise

    async def _heed(self, item: Count | Answered[Answer]) -> None:
        match item:
            case Count(outputs) if self._outputs.exports:
                self._report.expect(outputs)
                self._report.keep(sum(number < outputs for number in self._record.settled))
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
            self._fail(number, landed.node, failure_of(error))
        else:
            self._report.land(f"{self._folder / landed.file}: {_summary(landed)}")

    def _write(self, answer: Answer, landed: LandedOutput) -> None:
        land(answer.content, self._folder / landed.file)
        self._record.add(landed)

    def _landed(self, number: int, answer: Answer, file: str) -> LandedOutput:
        picture = answer.picture
        return LandedOutput(
            document=self._outputs.document.digest,
            options=self._outputs.options_of(number),
            number=number,
            node=self._outputs.node_of(number) or picture.node,
            name=picture.name,
            file=file,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            bytes=answer.content.size,
            warnings=len(picture.warnings) + picture.warnings_dropped,
        )

    def _fail(self, number: int, node: str | None, failure: Failure) -> None:
        self._note(number, node, failure)
        unnamed = f"output {number}" if self._outputs.exports else ""
        self._report.fail(node or unnamed, failure)

    def _note(self, number: int | None, node: str | None, failure: Failure) -> None:
        """In the record, where that can be written: it is said elsewhere, too."""
        failed = FailedOutput(
            document=self._outputs.document.digest,
            options=self._outputs.options_of(number or 0),
            number=number,
            node=node,
            code=failure.code,
            detail=failure.sentence,
        )
        with contextlib.suppress(OSError):
            self._record.add(failed)


def _summary(landed: LandedOutput) -> str:
    warned = f", {landed.warnings} warning{'' if landed.warnings == 1 else 's'}" if landed.warnings else ""
    return f"{landed.width}x{landed.height} {landed.media_type}, {landed.bytes} bytes{warned}"
