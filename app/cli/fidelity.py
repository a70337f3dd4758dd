"""``renderserver fidelity``: how close the pictures are to Figma's own."""

from __future__ import annotations

import asyncio
import json
import statistics
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Literal

import typer
from rich.text import Text

from app import logging
from app.cli.compare import query_of
from app.cli.flags import fail, settings_or_exit
from app.cli.progress import numbers, output, progress
from app.cli.session import sealed, started, written
from app.compare.against import OURS, PAIR, Held, hold
from app.compare.both import REFERENCE, ComparisonRequest
from app.compare.corpus import CorpusError, Sample, samples
from app.compare.job import DRAWN
from app.compare.model import Measured
from app.compare.page import Figure, Report, ReportedDocument, Shot, write
from app.compare.words import (
    MISSING,
    flip,
    flip_figure,
    graded,
    milliseconds,
    notes,
    percent,
    ssim_figure,
    unmeasured,
)
from app.options import Path
from app.settings import Settings
from app.state import AppState

_COLUMNS = ("document", "size", "time", "off by > 32", "SSIM", "FLIP", "judged", "warnings")


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """One document: how it went, or why it was left out."""

    sample: Sample
    held: Held | None
    why: str = ""

    @property
    def score(self) -> Measured | None:
        return self.held.against if self.held and isinstance(self.held.against, Measured) else None


def fidelity(
    folder: Annotated[
        FilePath, typer.Argument(help="NAME/document.json and NAME/reference.png; an index.json may say more.")
    ],
    path: Annotated[Literal["cpu", "gpu"], typer.Option(help="The path that draws.")] = "cpu",
    out: Annotated[
        FilePath | None, typer.Option(help="Folder for report.html, results.json and the pictures.", file_okay=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON instead of a table.")] = False,
    only: Annotated[str | None, typer.Option(help="Only documents whose name contains this.")] = None,
) -> None:
    """Draw every document under FOLDER and rank them by how far they are from their reference, worst first.

    The score is the share of pixels that are off by more than 32 of 255 in a channel, outside the index's mask_boxes.

    Exit status: 0 done (also where documents were left out: the output says which and why), 1 none could be judged,
    2 wrong usage or settings.
    """
    settings = settings_or_exit()
    logging.silence()
    try:
        chosen = [sample for sample in samples(folder) if not only or only in sample.name]
    except CorpusError as error:
        fail(str(error))
    results = sorted(asyncio.run(_hold_all(settings, Path(path), chosen)), key=_worst_first)
    if out is not None:
        _save(out, folder, results)
    if as_json:
        print(json.dumps([_as_json(result) for result in results], indent=2))
    else:
        _show(results, out)
    if not any(result.score for result in results):
        raise typer.Exit(1)


def _worst_first(result: JudgedDocument) -> tuple[bool, float]:
    return result.score is None, -(result.score.clearly_off_share if result.score else 0.0)


async def _hold_all(settings: Settings, path: Path, chosen: list[Sample]) -> list[JudgedDocument]:
    async with started(settings, (path.value,)) as state:
        return [await _hold(state, path, sample) for sample in progress("judging", chosen, _title)]


def _title(sample: Sample) -> str:
    return sample.name


async def _hold(state: AppState, path: Path, sample: Sample) -> JudgedDocument:
    if sample.skipped or sample.reference is None:
        return JudgedDocument(sample, None, sample.skipped or "there is no reference.png beside it")
    try:
        with sealed(sample) as body:
            order = ComparisonRequest(query_of(sample), body, "heatmap", masks=sample.masks)
            return JudgedDocument(sample, await hold(state, order, path))
    except (OSError, ValueError) as error:
        return JudgedDocument(sample, None, f"cannot be used: {error}")


# --- what is shown --------------------------------------------------------------------------------------------------


def _show(results: list[JudgedDocument], out: FilePath | None) -> None:
    console, table = output(), numbers(*_COLUMNS)
    for result in results:
        if result.score is not None:
            table.add_row(Text(result.sample.name), *_cells(result))
    if table.row_count:
        console.print(table)
    for result in results:
        for sentence in _sentences(result):
            console.print(Text(f"{result.sample.name}: {sentence}"), soft_wrap=True)
    console.print(Text(_summary(results)), soft_wrap=True)
    if out is not None:
        console.print(Text(f"report: {out / 'report.html'}"), soft_wrap=True)


def _cells(result: JudgedDocument) -> list[str]:
    score, held = result.score, result.held
    if score is None or held is None:
        return []
    judged = score.judged_pixels / (score.width * score.height)
    warnings = str(len(held.drawn.warnings) + held.drawn.warnings_dropped) if held.drawn.drawn else MISSING
    return [
        f"{score.width}×{score.height}",
        milliseconds(held.drawn),
        percent(score.clearly_off_share),
        f"{score.ssim:.4f}",
        flip(score.flip_mean),
        f"{judged:.0%}",
        warnings,
    ]


def _sentences(result: JudgedDocument) -> tuple[str, ...]:
    if result.held is None:
        return (f"skipped: {result.why}",)
    return unmeasured(("ours and the reference", result.held.against))


def _summary(results: list[JudgedDocument]) -> str:
    scores = [result.score for result in results if result.score is not None]
    if not scores:
        return f"0 of {len(results)} judged."
    shares = [score.clearly_off_share for score in scores]
    ssims = [score.ssim for score in scores]
    flips = [score.flip_mean for score in scores if score.flip_mean is not None]
    medians = f"median off {percent(statistics.median(shares))}, SSIM {statistics.median(ssims):.4f}"
    seen = f", FLIP {statistics.median(flips):.4f}" if flips else ""
    return f"{len(scores)} of {len(results)} judged; {medians}{seen}; worst off {percent(max(shares))}."


def _as_json(result: JudgedDocument) -> dict[str, object]:
    if result.held is None:
        return {"document": result.sample.name, "skipped": result.why}
    return {
        "document": result.sample.name,
        "render": result.held.drawn.model_dump(mode="json", by_alias=True),
        "against": result.held.against.model_dump(mode="json"),
    }


# --- what is written ------------------------------------------------------------------------------------------------


def _save(out: FilePath, folder: FilePath, results: list[JudgedDocument]) -> None:
    try:
        for result in results:
            if result.held is not None and result.held.body:
                home = out / "pictures" / result.sample.name.replace("/", "-")
                written(home, f"ours.{query_of(result.sample).format.value}", result.held.body)
                written(home, f"difference.{DRAWN.value}", result.held.heat) if result.held.heat else None
        written(out, "results.json", json.dumps([_as_json(result) for result in results], indent=2))
        written(out, "report.html", write(_report(folder, results)))
    except OSError as error:
        fail(f"Cannot write {error.filename}: {error.strerror}.")


def _report(folder: FilePath, results: list[JudgedDocument]) -> Report:
    entries = tuple(_entry(result, result.held) for result in results if result.held is not None)
    skipped = tuple(f"{result.sample.name}: {result.why}" for result in results if result.held is None)
    return Report(f"Fidelity: {folder.resolve().name}", (_summary(results),), entries, skipped)


def _entry(result: JudgedDocument, held: Held) -> ReportedDocument:
    figures: tuple[Figure, ...] = (Figure("time", milliseconds(held.drawn)),)
    if result.score is not None:
        figures = (*_figures(result.score), *figures)
    shots = [Shot(OURS, held.body)] if held.body else []
    if result.sample.reference is not None and held.heat:
        reference = Shot(REFERENCE, result.sample.reference.read_bytes())
        shots = [reference, *shots, Shot("difference", held.heat, of=PAIR)]
    return ReportedDocument(result.sample.name, figures, tuple(shots), (*_sentences(result), *notes(OURS, held.drawn)))


def _figures(score: Measured) -> tuple[Figure, ...]:
    off = Figure("off by > 32", percent(score.clearly_off_share), graded(score.clearly_off_share, 0.02, 0.07))
    return (
        off,
        ssim_figure(score, "SSIM", 0.97, 0.9),
        flip_figure(score, "FLIP", 0.03, 0.1),
        Figure("FLIP p99", flip(score.flip_p99)),
        Figure("judged", f"{score.judged_pixels / (score.width * score.height):.0%}"),
    )
