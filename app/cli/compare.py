"""``renderserver compare``: both paths on one document or on a folder of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.text import Text

from app import logging
from app.cli.flags import fail, settings_or_exit, wrong_options
from app.cli.progress import numbers, output, progress
from app.cli.session import sealed, started, written
from app.compare.both import BETWEEN, CPU, GPU, REFERENCE, Both, ComparisonRequest, compare
from app.compare.corpus import CorpusError, Sample, samples
from app.compare.job import DRAWN, Pair
from app.compare.model import Comparison, Measured, NotMeasured
from app.compare.page import Figure, Report, ReportedDocument, Shot, write
from app.compare.words import (
    MISSING,
    SAME_FLIP,
    SAME_SSIM,
    flip,
    flip_figure,
    milliseconds,
    notes,
    percent,
    ssim_figure,
    unmeasured,
)
from app.options import CompareQuery
from app.problems import ProblemError
from app.settings import Settings
from app.state import AppState
from renderer.formats import ImageFormat

EXIT_NOT_ALL = 1
_COLUMNS = ("document", "size", "cpu", "gpu", "max Δ", "differing", "SSIM", "FLIP", "reference: cpu", "gpu")


@dataclass(frozen=True, slots=True)
class PathPicture:
    """What one path drew."""

    body: bytes
    image_format: ImageFormat


@dataclass(frozen=True, slots=True)
class ComparedDocument:
    """One document: what was found, or why nothing could be. ``pictures``: by path; ``heats``: by pair."""

    sample: Sample
    comparison: Comparison | None
    why: str | None = None
    pictures: Mapping[str, PathPicture] = field(default_factory=dict)
    heats: Mapping[Pair, bytes] = field(default_factory=dict)


def compare_command(
    place: Annotated[FilePath, typer.Argument(metavar="DOC|FOLDER", help="A document, or a folder of them.")],
    reference: Annotated[
        FilePath | None, typer.Option(help="A PNG to hold DOC's renders against.", dir_okay=False)
    ] = None,
    out: Annotated[
        FilePath | None, typer.Option(help="Folder for report.html, results.json and the pictures.", file_okay=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON instead of a table.")] = False,
    node: Annotated[str | None, typer.Option(help="Id of the node to draw, as 1:2.")] = None,
    scale: Annotated[float | None, typer.Option(help="Device pixels per document pixel, 0.01 to 4.")] = None,
    image: Annotated[
        list[FilePath] | None, typer.Option(help="An image of DOC; as often as needed.", dir_okay=False)
    ] = None,
) -> None:
    """Draw DOC, or every document under FOLDER, on both paths and say how far the pictures are apart.

    In a folder these are NAME/document.json with NAME/reference.png, or NAME.json with NAME.png; an index.json may say
    which node and scale.

    Exit status: 0 all were compared, 1 some were not (the output says which and why), 2 wrong usage or settings.
    """
    settings = settings_or_exit()
    logging.silence()
    chosen = [_with(sample, reference, node, scale, image or []) for sample in _samples(place, reference, image)]
    _check(chosen)
    results = asyncio.run(_compare_all(settings, chosen))
    if out is not None:
        _save(out, place, results)
    if as_json:
        print(json.dumps([_as_json(result) for result in results], indent=2))
    else:
        _show(results, out)
    if any(result.comparison is None or isinstance(result.comparison.difference, NotMeasured) for result in results):
        raise typer.Exit(EXIT_NOT_ALL)


def _samples(place: FilePath, reference: FilePath | None, image: list[FilePath] | None) -> list[Sample]:
    if (reference or image) and not place.is_file():
        fail("--reference and --image belong to one document; a folder has them beside each document.")
    for path in (*([reference] if reference else []), *(image or [])):
        if not path.is_file():
            fail(f"Cannot read {path}: there is no such file.")
    try:
        return samples(place)
    except CorpusError as error:
        fail(str(error))


def _with(
    sample: Sample, reference: FilePath | None, node: str | None, scale: float | None, image: list[FilePath]
) -> Sample:
    """The sample with what the command line says of it."""
    return replace(
        sample,
        reference=reference or sample.reference,
        node=node or sample.node,
        scale=scale or sample.scale,
        images=(*sample.images, *image),
    )


def _check(chosen: list[Sample]) -> None:
    """Wrong options are said before anything starts."""
    try:
        for sample in chosen:
            query_of(sample)
    except ValidationError as error:
        fail(*wrong_options(error))


def query_of(sample: Sample) -> CompareQuery:
    given = {"node": sample.node, "scale": sample.scale}
    return CompareQuery.model_validate({name: value for name, value in given.items() if value is not None})


async def _compare_all(settings: Settings, chosen: list[Sample]) -> list[ComparedDocument]:
    async with started(settings, (CPU, GPU)) as state:
        return [await _compare(state, sample) for sample in progress("comparing", chosen, _title)]


def _title(sample: Sample) -> str:
    return sample.name


async def _compare(state: AppState, sample: Sample) -> ComparedDocument:
    if sample.skipped:
        return ComparedDocument(sample, None, sample.skipped)
    try:
        with sealed(sample) as body:
            order = ComparisonRequest(query_of(sample), body, "heatmap", masks=sample.masks)
            return _kept(sample, await compare(state, order))
    except ProblemError as problem:
        return ComparedDocument(sample, None, f"{problem.kind.title}: {problem.detail}")
    except OSError as error:
        return ComparedDocument(sample, None, f"cannot be read: {error.strerror}")


def _kept(sample: Sample, both: Both) -> ComparedDocument:
    with both:
        pictures = {
            name: PathPicture(made.content.read(), made.image_format or DRAWN) for name, made in both.answers.items()
        }
        heats = {pair: heat.read() for pair, heat in both.drawn().items()}
        return ComparedDocument(sample, both.comparison, pictures=pictures, heats=heats)


# --- what is shown --------------------------------------------------------------------------------------------------


def _show(results: list[ComparedDocument], out: FilePath | None) -> None:
    console, table = output(), numbers(*_COLUMNS)
    for result in results:
        if result.comparison is not None:
            table.add_row(Text(result.sample.name), *_cells(result.comparison))
    if table.row_count:
        console.print(table)
    for result in results:
        for sentence in _sentences(result):
            console.print(Text(f"{result.sample.name}: {sentence}"), soft_wrap=True)
    for sentence in _summary(results):
        console.print(Text(sentence), soft_wrap=True)
    if out is not None:
        console.print(Text(f"report: {out / 'report.html'}"), soft_wrap=True)


def _cells(found: Comparison) -> list[str]:
    said = found.difference
    drawn = found.cpu if found.cpu.drawn else found.gpu
    size = f"{drawn.width}×{drawn.height}" if drawn.drawn else MISSING
    numbers = [MISSING] * 4
    if isinstance(said, Measured):
        numbers = [str(said.max_delta), percent(said.differing_share), f"{said.ssim:.5f}", flip(said.flip_mean)]
    against = [MISSING] * 2
    if found.reference is not None:
        against = [_short(found.reference.cpu), _short(found.reference.gpu)]
    return [size, milliseconds(found.cpu), milliseconds(found.gpu), *numbers, *against]


def _short(found: Measured | NotMeasured) -> str:
    return f"{found.ssim:.4f} / {flip(found.flip_mean)}" if isinstance(found, Measured) else MISSING


def _sentences(result: ComparedDocument) -> tuple[str, ...]:
    found = result.comparison
    if found is None:
        return (f"skipped: {result.why}",)
    named = [("the two paths", found.difference)]
    if found.reference is not None:
        named += [("cpu and the reference", found.reference.cpu), ("gpu and the reference", found.reference.gpu)]
    return unmeasured(*named)


def _differences(results: list[ComparedDocument]) -> list[Measured]:
    said = (result.comparison.difference for result in results if result.comparison is not None)
    return [difference for difference in said if isinstance(difference, Measured)]


def _summary(results: list[ComparedDocument]) -> tuple[str, ...]:
    found = _differences(results)
    if not found:
        return (f"0 of {len(results)} documents compared.",)
    flips = [item.flip_mean for item in found if item.flip_mean is not None]
    near = sum(item.ssim >= SAME_SSIM and (item.flip_mean or 0.0) <= SAME_FLIP for item in found)
    worst = f"worst SSIM {min(item.ssim for item in found):.5f}" + (f", worst FLIP {max(flips):.4f}" if flips else "")
    near_enough = f"{near} within SSIM ≥ {SAME_SSIM} and FLIP ≤ {SAME_FLIP}"
    return (f"{len(found)} of {len(results)} documents compared; {near_enough}; {worst}.",)


def _as_json(result: ComparedDocument) -> dict[str, object]:
    if result.comparison is None:
        return {"document": result.sample.name, "skipped": result.why}
    return {"document": result.sample.name} | result.comparison.model_dump(mode="json", by_alias=True)


# --- what is written ------------------------------------------------------------------------------------------------


def _save(out: FilePath, place: FilePath, results: list[ComparedDocument]) -> None:
    try:
        for result in results:
            _save_pictures(out / "pictures" / result.sample.name.replace("/", "-"), result)
        written(out, "results.json", json.dumps([_as_json(result) for result in results], indent=2))
        written(out, "report.html", write(_report(place, results)))
    except OSError as error:
        fail(f"Cannot write {error.filename}: {error.strerror}.")


def _save_pictures(folder: FilePath, result: ComparedDocument) -> None:
    for name, made in result.pictures.items():
        written(folder, f"{name}.{made.image_format.value}", made.body)
    for pair, heat in result.heats.items():
        written(folder, f"difference-{'-'.join(pair)}.{DRAWN.value}", heat)


def _report(place: FilePath, results: list[ComparedDocument]) -> Report:
    ranked = sorted((result for result in results if result.comparison is not None), key=_worst_first)
    skipped = tuple(f"{result.sample.name}: {result.why}" for result in results if result.comparison is None)
    title = f"CPU and GPU: {place.resolve().name}"
    return Report(title, _summary(results), tuple(_entry(result) for result in ranked), skipped)


def _worst_first(result: ComparedDocument) -> tuple[float, float]:
    difference = None if result.comparison is None else result.comparison.difference
    return (-(difference.flip_mean or 0.0), difference.ssim) if isinstance(difference, Measured) else (-2.0, 0.0)


def _entry(result: ComparedDocument) -> ReportedDocument:
    found = result.comparison
    if found is None:
        return ReportedDocument(result.sample.name, (), ())
    return ReportedDocument(result.sample.name, _figures(found), _shots(result), _entry_notes(result, found))


def _figures(found: Comparison) -> tuple[Figure, ...]:
    figures = [Figure("cpu", milliseconds(found.cpu)), Figure("gpu", milliseconds(found.gpu))]
    if isinstance(found.difference, Measured):
        figures += [
            Figure("max Δ", str(found.difference.max_delta)),
            Figure("differing", percent(found.difference.differing_share)),
            ssim_figure(found.difference, "SSIM", SAME_SSIM, 0.99),
            flip_figure(found.difference, "FLIP", SAME_FLIP, 0.03),
            Figure("FLIP p99", flip(found.difference.flip_p99)),
        ]
    if found.reference is not None:
        pairs = (("cpu", found.reference.cpu), ("gpu", found.reference.gpu))
        figures += [
            Figure(f"{name} – reference SSIM", f"{against.ssim:.4f}")
            for name, against in pairs
            if isinstance(against, Measured)
        ]
    return tuple(figures)


def _shots(result: ComparedDocument) -> tuple[Shot, ...]:
    shots = [Shot(name, made.body, made.image_format.media_type) for name, made in result.pictures.items()]
    heats = [Shot(f"difference {' – '.join(pair)}", heat, of=pair) for pair, heat in result.heats.items()]
    reference = result.sample.reference
    if reference is not None and any(REFERENCE in pair for pair in result.heats):
        shots.append(Shot(REFERENCE, reference.read_bytes()))
    return (*shots, *heats)


def _entry_notes(result: ComparedDocument, found: Comparison) -> tuple[str, ...]:
    return (*_sentences(result), *_box_note(found.difference), *notes("cpu", found.cpu), *notes("gpu", found.gpu))


def _box_note(found: Measured | NotMeasured) -> tuple[str, ...]:
    if not isinstance(found, Measured) or found.bounding_box is None:
        return ()
    box = found.bounding_box
    where = f"within {box.width}×{box.height} at ({box.x}, {box.y})"
    return (f"{' and '.join(BETWEEN)}: {found.differing_pixels} pixels differ to the eye, {where}",)
