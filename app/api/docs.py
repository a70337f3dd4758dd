"""``/docs``: the reference as one page, written from the OpenAPI description; no script, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.problems import CATALOGUE

router = APIRouter()

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_HEAD = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>renderserver: reference</title><link rel=icon href=/playground/icon.svg type=image/svg+xml>"
    "<link rel=stylesheet href=/playground/base.css><link rel=stylesheet href=/playground/docs.css>"
)
_LINKS = (
    "<nav><a href=/>Playground</a> <a href=/v1/sandbox>Sandbox report</a> <a href=/openapi.json>openapi.json</a></nav>"
)
_EXAMPLES = (
    "curl -o picture.png -H 'Content-Type: application/json' \\\n"
    "     --data-binary @document.json 'http://localhost:8000/v1/render?scale=2'\n\n"
    "curl -o picture.webp -F document=@document.json -F image=@0123456789abcdef0123456789abcdef01234567.png \\\n"
    "     'http://localhost:8000/v1/render?format=webp&path=gpu'\n\n"
    "curl -o picture.pdf -H 'Content-Type: application/json' -H 'Accept: application/pdf' \\\n"
    "     --data-binary @document.json 'http://localhost:8000/v1/render'\n\n"
    "curl -o picture.svg -H 'Content-Type: application/json' --data-binary @document.json \\\n"
    "     'http://localhost:8000/v1/render?format=svg&svg_outline_text=false'\n\n"
    "curl -o pictures.multipart -H 'Content-Type: application/json' --data-binary @document.json \\\n"
    "     'http://localhost:8000/v1/render?node=1:2&node=1:3&scale=2'\n\n"
    "curl -o exports.zip -H 'Content-Type: application/json' -H 'Accept: application/zip' \\\n"
    "     --data-binary @document.json 'http://localhost:8000/v1/render?export=true'\n\n"
    "curl -o icons.zip -H 'Accept: application/zip' -F document=@document.json \\\n"
    '     -F \'nodes=["1:2", {"node": "1:3", "format": "svg"}]\' \'http://localhost:8000/v1/render?scale=2\'\n\n'
    "curl -F document=@document.json -F reference=@figma.png 'http://localhost:8000/v1/compare?scale=2'"
)


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    page = _page(request.app.openapi())
    return HTMLResponse(page, headers=_HEADERS)


def _page(api: Mapping[str, Any]) -> str:
    return "".join(
        [
            _HEAD,
            f"<header><h1>renderserver {escape(api['info']['version'])}</h1>{_LINKS}</header><main>",
            f"<p>{escape(api['info'].get('description', ''))}</p><pre>{escape(_EXAMPLES)}</pre>",
            *_operations(api),
            *_problems(),
            "</main></html>",
        ]
    )


def _operations(api: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield f"<h2><code>{method.upper()} {escape(path)}</code> {escape(operation.get('summary', ''))}</h2>"
            yield f"<p>{_prose(operation.get('description', ''))}</p>"
            yield from _options(operation.get("parameters", []), api["components"]["schemas"])
            yield from _body(operation.get("requestBody", {}).get("content", {}))
            yield from _answer(operation["responses"].get("200", {}))


def _prose(text: str) -> str:
    """Text with its `code` marked as such."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def _options(parameters: list[Mapping[str, Any]], schemas: Mapping[str, Any]) -> Iterator[str]:
    if not parameters:
        return
    named = ((item["name"], item["schema"], item.get("description", "")) for item in parameters)
    rows = ((name, _bounds(_resolved(schema, schemas)), text) for name, schema, text in named)
    yield from _table("Query", ("option", "values", ""), rows)


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """With what it refers to by ``$ref`` in it."""
    return {**schemas[schema["$ref"].rpartition("/")[2]], **schema} if "$ref" in schema else schema


def _bounds(schema: Mapping[str, Any]) -> str:
    """``integer 1..100, default 90`` out of a JSON schema; for an optional value that does not list what it can be, of
    its one real alternative."""
    default = schema.get("default")
    alternatives = [] if "enum" in schema else schema.get("anyOf", [])
    real = next((s for s in alternatives if s.get("type") != "null"), schema)
    if real.get("type") == "array":
        return f"{_bounds(real['items'])}, any number of times"
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


def _answer(response: Mapping[str, Any]) -> Iterator[str]:
    described = ((kind, _describe(item)) for kind, item in response.get("content", {}).items())
    contents = [(kind, text) for kind, text in described if text]
    if contents:
        yield from _table("Answer in a container", ("media type", ""), iter(contents))
    headers = response.get("headers", {})
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
    yield f"<h3>{title}</h3><div><table><tr>" + "".join(f"<th>{escape(cell)}" for cell in head)
    for first, *rest in rows:
        yield f"<tr><td><code>{escape(first)}</code>" + "".join(f"<td>{_prose(cell)}" for cell in rest)
    yield "</table></div>"
