"""One document on both paths, and their pictures held against each other and against a reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from app.answer import Answer
from app.compare.job import CompareWork, Found, Mask, Output, Pair, hold
from app.compare.model import Comparison, Drawn, Measured, NotDrawn, NotMeasured, Reference
from app.options import Path, PictureQuery
from app.problems import ProblemError
from app.received import Upload
from app.record import recorded
from app.service.fulfil import answer_of
from app.service.render import render_order
from app.state import AppState
from sandbox.client.content import Content

CPU, GPU, REFERENCE = "cpu", "gpu", "reference"
BETWEEN: Pair = (CPU, GPU)


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """``output``: what the worker that compares draws. ``masks``: what of a reference cannot be judged."""

    query: PictureQuery
    body: Upload
    output: Output = "none"
    masks: tuple[Mask, ...] = ()


@dataclass(frozen=True, slots=True)
class Both:
    """``answers``: by path, the pictures that were drawn. ``found``: by pair, what its comparison gave, or why not. A
    context manager that closes all of them."""

    comparison: Comparison
    answers: Mapping[str, Answer]
    found: Mapping[Pair, Found | ProblemError]

    def drawn(self) -> dict[Pair, Content]:
        """What the comparisons drew."""
        pictures = ((pair, found.drawn) for pair, found in self.found.items() if isinstance(found, Found))
        return {pair: picture for pair, picture in pictures if picture.size}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for made in self.answers.values():
            made.content.close()
        for found in self.found.values():
            if isinstance(found, Found):
                found.drawn.close()


async def compare(state: AppState, order: ComparisonRequest) -> Both:
    """One path after the other, so that neither's time is taken beside the other's work; then pair by pair.

    Raises ProblemError where no path has drawn anything, and for a reference that is no picture. Whatever else fails is
    said in its place in the answer, with all that could be measured.
    """
    results = {path.value: await draw(state, order, path) for path in (Path.CPU, Path.GPU)}
    answers = {name: result for name, result in results.items() if isinstance(result, Answer)}
    if not answers:
        raise next(result for result in results.values() if isinstance(result, ProblemError))
    found = {pair: await _hold(state, order, answers, pair) for pair in _pairs(order, answers)}
    return Both(_comparison(results, order, found), answers, found)


def _pairs(order: ComparisonRequest, answers: Mapping[str, Answer]) -> list[Pair]:
    between = [BETWEEN] if len(answers) == 2 else []
    return between + [(REFERENCE, name) for name in answers if order.body.reference is not None]


async def _hold(
    state: AppState, order: ComparisonRequest, answers: Mapping[str, Answer], pair: Pair
) -> Found | ProblemError:
    """A job of its own for every pair: each has the whole of the limits, and fails alone."""
    held: dict[str, Content | int] = {name: made.content for name, made in answers.items()}
    if order.body.reference is not None:
        held[REFERENCE] = order.body.reference
    output = order.output if pair == BETWEEN or order.output == "heatmap" else "none"
    work = CompareWork(pair, () if pair == BETWEEN else order.masks, output)
    try:
        return await hold(state.backends.comparing, work, (held[pair[0]], held[pair[1]]), state.settings)
    except ProblemError as problem:
        if problem.extra.get("field") == REFERENCE:
            raise
        return problem


async def draw(state: AppState, order: ComparisonRequest, wanted: Path) -> Answer | ProblemError:
    """The picture of one path, or what `/v1/render` would have said instead."""
    try:
        with recorded(state.metrics, order.query) as record:
            record.path = wanted.value
            backend = state.backends.choose(wanted)
            record.answer = await answer_of(backend, render_order([order.query], order.body, state.settings))
            return record.answer
    except ProblemError as problem:
        return problem


def _comparison(
    results: Mapping[str, Answer | ProblemError], order: ComparisonRequest, found: Mapping[Pair, Found | ProblemError]
) -> Comparison:
    completed = [item for item in found.values() if isinstance(item, Found)]
    reference = None
    if order.body.reference is not None:
        sizes = [item.sizes[0] for pair, item in found.items() if pair[0] == REFERENCE and isinstance(item, Found)]
        width, height = sizes[0] if sizes else (None, None)
        of = {name: _measured(found, (REFERENCE, name), results) for name in (CPU, GPU)}
        reference = Reference(width=width, height=height, cpu=of[CPU], gpu=of[GPU])
    return Comparison(
        cpu=path_result(results[CPU]),
        gpu=path_result(results[GPU]),
        difference=_measured(found, BETWEEN, results),
        reference=reference,
        compare_ms={name: round(sum(item.timings_ms[name] for item in completed), 3) for name in ("queue", "worker")},
        compare_layers=list(completed[0].layers) if completed else [],
    )


def path_result(result: Answer | ProblemError) -> Drawn | NotDrawn:
    if isinstance(result, ProblemError):
        return NotDrawn(problem=result.problem())
    picture = result.picture
    return Drawn(
        device=picture.device,
        width=picture.width,
        height=picture.height,
        media_type=picture.media_type,
        size_bytes=result.content.size,
        timings_ms=dict(result.timings_ms),
        layers=list(result.layers),
        warnings=list(picture.warnings),
        warnings_dropped=picture.warnings_dropped,
    )


def _measured(
    found: Mapping[Pair, Found | ProblemError], pair: Pair, results: Mapping[str, Answer | ProblemError]
) -> Measured | NotMeasured:
    for name in pair:
        result = results.get(name)
        if isinstance(result, ProblemError):
            reason = f"The {name} path has drawn nothing: {result.kind.title[0].lower()}{result.kind.title[1:]}."
            return NotMeasured(reason=reason, code=result.subcode or result.code)
    return measured(found[pair], pair)


def measured(found: Found | ProblemError, pair: Pair) -> Measured | NotMeasured:
    if isinstance(found, ProblemError):
        return NotMeasured(reason=found.detail, code=found.subcode or found.code)
    if found.difference is not None:
        return Measured.model_validate(found.difference.model_dump())
    one, other = found.sizes
    reason = (
        f"{pair[0]} is {one[0]} x {one[1]} and {pair[1]} is {other[0]} x {other[1]}: only pictures of one size can be "
        "compared. Ask for the other one's size with `scale`, `width` and `height`, or for its `node`."
    )
    return NotMeasured(reason=reason, code="sizes-differ")
