"""The page's files over HTTP: what is answered, under which headers, and that nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from app.api.playground import POLICY
from app.playground.files import MEDIA_TYPES, read_all
from tests.app.fakes import house

pytestmark = pytest.mark.anyio
STATIC = Path(__file__).resolve().parents[2] / "app" / "playground" / "static"
FILES = read_all()
# What a page is referred to by, in HTML, CSS and modules.
_REFERENCE = re.compile(r"""(?:href|src|url|from|fetch|import)\s*[=(]?\s*\(?["'](/[^"'#]*)""")


async def get(path: str, **headers: str) -> httpx.Response:
    async with house() as it:
        return await it.client.get(path, headers=headers)


@pytest.mark.parametrize("path", ["/", *(f"/playground/{name}" for name in FILES)])
async def test_every_file_is_answered_under_the_policy(path: str) -> None:
    response = await get(path)
    assert response.status_code == 200
    assert response.headers["content-security-policy"] == POLICY
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cross-origin-opener-policy"] == "same-origin"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["content-type"].split(";")[0] in {item.split(";")[0] for item in MEDIA_TYPES.values()}
    assert response.content


def test_the_policy_lets_nothing_in_from_elsewhere_or_out_of_text() -> None:
    directives = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert directives["require-trusted-types-for"] == "'script'"
    assert directives["frame-src"] == "blob:"
    assert "object-src" not in directives
    for loose in ("unsafe", "http", "data:", "*"):
        assert loose not in POLICY


async def test_a_file_is_sent_again_only_when_it_changed() -> None:
    first = await get("/playground/main.js")
    assert first.headers["cache-control"] == "no-cache"
    again = await get("/playground/main.js", **{"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = await get("/playground/main.js", **{"If-None-Match": '"other"'})
    assert other.status_code == 200


async def test_head_has_the_headers_alone() -> None:
    async with house() as it:
        response = await it.client.head("/")
    assert (response.status_code, response.content) == (200, b"")
    assert int(response.headers["content-length"]) == len(FILES["index.html"].body)


@pytest.mark.parametrize(
    "path",
    [
        "/playground/",
        "/playground/none.js",
        "/playground/MAIN.JS",
        "/playground/../factory.py",
        "/playground/..%2ffactory.py",
        "/playground/%2e%2e/%2e%2e/pyproject.toml",
        "/playground/..%5cfiles.py",
        "/playground/static/main.js",
        "/playground//main.js",
        "/playground/main.js%00",
        "/playground//etc/passwd",
        "/playground/files.py",
    ],
)
async def test_nothing_but_the_known_files_is_answered(path: str) -> None:
    async with house() as it:
        request = it.client.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=path.encode())
        response = await it.client.send(request)
    assert (response.status_code, response.json()["code"]) == (404, "not-found")


def test_the_files_are_those_of_the_folder_and_two_fonts() -> None:
    assert set(FILES) == {path.name for path in STATIC.iterdir()} | {"inter.ttf", "mono.ttf"}


def references() -> set[tuple[str, str]]:
    sources = [path for path in STATIC.iterdir() if path.suffix in (".html", ".css", ".js")]
    return {(path.name, found) for path in sources for found in _REFERENCE.findall(path.read_text())}


def test_everything_the_files_refer_to_is_here() -> None:
    # The calls that the page makes, and the pages that it links.
    others = {"/docs", "/v1/sandbox"}
    found = references()
    assert {("index.html", "/playground/main.js"), ("main.js", "/playground/store.js")} <= found
    assert [each for each in found if each[1].removeprefix("/playground/") not in FILES and each[1] not in others] == []


def test_nothing_is_inline_and_no_markup_is_made_from_text() -> None:
    page = (STATIC / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script>|javascript:|https?://", page)
    for module in STATIC.glob("*.js"):
        source = module.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source), (
            module
        )


async def test_the_reference_is_linked_and_dressed_the_same() -> None:
    async with house() as it:
        docs = await it.client.get("/docs")
        page = await it.client.get("/")
    assert "style-src 'self'" in docs.headers["content-security-policy"]
    assert "href=/playground/base.css" in docs.text
    assert "<td>auto | cpu | gpu, default auto" in docs.text
    assert "<code>Render-Warnings</code>" in docs.text
    assert 'href="/docs"' in page.text
    assert 'href="/v1/sandbox"' in page.text
