"""``POST /v1/render``: a document in, a picture out."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import Response

from app import accept, headers, upload
from app.admission import Allowance
from app.answer import Answer
from app.contentresponse import ContentResponse, etag
from app.options import RenderQuery
from app.presence import present
from app.problems import CATALOGUE, MEDIA_TYPE, ProblemError
from app.record import recorded
from app.report import TIMED
from app.service.fulfil import answer_of
from app.service.render import render_order
from app.state import AppState, state_of
from app.upload import Upload
from renderer.documents import DECODED, DocumentFormat
from renderer.formats import DEFAULT, ImageFormat

router = APIRouter()
_FORMATS = {each.media_type: each for each in ImageFormat}


def refuse_repeated(request: Request) -> None:
    """An option given twice has no meaning that both ends would agree on."""
    counts = Counter(name for name, _ in request.query_params.multi_items())
    repeated = sorted(name[:60] for name, count in counts.items() if count > 1)
    if repeated:
        detail = f"{', '.join(repeated[:5])}: given more than once; give each option once."
        raise ProblemError("option-invalid", detail, extra={"field": repeated[0]})


def negotiated(request: Request, query: Annotated[RenderQuery, Query()]) -> RenderQuery:
    """The options with a format: the one they name, or the one that ``Accept`` asks for.

    Raises ProblemError where the client accepts none, and RequestValidationError where its options do not go with it.
    """
    if query.format is not None:
        return query
    media_type = accept.chosen(request.headers.getlist("accept"), list(_FORMATS))
    try:
        return query.drawn_as(_FORMATS[media_type])
    except ValidationError as error:
        raise RequestValidationError([{**item, "loc": ("query", *item["loc"])} for item in error.errors()]) from None


def _header(text: str, example: str) -> dict[str, object]:
    return {"description": text, "schema": {"type": "string"}, "example": example}


_HEADERS = {
    "ETag": _header("Strong: the digest of the bytes.", '"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"'),
    "Server-Timing": _header(f"Milliseconds by stage: {', '.join(TIMED)}.", "queue;dur=0.03"),
    "Render-Path": _header("The path that drew it: cpu or gpu.", "cpu"),
    "Render-Device": _header("What drew it (structured field).", '"Skia raster";api="cpu";software=?1'),
    "Render-Size": _header("Width and height of the picture in pixels.", "800x600"),
    "Render-Warnings": _header(
        "How many features of the document the picture does not show as they are, then as many of them as fit into "
        "4 KB (structured field list).",
        '1, image-missing;node="1:2";detail="no image with this digest was posted"',
    ),
    "Sandbox-Layers": _header("The layers the kernel said were in force.", "no-new-privs, seccomp"),
    "Vary": _header("Without `format` the answer depends on `Accept`.", "Accept"),
    "Request-Id": _header("The request's own, or a new one.", "5f0c"),
}
_SCHEMA = {"schema": {"type": "string", "format": "binary"}}
_PICTURE: dict[str, Any] = {
    "description": "The picture",
    "headers": _HEADERS,
    "content": dict.fromkeys(_FORMATS, _SCHEMA),
}


def _problem(status: int) -> dict[str, Any]:
    titles = dict.fromkeys(kind.title for kind in CATALOGUE.values() if kind.status == status)
    return {
        "description": "; ".join(titles),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def problem_responses() -> dict[int | str, dict[str, Any]]:
    """Every status a call that draws can answer with but 200, for the OpenAPI description."""
    return {status: _problem(status) for status in sorted({kind.status for kind in CATALOGUE.values()} - {404, 405})}


_RESPONSES: dict[int | str, dict[str, Any]] = {200: _PICTURE, **problem_responses()}


def _described(document_format: DocumentFormat) -> dict[str, Any]:
    """What the page must know of a format of documents; without a signature where its files have none."""
    facts: dict[str, Any] = {
        "label": document_format.label,
        "media_type": document_format.media_type,
        "suffixes": document_format.suffixes,
        "decoded": document_format.decoded,
    }
    return facts if document_format.signature is None else facts | {"signature": document_format.signature}


BODY: dict[str, Any] = {
    "required": True,
    "x-documents": [_described(each) for each in DocumentFormat],
    "content": {
        **{each.media_type: {"schema": {"description": each.label}} for each in DECODED},
        upload.FORM: {
            "schema": {
                "type": "object",
                "required": ["document"],
                "properties": {
                    "document": {"type": "string", "format": "binary", "description": "The document"},
                    "image": {
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                        "description": "An image of the document; its filename may be its SHA-1, which is checked then",
                    },
                },
            }
        },
    },
}


@router.post(
    "/v1/render",
    summary="Draw a document",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra={"requestBody": BODY},
    dependencies=[Depends(refuse_repeated)],
)
async def render(
    request: Request, query: Annotated[RenderQuery, Depends(negotiated)], state: Annotated[AppState, Depends(state_of)]
) -> Response:
    """Draws one node of the document in the body and answers the picture.

    The document is read inside a locked worker. What it has and the picture does not show is named in
    `Render-Warnings`. The format is the one that `format` names, else the one of these media types that `Accept` gives
    the highest weight, of equals the first; where it accepts none of them the answer is 406.
    """
    with recorded(state.metrics, query) as record, state.admission.request() as allowance:
        backend = state.backends.choose(query.render_path)
        record.path = backend.name
        backend.slots.refuse_if_full()
        with await _receive(request, state, allowance) as body:
            record.body_bytes = body.size
            order = render_order([query], body, state.settings)
            async with present(request):
                record.answer = await answer_of(backend, order)
        return await respond(record.answer)


async def _receive(request: Request, state: AppState, allowance: Allowance) -> Upload:
    bounds = upload.UploadBounds(state.settings.max_body_bytes, state.settings.upload_timeout_s)
    with state.admission.upload():
        return await upload.receive(request, allowance, bounds)


async def respond(made: Answer) -> Response:
    """The picture with all that is said about it."""
    headers = describe(made) | {"ETag": await etag(made.content)}
    return ContentResponse(made.content, made.picture.media_type, headers)


def describe(made: Answer) -> dict[str, str]:
    """Every header field of a picture but its ETag."""
    picture, image_format = made.picture, made.image_format or DEFAULT
    fixed = headers.security(image_format) | headers.inline("render", image_format) | accept.VARY
    return fixed | {
        "Cache-Control": "no-store",
        "Server-Timing": headers.server_timing(made.timings_ms),
        "Render-Path": made.path,
        "Render-Device": headers.render_device(picture.device),
        "Render-Size": f"{picture.width}x{picture.height}",
        "Render-Warnings": headers.render_warnings(picture.warnings, picture.warnings_dropped),
        "Sandbox-Layers": ", ".join(made.layers),
    }
