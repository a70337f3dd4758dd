"""``/docs``: the reference as one page, written from the OpenAPI description; no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.problems import CATALOGUE

router = APIRouter()

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "body{color:#222;background:#fff}"
    "code,pre{font:14px/1.4 ui-monospace,monospace;background:#f4f4f4}pre{padding:.8rem;overflow:auto}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.3rem .6rem .3rem 0;"
    "text-align:left;vertical-align:top}h2{margin-top:2.5rem}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}code,pre{background:#262626}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_EXAMPLES = (
    "curl -o picture.png -H 'Content-Type: application/json' \\\n"
    "     --data-binary @document.json 'http://localhost:8000/v1/render?scale=2'\n\n"
    "curl -o picture.webp -F document=@document.json -F image=@0123456789abcdef0123456789abcdef01234567.png \\\n"
    "     'http://localhost:8000/v1/render?format=webp&path=gpu'\n\n"
    "curl -F document=@document.json -F reference=@figma.png 'http://localhost:8000/v1/compare?scale=2'"
)


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    page = _page(request.app.openapi())
    return HTMLResponse(page, headers=_HEADERS)


def _page(api: Mapping[str, Any]) -> str:
    return "".join(
        [
            "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
            f"<title>renderserver</title><style>{_STYLE}</style><h1>renderserver {escape(api['info']['version'])}</h1>",
            f"<p>{escape(api['info'].get('description', ''))}</p><pre>{escape(_EXAMPLES)}</pre>",
            "<p>For programs: <a href=/openapi.json>openapi.json</a>.</p>",
            *_operations(api),
            *_problems(),
            "</html>",
        ]
    )


def _operations(api: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield f"<h2><code>{method.upper()} {escape(path)}</code> {escape(operation.get('summary', ''))}</h2>"
            yield f"<p>{escape(operation.get('description', ''))}</p>"
            yield from _options(operation.get("parameters", []))
            yield from _body(operation.get("requestBody", {}).get("content", {}))
            yield from _response_headers(operation["responses"])


def _options(parameters: list[Mapping[str, Any]]) -> Iterator[str]:
    if not parameters:
        return
    rows = ((item["name"], _bounds(item["schema"]), item.get("description", "")) for item in parameters)
    yield from _table("Query", ("option", "values", ""), rows)


def _bounds(schema: Mapping[str, Any]) -> str:
    """``integer 1..100, default 90`` out of a JSON schema; for an optional value, of its one real alternative."""
    default = schema.get("default")
    real = next((s for s in schema.get("anyOf", []) if s.get("type") != "null"), schema)
    values = " | ".join(real["enum"]) if "enum" in real else str(real.get("type", ""))
    if "minimum" in real:
        values += f" {real['minimum']}..{real['maximum']}"
    return values if default is None else f"{values}, default {default}"


def _body(content: Mapping[str, Any]) -> Iterator[str]:
    if content:
        yield from _table("Body", ("media type", ""), ((kind, _describe(item)) for kind, item in content.items()))


def _describe(item: Mapping[str, Any]) -> str:
    schema = item["schema"]
    parts = (f"{name}: {part['description']}" for name, part in schema.get("properties", {}).items())
    return "; ".join(parts) or str(schema.get("description", ""))


def _response_headers(responses: Mapping[str, Any]) -> Iterator[str]:
    headers = responses.get("200", {}).get("headers", {})
    if headers:
        yield from _table("Answer", ("header", ""), ((name, item["description"]) for name, item in headers.items()))


def _problems() -> Iterator[str]:
    yield "<h2>Problems</h2><p>Every error is <code>application/problem+json</code> (RFC 9457). <code>detail</code> "
    yield "says what failed, why and how to fix it; <code>code</code> is for programs.</p>"
    yield "<table><tr><th>code<th>status<th>"
    for code, kind in CATALOGUE.items():
        yield f"<tr id={code}><td><code>{code}</code><td>{kind.status}<td>{escape(kind.title)}"
    yield "</table>"


def _table(title: str, head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"<h3>{title}</h3><table><tr>" + "".join(f"<th>{escape(cell)}" for cell in head)
    for first, *rest in rows:
        yield f"<tr><td><code>{escape(first)}</code>" + "".join(f"<td>{escape(cell)}" for cell in rest)
    yield "</table>"
