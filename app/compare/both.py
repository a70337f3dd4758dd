"""One document on both paths, and their pictures held against each other and against a reference."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from app.answer import Answer, Rendered, answer
from app.compare.job import CompareJob, Found, Output, Pair, run
from app.compare.model import Comparison, Drawn, Measured, NotDrawn, NotMeasured, Reference
from app.options import Path, RenderQuery, encode_header
from app.problems import ProblemError
from app.record import recorded
from app.state import State
from app.upload import Upload

CPU, GPU, REFERENCE = "cpu", "gpu", "reference"
BETWEEN: Pair = (CPU, GPU)


async def _present() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Order:
    """``output``: what the worker that compares draws. ``gone``: whether nobody waits for the answer any more."""

    query: RenderQuery
    body: Upload
    output: Output = "none"
    gone: Callable[[], Awaitable[bool]] = _present


@dataclass(frozen=True, slots=True)
class Both:
    """``answers``: by path, the pictures that were drawn. ``found.drawn``: what the comparison drew."""

    comparison: Comparison
    answers: dict[str, Answer] = field(default_factory=dict)
    found: Found = field(default_factory=Found)
    problem: ProblemError | None = None


async def compare(state: State, order: Order) -> Both:
    """One path after the other, so that neither's time is taken beside the other's work.

    Raises ProblemError where no path has drawn anything, and for a reference that is no picture. Whatever else fails is
    said in its place in the answer, with all that could be measured.
    """
    results = {path.value: await draw(state, order, path) for path in (Path.CPU, Path.GPU)}
    answers = {name: result for name, result in results.items() if isinstance(result, Answer)}
    if not answers:
        raise next(result for result in results.values() if isinstance(result, ProblemError))
    try:
        found, problem = await _held_together(state, order, answers), None
    except ProblemError as error:
        if error.extra.get("field") == REFERENCE:
            raise
        found, problem = Found(), error
    return Both(_comparison(results, order, found, problem), answers, found, problem)


async def draw(state: State, order: Order, wanted: Path) -> Answer | ProblemError:
    """The picture of one path, or what `/v1/render` would have said instead."""
    try:
        with recorded(state.metrics, order.query) as record:
            record.path = wanted.value
            path = state.renders.choose(wanted)
            header = encode_header(order.query, media_type=order.body.media_type, images=order.body.images)
            async with state.admission.worker() as waited_s:
                await _somebody_waits(order)
                record.outcome = await state.renders.submit(path, header, order.body.fds)
            queue_ms = waited_s * 1000
            record.answer = answer(Rendered(order.query, path.name, record.outcome, state.settings.limits, queue_ms))
            return record.answer
    except ProblemError as problem:
        return problem


async def _somebody_waits(order: Order) -> None:
    if await order.gone():
        raise ProblemError("request-aborted", "The client left before the render began.")


async def _held_together(state: State, order: Order, answers: dict[str, Answer]) -> Found:
    pictures: dict[str, bytes | int] = {name: made.body for name, made in answers.items()}
    pairs: list[Pair] = [BETWEEN] if len(answers) == 2 else []
    if order.body.reference is not None:
        pairs += [(REFERENCE, name) for name in answers]
        pictures[REFERENCE] = order.body.reference
    if not pairs:
        return Found()
    job = CompareJob(pictures, tuple(pairs), output=order.output)
    return await run(job, state.renders, state.admission, order.query)


def _comparison(
    results: dict[str, Answer | ProblemError], order: Order, found: Found, problem: ProblemError | None
) -> Comparison:
    reference = None
    if order.body.reference is not None:
        width, height = found.sizes.get(REFERENCE, (None, None))
        of = {name: _measured(found, (REFERENCE, name), results, problem) for name in (CPU, GPU)}
        reference = Reference(width=width, height=height, cpu=of[CPU], gpu=of[GPU])
    return Comparison(
        cpu=path_result(results[CPU]),
        gpu=path_result(results[GPU]),
        difference=_measured(found, BETWEEN, results, problem),
        reference=reference,
        compare_ms=dict(found.timings_ms),
        compare_layers=list(found.layers),
    )


def path_result(result: Answer | ProblemError) -> Drawn | NotDrawn:
    if isinstance(result, ProblemError):
        return NotDrawn(problem=result.problem())
    picture = result.picture
    return Drawn(
        device=picture.device,
        width=picture.width,
        height=picture.height,
        media_type=result.media_type,
        size_bytes=len(result.body),
        timings_ms=dict(result.timings_ms),
        layers=list(result.layers),
        warnings=list(picture.warnings),
        warnings_dropped=picture.warnings_dropped,
    )


def _measured(
    found: Found, pair: Pair, results: dict[str, Answer | ProblemError], problem: ProblemError | None
) -> Measured | NotMeasured:
    for name in pair:
        result = results.get(name)
        if isinstance(result, ProblemError):
            reason = f"The {name} path has drawn nothing: {result.kind.title[0].lower()}{result.kind.title[1:]}."
            return NotMeasured(reason=reason, code=result.subcode or result.code)
    if problem is not None:
        return NotMeasured(reason=problem.detail, code=problem.subcode or problem.code)
    return measured(found, pair)


def measured(found: Found, pair: Pair) -> Measured | NotMeasured:
    difference = found.differences.get(pair)
    if difference is not None:
        return Measured.model_validate(difference.model_dump())
    (one, other) = (found.sizes.get(name, (0, 0)) for name in pair)
    reason = (
        f"{pair[0]} is {one[0]} x {one[1]} and {pair[1]} is {other[0]} x {other[1]}: only pictures of one size can be "
        "compared. Ask for the other one's size with `scale`, `width` and `height`, or for its `node`."
    )
    return NotMeasured(reason=reason, code="sizes-differ")
