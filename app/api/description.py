"""What the OpenAPI description says of the calls that draw, beyond their options."""

from __future__ import annotations

import copy
from typing import Any

from app import upload
from app.asked import NodeOptions
from app.containers.archive import LISTING
from app.containers.kinds import Container
from app.problems import CATALOGUE, MEDIA_TYPE
from app.report import TIMED
from renderer.documents import DECODED, DocumentFormat
from renderer.formats import ImageFormat


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
    "Render-Count": _header("Of several pictures, how many there are with those that cannot be drawn.", "2"),
    "Vary": _header("Without `format`, and of several pictures, the answer depends on `Accept`.", "Accept"),
    "Request-Id": _header("The request's own, or a new one.", "5f0c"),
}
_BINARY = {"type": "string", "format": "binary"}
_PARTS = (
    "A part for each picture, in order and each as soon as it is drawn, with Render-Index, Render-Node, Render-Size, "
    "Render-Warnings, Server-Timing and a filename; for one that cannot be drawn its problem."
)
_FILES = f"A file for each picture, and {LISTING}: every output in order, with its file or its problem."
_PICTURE: dict[str, Any] = {
    "description": "The picture; of several a container with all of them",
    "headers": _HEADERS,
    "content": {
        **{each.media_type: {"schema": _BINARY} for each in ImageFormat},
        Container.MULTIPART.value: {"schema": _BINARY | {"description": _PARTS}},
        Container.ZIP.value: {"schema": _BINARY | {"description": _FILES}},
    },
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


RESPONSES: dict[int | str, dict[str, Any]] = {200: _PICTURE, **problem_responses()}


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
        **{each.media_type: {"schema": {"type": "object", "description": each.label}} for each in DECODED},
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


def form_with(name: str, part: dict[str, Any]) -> dict[str, Any]:
    """The same body; a form can have one part more."""
    body = copy.deepcopy(BODY)
    form = body["content"][upload.FORM]
    form["schema"]["properties"][name] = part
    if part["type"] != "string":  # else a list would be several parts (OpenAPI 3.1, 4.8.15)
        form["encoding"] = {name: {"contentType": "application/json"}}
    return body


def nodes_part() -> dict[str, Any]:
    """One item of it is checked by :class:`NodeOptions`."""
    schema = NodeOptions.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)  # the query has them, too
    return {
        "type": "array",
        "items": {"anyOf": [{"type": "string"}, schema]},
        "description": "JSON: a list of what to draw, ids or objects with `node`, any option of one picture, and "
        "`suffix` for its file's name; what an item leaves out the query says",
    }
