"""A request's body, streamed straight into sealed memfds: counted and hashed, never looked into.

The document and each image end up in a file of their own that nobody can change any more, which is what the worker
gets. Nothing here knows what a document looks like.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, Literal

from starlette.requests import ClientDisconnect, Request

from app.admission import Allowance
from app.multipart import FormPart, FormReader, boundary_of
from app.problems import ProblemError
from app.received import Upload
from renderer import documents
from renderer.documents import DECODED, DocumentFormat, media_types
from sandbox.mechanisms.memfd import MemfdWriter

FORM = "multipart/form-data"
REFERENCE: Final = "reference"
NODES: Final = "nodes"
MAX_NODES_BYTES: Final = 256 * 1024
_MORE = {REFERENCE: "a PNG file", NODES: "a JSON list of what to draw"}
# curl calls a file whose kind it does not know an octet stream; in a form that is no contradiction.
_UNSAID = {None, "", "application/octet-stream", "text/plain"}
_HOW = f"as {media_types()}, or with its images as {FORM}"


@dataclass(frozen=True, slots=True)
class UploadBounds:
    """``body_bytes``: of the whole body; ``timeout_s``: for all of it to arrive."""

    body_bytes: int
    timeout_s: float


async def receive(
    request: Request, allowance: Allowance, bounds: UploadBounds, *, more: Literal["reference", "nodes"] | None = None
) -> Upload:
    """The whole body. ``more``: what a form may have besides a document and its images. Raises ProblemError."""
    media_type = check_head(request, bounds)
    body = _Body(request, allowance, bounds)
    if media_type == FORM:
        return await _receive_form(body, more)
    return await _receive_document(body, media_type)


def is_form(request: Request) -> bool:
    return _media_type(request) == FORM


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def check_head(request: Request, bounds: UploadBounds) -> str:
    """The media type of a body that may come in. Raises ProblemError before a byte of it was read."""
    media_type = _media_type(request)
    if request.headers.get("content-length", "") == "0":
        raise _empty()
    if media_type != FORM:
        _check_media_type(media_type)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError("media-type-unsupported", "Content-Encoding is not supported: send the body uncompressed.")
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > bounds.body_bytes:
        raise _too_large(bounds)
    return media_type


def _check_media_type(media_type: str) -> None:
    named = documents.of_media_type(media_type)
    if named is not None:
        _check_decoded(named)
    elif not media_type:
        raise _unsupported(f"The request has no Content-Type. Send the document {_HOW}.")
    else:
        raise _unsupported(f"{media_type[:100]} is not supported. Send the document {_HOW}.")


def _check_decoded(document_format: DocumentFormat) -> None:
    if not document_format.decoded:
        raise _unsupported(documents.not_decoded(document_format))


def _unsupported(detail: str) -> ProblemError:
    accepted = ", ".join([*(each.media_type for each in DECODED), FORM])
    return ProblemError("media-type-unsupported", detail, {"Accept": accepted}, {"field": "Content-Type"})


class _Body:
    """A body that is counted while it comes in."""

    def __init__(self, request: Request, allowance: Allowance, bounds: UploadBounds) -> None:
        self._request = request
        self._allowance = allowance
        self._bounds = bounds
        self.content_type = request.headers.get("content-type", "")
        self.size = 0

    async def into(self, sink: Callable[[bytes], None]) -> None:
        """Give every chunk to ``sink``. Raises ProblemError."""
        try:
            async with asyncio.timeout(self._bounds.timeout_s):
                await self._pour(sink)
        except TimeoutError:
            detail = f"The body did not arrive within {self._bounds.timeout_s:g} s (RENDERSERVER_UPLOAD_TIMEOUT_S)."
            raise ProblemError("upload-timeout", detail, {"Connection": "close"}) from None
        except ClientDisconnect:
            raise ProblemError("request-aborted", "The client closed the connection before the body's end.") from None
        if self.size == 0:
            raise _empty()

    async def _pour(self, sink: Callable[[bytes], None]) -> None:
        async for chunk in self._request.stream():
            self.size += len(chunk)
            if self.size > self._bounds.body_bytes:
                raise _too_large(self._bounds)
            self._allowance.take(len(chunk))
            if chunk:
                sink(chunk)


async def _receive_document(body: _Body, media_type: str) -> Upload:
    with MemfdWriter("document") as writer:
        await body.into(writer.append)
        return Upload(media_type, (writer.detach(),), (), body.size)


async def _receive_form(body: _Body, more: str | None) -> Upload:
    with FormReader(boundary_of(body.content_type)) as form:
        await body.into(form.feed)
        form.finish()
        extra = None if more is None else _take(form.parts, more)
        document, images = _sorted([part for part in form.parts if part is not extra])
        nodes = _read(extra) if extra is not None and more == NODES else None
        fds = tuple(part.content.detach() for part in (document, *images))
        reference = extra.content.detach() if extra is not None and more == REFERENCE else None
        digests = tuple(part.digest for part in images)
        return Upload(_media_type_of(document), fds, digests, body.size, reference, nodes)


def _take(parts: list[FormPart], name: str) -> FormPart | None:
    found = [part for part in parts if part.name == name]
    if len(found) > 1:
        raise _part(name, f"The part `{name}` is there {len(found)} times: a form has at most one.")
    if found and found[0].content.size == 0:
        raise _part(name, f"The part `{name}` is empty: send {_MORE[name]}, or leave the part out.")
    return found[0] if found else None


def _read(part: FormPart) -> bytes:
    """What is for the front end itself; one byte more than it may have shows that there was more."""
    fd = part.content.detach()
    try:
        return os.pread(fd, MAX_NODES_BYTES + 1, 0)
    finally:
        os.close(fd)


def _sorted(parts: list[FormPart]) -> tuple[FormPart, list[FormPart]]:
    """The document, and the images, each digest once."""
    documents = [part for part in parts if part.name == "document"]
    if len(documents) != 1:
        why = "is missing" if not documents else f"is there {len(documents)} times"
        raise _part("document", f"The part `document` {why}: a form has exactly one.")
    document = documents[0]
    if document.content.size == 0:
        raise _part("document", "The part `document` is empty.")
    _check_media_type(_media_type_of(document))
    images = [part for part in parts if part is not document]
    for part in images:
        _check_image(part)
    return document, list({part.digest: part for part in images}.values())


def _media_type_of(document: FormPart) -> str:
    """What the part says it is; by its file's suffix where it says nothing, and the usual format without one."""
    said = document.media_type
    if said is not None and said not in _UNSAID:
        return said.lower()
    return (documents.of_suffix(PurePath(document.filename or "").suffix) or documents.DEFAULT).media_type


def _check_image(part: FormPart) -> None:
    name = part.name[:60]
    if part.name == "font":
        raise _part("font", "Fonts cannot be posted yet: put them into a folder named in RENDERSERVER_FONTS_DIRS.")
    if not part.is_image:
        raise _part(name, f"There is no part `{name}`: a form has one `document` and any number of `image`.")
    if part.content.size == 0:
        raise _part(name, f"The image `{part.filename or name}` is empty.")
    claimed = part.claimed_digest
    if claimed is not None and claimed != part.digest:
        detail = f"The image named {claimed} has the SHA-1 {part.digest}: it was damaged, or is another image."
        raise ProblemError("image-digest-mismatch", detail, extra={"field": name})


def _part(name: str, detail: str) -> ProblemError:
    return ProblemError("part-invalid", detail, extra={"field": name})


def _empty() -> ProblemError:
    return ProblemError("body-empty", f"Send the document as the body, {_HOW}.")


def _too_large(bounds: UploadBounds) -> ProblemError:
    detail = f"The body is larger than the {bounds.body_bytes} bytes this server takes (RENDERSERVER_MAX_BODY_BYTES)."
    # The connection stays open: closing it on a client that is still sending would take the answer away from it.
    return ProblemError("body-too-large", detail)
