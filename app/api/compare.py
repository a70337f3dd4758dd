"""``POST /v1/compare``: a document in, both paths' pictures held against each other out."""

from __future__ import annotations

import copy
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import headers, upload
from app.admission import Allowance
from app.api.render import BODY, problem_responses, refuse_repeated
from app.compare.both import BETWEEN, Both, ComparisonRequest, compare
from app.compare.model import Comparison, Measured
from app.options import CompareQuery
from app.problems import ProblemError
from app.record import recorded
from app.state import AppState, state_of
from app.upload import Upload

router = APIRouter()
PNG = "image/png"
JSON = "application/json"


def _body() -> dict[str, Any]:
    """The render's, with a reference."""
    body = copy.deepcopy(BODY)
    text = "A picture to hold both renders against: a PNG, as Figma exports it"
    body["content"][upload.FORM]["schema"]["properties"]["reference"] = {
        "type": "string",
        "format": "binary",
        "description": text,
    }
    return body


_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Comparison,
        "description": "The comparison; with `Accept: image/png` one picture: CPU, GPU, heat map",
        "content": {PNG: {"schema": {"type": "string", "format": "binary"}}},
    },
    **problem_responses(),
}


@router.post(
    "/v1/compare",
    summary="Draw a document on both paths and compare the pictures",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra={"requestBody": _body()},
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
    wants_picture = prefers_picture(request.headers.get("accept", ""))
    with recorded(state.metrics, query) as record, state.admission.request() as allowance:
        record.path = "compare"
        with await _receive(request, state, allowance) as body:
            record.body_bytes = body.size
            order = ComparisonRequest(query, body, "strip" if wants_picture else "none", request.is_disconnected)
            both = await compare(state, order)
        return _picture(both) if wants_picture else _numbers(both)


async def _receive(request: Request, state: AppState, allowance: Allowance) -> Upload:
    bounds = upload.UploadBounds(state.settings.max_body_bytes, state.settings.upload_timeout_s)
    with state.admission.upload():
        return await upload.receive(request, allowance, bounds, reference=True)


def prefers_picture(accept: str) -> bool:
    """Whether an Accept header (RFC 9110, 12.5.1) names PNG, and JSON not more than it."""
    weights = dict(_weight(item) for item in accept.lower().split(",") if item.strip())
    picture = weights.get(PNG, weights.get("image/*", 0.0))
    return picture > 0 and picture >= weights.get(JSON, 0.0)


def _weight(item: str) -> tuple[str, float]:
    name, *parameters = (part.strip() for part in item.split(";"))
    given = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
    try:
        return name, float(given[0]) if given else 1.0
    except ValueError:
        return name, 0.0


def _numbers(both: Both) -> Response:
    body = both.comparison.model_dump_json(by_alias=True)
    return Response(body, media_type=JSON, headers={"Cache-Control": "no-store", "Vary": "Accept"})


def _picture(both: Both) -> Response:
    """Raises ProblemError where there is no picture of both."""
    drawn = both.drawn().get(BETWEEN)
    if drawn is None:
        raise _missing(both)
    difference = both.comparison.difference
    described = {"Compare-Difference": describe(difference)} if isinstance(difference, Measured) else {}
    fixed = {"Cache-Control": "no-store", "Vary": "Accept", "Content-Disposition": 'inline; filename="compare.png"'}
    return Response(drawn, media_type=PNG, headers=headers.SECURITY | fixed | described)


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
