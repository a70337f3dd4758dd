"""One path's picture of a document against a reference."""

from __future__ import annotations

from dataclasses import dataclass

from app.answer import Answer
from app.compare.both import REFERENCE, ComparisonRequest, draw, measured, path_result
from app.compare.job import CompareWork, Pair
from app.compare.job import hold as compare
from app.compare.model import Drawn, Measured, NotDrawn, NotMeasured
from app.options import Path
from app.problems import ProblemError
from app.state import AppState

OURS = "ours"
PAIR: Pair = (REFERENCE, OURS)


@dataclass(frozen=True, slots=True)
class Held:
    """``body``: our picture, empty where there is none; ``heat``: its difference, as :data:`app.compare.job.DRAWN`."""

    drawn: Drawn | NotDrawn
    against: Measured | NotMeasured
    body: bytes = b""
    heat: bytes = b""


async def hold(state: AppState, order: ComparisonRequest, path: Path) -> Held:
    """Draw and compare. What fails is said in its place. The order has a reference."""
    result = await draw(state, order, path)
    if not isinstance(result, Answer):
        return Held(path_result(result), NotMeasured(reason=result.detail, code=result.subcode or result.code))
    assert order.body.reference is not None  # noqa: S101 - the caller's part of the deal
    with result:
        work = CompareWork(PAIR, order.masks, order.output)
        pictures = (order.body.reference, result.content)
        try:
            found = await compare(state.backends.comparing, work, pictures, state.settings)
        except ProblemError as problem:
            why = NotMeasured(reason=problem.detail, code=problem.subcode or problem.code)
            return Held(path_result(result), why, result.content.read())
        with found.drawn as heat:
            return Held(path_result(result), measured(found, PAIR), result.content.read(), heat.read())
