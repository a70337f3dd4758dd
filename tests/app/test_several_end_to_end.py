"""Several pictures of one document the whole way, with nothing faked, as tests/app/test_end_to_end.py has one."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from renderer.formats import BITMAPS, ImageFormat
from tests.app.containers.reading import content_of, files_of, outputs_of, parts_of, problem_of
from tests.app.documents import document, frame, node, size_of_png
from tests.app.fakes import JSON, problem
from tests.app.test_end_to_end import LAYERS, MAGIC, PATHS, serving

pytestmark = pytest.mark.anyio

ZIP = {**JSON, "Accept": "application/zip"}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with serving() as it:
        yield it


def setting(image_format: str, suffix: str, kind: str = "SCALE", value: float = 1) -> dict[str, Any]:
    return {"format": image_format, "suffix": suffix, "constraint": {"type": kind, "value": value}}


def screen() -> bytes:
    """Three nodes; two have export settings."""
    return document(
        frame(
            node(id="1:2", name="Icons/Größe", exportSettings=[setting("PNG", "@2x", value=2), setting("SVG", "")]),
            node(id="1:3", box=(10, 10, 20, 10), exportSettings=[setting("JPG", "-wide", "WIDTH", 60)]),
            node(id="1:4", box=(5, 5, 7, 9)),
        )
    )


async def post(client: httpx.AsyncClient, query: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return await client.post(f"/v1/render?{query}", content=screen(), headers=headers or JSON)


@pytest.mark.parametrize("path", PATHS)
async def test_a_bad_node_among_good_ones(client: httpx.AsyncClient, path: str) -> None:
    response = await post(client, f"node=1:2&node=9:9&node=1:4&scale=2&path={path}")
    assert response.status_code == 200, response.text
    assert (response.headers["render-path"], response.headers["render-count"]) == (path, "3")
    assert set(response.headers["sandbox-layers"].split(", ")) >= LAYERS[path]
    first, missing, last = parts_of(response.headers["content-type"], response.content)
    assert [size_of_png(content_of(part)) for part in (first, last)] == [(80, 60), (14, 18)]
    assert [part["Render-Size"] for part in (first, last)] == ["80x60", "14x18"]
    assert [part["Render-Node"] for part in (first, missing, last)] == ["1:2", "9:9", "1:4"]
    said = problem_of(missing, "node-not-found")
    alone = problem(await post(client, f"node=9:9&path={path}"), 422, "node-not-found")
    for name in ("type", "title", "status", "detail", "code", "field"):
        assert said.get(name) == alone.get(name)


@pytest.mark.parametrize("path", PATHS)
async def test_each_picture_is_the_one_that_is_made_alone(client: httpx.AsyncClient, path: str) -> None:
    nodes = ["1:2", "1:3", "1:4", "1:1"]
    formats = [each.value for each in BITMAPS]
    items = [{"node": each, "format": kind} for each in nodes for kind in formats]
    files = [("document", ("d.json", screen())), ("nodes", ("n.json", json.dumps(items).encode()))]
    several = await client.post(f"/v1/render?path={path}", files=files)
    parts = parts_of(several.headers["content-type"], several.content)
    for item, part in zip(items, parts, strict=True):
        alone = await post(client, f"node={item['node']}&format={item['format']}&path={path}")
        assert content_of(part) == alone.content, item
        assert part.get_content_type() == alone.headers["content-type"]


async def test_export_settings_say_format_size_and_name(client: httpx.AsyncClient) -> None:
    response = await post(client, "export=true", ZIP)
    assert response.status_code == 200, response.text
    assert response.headers["render-path"] == "cpu"
    files = files_of(response.content)
    assert list(files) == ["Icons/Größe@2x.png", "Icons/Größe.svg", "rectangle-wide.jpg", "renders.json"]
    assert size_of_png(files["Icons/Größe@2x.png"]) == (80, 60)
    assert files["Icons/Größe.svg"].startswith(MAGIC[ImageFormat.SVG])
    assert files["rectangle-wide.jpg"].startswith(MAGIC[ImageFormat.JPEG])
    said = [(each["node"], each["name"], each["format"], each["width"]) for each in outputs_of(files)]
    assert said == [
        ("1:2", "Icons/Größe", "png", 80),
        ("1:2", "Icons/Größe", "svg", 40),
        ("1:3", "rectangle", "jpg", 60),
    ]


async def test_export_settings_of_the_nodes_that_are_named(client: httpx.AsyncClient) -> None:
    response = await post(client, "export=true&node=1:3&node=1:4")
    drawn, none = parts_of(response.headers["content-type"], response.content)
    assert (drawn.get_filename(), drawn["Render-Size"]) == ("rectangle-wide.jpg", "60x30")
    problem_of(none, "exports-none")


async def test_a_document_without_export_settings(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/render?export=true", content=document(), headers=ZIP)
    said = problem(response, 422, "exports-none")
    assert "export settings" in said["detail"]


async def test_nodes_with_options_of_their_own(client: httpx.AsyncClient) -> None:
    nodes = ["1:2", {"node": "1:3", "format": "pdf"}, {"node": "1:4", "scale": 3, "suffix": "@3x"}]
    files = [("document", ("d.json", screen())), ("nodes", (None, json.dumps(nodes).encode()))]
    response = await client.post("/v1/render?scale=2", files=files, headers={"Accept": "application/zip"})
    assert response.status_code == 200, response.text
    pictures = files_of(response.content)
    assert list(pictures) == ["1-2.png", "1-3.pdf", "1-4@3x.png", "renders.json"]
    assert size_of_png(pictures["1-2.png"]) == (80, 60)
    assert size_of_png(pictures["1-4@3x.png"]) == (21, 27)
    (box,) = re.findall(rb"/MediaBox *\[ *([\d. ]+?) *\]", pictures["1-3.pdf"])
    assert [float(number) for number in box.split()] == [0, 0, 40, 20]


@pytest.mark.parametrize("query", ["node=1:2&node=1:3", "export=true", "node=1:2"])
@pytest.mark.parametrize("path", PATHS)
async def test_what_is_no_document_is_one_problem(client: httpx.AsyncClient, query: str, path: str) -> None:
    if "export" in query:
        path = "auto"
    for body in (b"{", b"[]", b"hello"):
        response = await client.post(f"/v1/render?{query}&path={path}", content=body, headers=ZIP)
        assert response.json()["code"].startswith("document")
        problem(response, 422, response.json()["code"])


async def test_a_worker_that_is_killed_before_the_first_picture(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/render?node=1:2&node=1:3", content=b"sabotage:socket", headers=JSON)
    assert problem(response, 502, "worker-killed")["syscall"] == "socket"


async def test_more_export_settings_than_pictures_that_are_made() -> None:
    async with serving(paths="cpu", max_outputs=2) as few:
        response = await few.post("/v1/render?export=true", content=screen(), headers=JSON)
        problem(response, 422, "limit-outputs")
