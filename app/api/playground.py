"""``/``: the page that shows both paths at work, and the files it is made of."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.playground.files import PAGE, read_all

router = APIRouter()

# All that the page needs is on this server. No script is ever made out of text: `trusted-types` leaves one way to name
# code by a string, which is the page's own and knows the names of its two workers. A frame is for the browser's own
# viewer of documents, and shows what the page itself has fetched.
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' blob:; frame-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types playground"
)
# A new version of the server is a new page: asked for each time, sent only when it changed.
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_files = cache(read_all)


@router.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
def page(request: Request) -> Response:
    return _answer(request, PAGE)


@router.api_route("/playground/{name}", methods=["GET", "HEAD"], include_in_schema=False)
def file(request: Request, name: str) -> Response:
    return _answer(request, name)


def _answer(request: Request, name: str) -> Response:
    found = _files().get(name)
    if found is None:
        raise HTTPException(404)
    headers = _HEADERS | {"ETag": found.etag}
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type=found.media_type, headers=headers)
