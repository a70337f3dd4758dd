"""``POST /v1/render``: a document in, a picture out, or several."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import accept, headers, upload
from app.admission import Allowance
from app.answer import Answer
from app.api.description import RESPONSES, form_with, nodes_part
from app.api.repeated import refuse_repeated_but
from app.api.state import state_of
from app.asked import Asked, Asking, RequestQuery
from app.containers.kinds import Container
from app.containers.outputs import Outputs
from app.containers.response import StreamedResponse, writer_of
from app.contentresponse import ContentResponse, etag
from app.options import Path
from app.presence import present
from app.problems import ProblemError
from app.received import Upload
from app.record import RenderRecord, recorded
from app.service.backend import Backend
from app.service.fulfil import Answered, Count, answer_of, fulfil
from app.service.render import render_order
from app.state import AppState
from renderer.formats import DEFAULT

router = APIRouter()


async def asking(
    request: Request, query: Annotated[RequestQuery, Query()], state: Annotated[AppState, Depends(state_of)]
) -> Asking:
    """What the request asks for, as far as that is known before its body: a form has the last word, with its part
    `nodes`. Raises ProblemError where the request contradicts itself, or its client accepts nothing of what there is.
    """
    asked = Asking(query, tuple(request.headers.getlist("accept")), state.settings.max_outputs)
    return asked if upload.is_form(request) else asked.settled_early()


@router.post(
    "/v1/render",
    summary="Draw a document",
    response_class=Response,
    responses=RESPONSES,
    openapi_extra={"requestBody": form_with(upload.NODES, nodes_part())},
    dependencies=[Depends(refuse_repeated_but("node"))],
)
async def render(
    request: Request, asking: Annotated[Asking, Depends(asking)], state: Annotated[AppState, Depends(state_of)]
) -> Response:
    """Draws one node of the document in the body and answers the picture, or draws several and answers all of them.

    The document is read inside a locked worker, once for all that is drawn of it. What it has and a picture does not
    show is named in `Render-Warnings`. The format is the one that `format` names, else the one of these media types
    that `Accept` gives the highest weight, of equals the first; where it accepts none of them the answer is 406.

    `node` given several times, `export=true` and a form's part `nodes` ask for several pictures. They are answered as
    `multipart/mixed`, or with `Accept: application/zip` as a ZIP, each as soon as it is drawn. One that cannot be
    drawn is a problem in its place, and takes no other with it. One picture comes in a container, too, where `Accept`
    gives it the highest weight.
    """
    async with AsyncExitStack() as held:
        record = held.enter_context(recorded(state.metrics, asking.query))
        allowance = held.enter_context(state.admission.request())
        record.path = _refuse_if_full(state, asking).name
        body = held.enter_context(await _receive(request, state, allowance))
        record.body_bytes = body.size
        asked = asking.settle(body.nodes)
        backend = state.backends.choose(asked.path)
        record.path, record.picture_format = backend.name, asked.pictures[0].picture_format.value
        order = render_order(asked.pictures, body, state.settings, exports=asked.exports)
        if asked.container is not None:
            return await _several(request, asked, asked.container, fulfil(backend, order), record, held)
        async with present(request):
            record.answer = await answer_of(backend, order)
        return await respond(record.answer)


def _refuse_if_full(state: AppState, asking: Asking) -> Backend:
    """Before the body is read. Where a form can still change who draws, nobody is refused yet."""
    backend = state.backends.choose(asking.path)
    if asking.early is not None or asking.path is not Path.AUTO or backend.name == Path.CPU.value:
        backend.slots.refuse_if_full()
    return backend


async def _receive(request: Request, state: AppState, allowance: Allowance) -> Upload:
    bounds = upload.UploadBounds(state.settings.max_body_bytes, state.settings.upload_timeout_s)
    with state.admission.upload():
        return await upload.receive(request, allowance, bounds, more=upload.NODES)


# --- one picture ------------------------------------------------------------------------------------------------------


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


# --- several ----------------------------------------------------------------------------------------------------------


async def _several(
    request: Request,
    asked: Asked,
    container: Container,
    answers: AsyncGenerator[Count | Answered[Answer]],
    record: RenderRecord,
    held: AsyncExitStack,
) -> Response:
    """The status is known when the first answer is there. What is held goes over to the response, which leaves it when
    its last byte is sent."""
    outputs = await held.enter_async_context(Outputs(answers, asked, record.settled))
    async with present(request):
        first = await outputs.first()
    said = _describe_all(first.result, container, outputs.count)
    return StreamedResponse(request, outputs, writer_of(container), held.pop_all(), said)


def _describe_all(first: Answer | ProblemError, container: Container, count: int | None) -> dict[str, str]:
    fixed = headers.security(DEFAULT) | accept.VARY | {"Cache-Control": "no-store", "Render-Count": str(count)}
    if container is Container.ZIP:
        fixed |= headers.attachment("renders.zip")
    if isinstance(first, ProblemError):
        return fixed | {
            name: first.headers[name] for name in ("Render-Path", "Sandbox-Layers") if name in first.headers
        }
    one = describe(first)
    return fixed | {name: one[name] for name in ("Render-Path", "Render-Device", "Sandbox-Layers")}
