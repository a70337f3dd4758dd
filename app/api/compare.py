"""``POST /v1/compare``: a document in, both paths' pictures held against each other out."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import accept, headers, upload
from app.admission import Allowance
from app.api.description import form_with, problem_responses
from app.api.repeated import refuse_repeated
from app.api.state import state_of
from app.compare.both import BETWEEN, Both, ComparisonRequest, compare
from app.compare.job import DRAWN
from app.compare.model import Comparison, Measured
from app.contentresponse import ContentResponse
from app.options import CompareQuery
from app.presence import present
from app.problems import ProblemError
from app.received import Upload
from app.record import recorded
from app.state import AppState

router = APIRouter()
JSON = "application/json"
_FIXED = {"Cache-Control": "no-store"} | accept.VARY


_REFERENCE: Final = {
    "type": "string",
    "format": "binary",
    "description": "A picture to hold both renders against: a PNG, as Figma exports it",
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Comparison,
        "description": f"The comparison; with `Accept: {DRAWN.media_type}` one picture: CPU, GPU, heat map",
        "content": {DRAWN.media_type: {"schema": {"type": "string", "format": "binary"}}},
    },
    **problem_responses(),
}


@router.post(
    "/v1/compare",
    summary="Draw a document on both paths and compare the pictures",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra={"requestBody": form_with(upload.REFERENCE, _REFERENCE)},
    dependencies=[Depends(refuse_repeated)],
)
async def compare_paths(
    request: Request, query: Annotated[CompareQuery, Query()], state: Annotated[AppState, Depends(state_of)]
) -> Response:
    """Draws on both paths, one after the other, and measures how far apart the pictures are, and how far each is from
    the part `reference` where there is one.

    A path that cannot draw is named in its place, with all that could still be measured. The pictures are decoded and
    compared inside a locked worker; the first comparison after a start waits some seconds for it.
    """
    wants_picture = accept.chosen(request.headers.getlist("accept"), [JSON, DRAWN.media_type]) != JSON
    with recorded(state.metrics, query) as record, state.admission.request() as allowance:
        record.path = "compare"
        with await _receive(request, state, allowance) as body:
            record.body_bytes = body.size
            order = ComparisonRequest(query, body, "strip" if wants_picture else "none")
            async with present(request):
                both = await compare(state, order)
        with both:
            return await _picture(both) if wants_picture else _numbers(both)


async def _receive(request: Request, state: AppState, allowance: Allowance) -> Upload:
    bounds = upload.UploadBounds(state.settings.max_body_bytes, state.settings.upload_timeout_s)
    with state.admission.upload():
        return await upload.receive(request, allowance, bounds, more=upload.REFERENCE)


def _numbers(both: Both) -> Response:
    body = both.comparison.model_dump_json(by_alias=True)
    return Response(body, media_type=JSON, headers=_FIXED)


async def _picture(both: Both) -> Response:
    """Raises ProblemError where there is no picture of both."""
    drawn = both.drawn().get(BETWEEN)
    if drawn is None:
        raise _missing(both)
    difference = both.comparison.difference
    described = {"Compare-Difference": describe(difference)} if isinstance(difference, Measured) else {}
    fixed = _FIXED | headers.security(DRAWN) | headers.inline("compare", DRAWN)
    return ContentResponse(drawn.move(), DRAWN.media_type, fixed | described)


def _missing(both: Both) -> ProblemError:
    found = both.found.get(BETWEEN)
    if isinstance(found, ProblemError):
        return found
    for result in (both.comparison.cpu, both.comparison.gpu):
        if not result.drawn:
            problem = result.problem
            code = problem.type.removeprefix("/docs#")
            detail = f"There are not two pictures to show: {problem.detail} Ask for JSON to see what could be measured."
            return ProblemError(code, detail, subcode=problem.code)
    return ProblemError("render-failed", "The two paths' pictures have different sizes.")


def describe(difference: Measured) -> str:
    """A structured field dictionary (RFC 9651)."""
    flip = "" if difference.flip_mean is None else f", flip-mean={difference.flip_mean:.3f}"
    counts = f"max-delta={difference.max_delta}, differing-pixels={difference.differing_pixels}"
    return f"ssim={difference.ssim:.3f}{flip}, {counts}"
