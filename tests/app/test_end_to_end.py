"""The whole way, with nothing faked: HTTP in, a fork server, a locked worker, the renderer, and back.

Where a worker has to break its lock, the fork server is given an entry of the tests' own that does so.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from app.factory import create_app
from app.service.backends import local
from app.service.local import LocalBackend, Server
from app.service.specs import COMPARE, configure, fork_server
from app.settings import Settings
from renderer.formats import BITMAPS, VECTORS, ImageFormat
from sandbox.client.forkserver import ForkServer
from tests.app.documents import deeply_nested, document, frame, many_nodes, node, png, size_of_png, with_image
from tests.app.fakes import JSON, problem
from tests.host import WAIVED

pytestmark = pytest.mark.anyio

PATHS = ["cpu", "gpu"]
ENTRIES = {"cpu": "tests.app.entries:SabotagedCpu", "gpu": "tests.app.entries:SabotagedGpu"}
LAYERS = {
    "cpu": {"capabilities", "no-new-privs", "seccomp"},
    "gpu": {
        *("userns", "pidns", "mountns", "netns", "ipcns", "utsns", "cgroupns"),
        *("capabilities", "no-new-privs", "landlock", "seccomp"),
    },
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


def sabotaged(settings: Settings, path: str) -> Server:
    if path == COMPARE:
        return fork_server(settings, path)
    return ForkServer(replace(configure(settings, path), entry=ENTRIES[path]))


@asynccontextmanager
async def serving(**changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    usual: dict[str, Any] = {"workers": 2, "pool": 1, "max_body_bytes": 192 << 20, "waive": ",".join(WAIVED)}
    settings = Settings(**(usual | changes))
    app = create_app(settings, local(settings, sabotaged))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with serving() as it:
        yield it


async def post(client: httpx.AsyncClient, body: bytes, query: str = "") -> httpx.Response:
    return await client.post(f"/v1/render?{query}", content=body, headers=JSON)


@pytest.mark.parametrize("path", PATHS)
async def test_a_document_becomes_a_picture_and_every_layer_was_in_force(client: httpx.AsyncClient, path: str) -> None:
    response = await post(client, document(), f"path={path}&scale=2")
    assert response.status_code == 200, response.text
    assert size_of_png(response.content) == (80, 60)
    assert response.headers["render-size"] == "80x60"
    assert response.headers["render-path"] == path
    assert response.headers["render-warnings"] == "0"
    layers = set(response.headers["sandbox-layers"].split(", "))
    assert layers >= LAYERS[path]
    if path == "gpu" and "cgroup" not in WAIVED:
        assert layers & {"cgroup-v1", "cgroup-v2"}
    timing = dict(item.split(";dur=") for item in response.headers["server-timing"].split(", "))
    assert list(timing) == ["queue", "sandbox", "parse", "lower", "draw", "read", "encode"]


MAGIC = {
    ImageFormat.PNG: b"\x89PNG",
    ImageFormat.JPEG: b"\xff\xd8",
    ImageFormat.WEBP: b"RIFF",
    ImageFormat.AVIF: b"\0\0\0",
    ImageFormat.PDF: b"%PDF-",
    ImageFormat.SVG: b"<",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("image_format", BITMAPS)
async def test_every_format_of_pixels(client: httpx.AsyncClient, path: str, image_format: ImageFormat) -> None:
    response = await post(client, document(), f"path={path}&format={image_format.value}&background=%23fff")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == image_format.media_type
    assert response.content.startswith(MAGIC[image_format])


# --- vector formats ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("image_format", VECTORS)
async def test_every_vector_format(client: httpx.AsyncClient, image_format: ImageFormat) -> None:
    first, again = [await post(client, document(), f"format={image_format.value}&scale=2") for _ in range(2)]
    assert first.status_code == 200, first.text
    assert first.headers["content-type"] == image_format.media_type
    assert first.content.startswith(MAGIC[image_format])
    assert first.headers["render-size"] == "80x60"
    assert first.headers["render-path"] == "cpu"
    assert "software=?1" in first.headers["render-device"]
    assert set(first.headers["sandbox-layers"].split(", ")) >= LAYERS["cpu"]
    assert first.content == again.content


async def test_a_pdf_has_a_page_of_the_pictures_size(client: httpx.AsyncClient) -> None:
    response = await post(client, document(), "format=pdf&scale=2")
    (box,) = re.findall(rb"/MediaBox *\[ *([\d. ]+?) *\]", response.content)
    assert [float(number) for number in box.split()] == [0, 0, 80, 60]


async def test_an_svg_has_the_pictures_size_and_the_documents_units(client: httpx.AsyncClient) -> None:
    response = await post(client, document(), "format=svg&scale=2")
    root = ET.fromstring(response.text)  # noqa: S314 - of a document of our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert (root.get("width"), root.get("height")) == ("80", "60")
    assert [float(number) for number in (root.get("viewBox") or "").split()] == [0, 0, 40, 30]


async def test_the_options_for_svg_change_what_is_written(client: httpx.AsyncClient) -> None:
    style = {"fontFamily": "Inter", "fontWeight": 400, "fontSize": 12}
    body = document(frame(node("TEXT", characters="Selectable", style=style)))

    async def written(query: str) -> str:
        response = await post(client, body, f"format=svg{query}")
        assert response.status_code == 200, response.text
        return response.text

    plain, live = await written(""), await written("&svg_outline_text=false")
    assert "<text" not in plain
    assert "<path" in plain
    assert "<text" in live
    assert 'data-node-id="1:2"' in await written("&svg_include_node_id=true")
    assert 'id="frame"' in await written("&svg_include_id=true")
    assert "data-node-id" not in plain


@pytest.mark.parametrize("image_format", VECTORS)
async def test_a_vector_format_is_made_for_who_accepts_nothing_else(
    client: httpx.AsyncClient, image_format: ImageFormat
) -> None:
    headers = JSON | {"Accept": image_format.media_type}
    response = await client.post("/v1/render", content=document(), headers=headers)
    assert response.headers["content-type"] == image_format.media_type
    assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize("image_format", VECTORS)
async def test_a_document_that_is_refused_is_refused_in_every_format(
    client: httpx.AsyncClient, image_format: ImageFormat
) -> None:
    await refused(client, "cpu", b"{", query=f"format={image_format.value}")
    await refused(client, "cpu", document(), query=f"node=9:9&format={image_format.value}", code="node-not-found")


async def test_the_same_request_is_the_same_bytes(client: httpx.AsyncClient) -> None:
    first, second = [await post(client, document(), "path=cpu") for _ in range(2)]
    assert first.headers["etag"] == second.headers["etag"]
    assert first.content == second.content


@pytest.mark.parametrize("path", PATHS)
async def test_an_image_travels_with_its_document(client: httpx.AsyncClient, path: str) -> None:
    image = png()
    digest = hashlib.sha1(image, usedforsecurity=False).hexdigest()
    files = [("document", ("d.json", with_image(digest))), ("image", (f"{digest}.png", image))]
    sent = await client.post(f"/v1/render?path={path}", files=files)
    missing = await post(client, with_image(digest), f"path={path}")
    assert sent.status_code == missing.status_code == 200
    assert sent.headers["render-warnings"] == "0"
    assert missing.headers["render-warnings"].startswith('1, image-missing;node="1:2"')
    assert sent.headers["etag"] != missing.headers["etag"]


async def refused(
    client: httpx.AsyncClient, path: str, body: bytes, *, query: str = "", code: str | None = None
) -> dict[str, Any]:
    response = await post(client, body, f"path={path}&{query}")
    assert response.status_code == 422, f"{response.status_code} {response.text[:500]}"
    said = problem(response, 422, code or response.json()["code"])
    assert said["stage"] in ("parse", "lower", "draw")
    assert set(response.headers["sandbox-layers"].split(", ")) >= LAYERS[path]
    return said


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"hello",
        b"{",
        b"[]",
        b"null",
        b"\0\0\0",
        b"\xff\xfe{}",
        b'"string"',
        b'{"type": 5}',
        b"NaN",
        b'{"document": []}',
    ],
)
async def test_what_is_no_document(client: httpx.AsyncClient, path: str, body: bytes) -> None:
    said = await refused(client, path, body)
    assert said["code"].startswith("document")


@pytest.mark.parametrize("path", PATHS)
async def test_a_hundred_thousand_levels(client: httpx.AsyncClient, path: str) -> None:
    await refused(client, path, deeply_nested(100_000))
    await refused(client, path, b"[" * 100_000)


@pytest.mark.parametrize("path", PATHS)
async def test_a_million_nodes(client: httpx.AsyncClient, path: str) -> None:
    said = await refused(client, path, many_nodes(1_000_000))
    assert said["title"] == "The document breaks a limit"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("coordinate", ["1e300", "-1e30", "1e400", "NaN", "Infinity", "-Infinity"])
async def test_coordinates_that_are_huge_or_no_number(client: httpx.AsyncClient, path: str, coordinate: str) -> None:
    body = document(frame(node(box=(7.25, 0, 40, 30)))).replace(b"7.25", coordinate.encode())
    await refused(client, path, body)


@pytest.mark.parametrize("path", PATHS)
async def test_a_node_that_is_not_there(client: httpx.AsyncClient, path: str) -> None:
    said = await refused(client, path, document(), query="node=9:9", code="node-not-found")
    assert "9:9" in said["detail"]


async def post_image(client: httpx.AsyncClient, path: str, image: bytes) -> httpx.Response:
    digest = hashlib.sha1(image, usedforsecurity=False).hexdigest()
    files = [("document", ("d.json", with_image(digest))), ("image", (digest, image))]
    return await client.post(f"/v1/render?path={path}", files=files)


@pytest.mark.parametrize("path", PATHS)
async def test_a_truncated_png(client: httpx.AsyncClient, path: str) -> None:
    said = problem(await post_image(client, path, png(64, 64)[:60]), 422, "image-invalid")
    assert said["stage"] == "lower"


@pytest.mark.parametrize("path", PATHS)
async def test_a_decompression_bomb(client: httpx.AsyncClient, path: str) -> None:
    response = await post_image(client, path, png(claims=(60_000, 60_000)))
    said = problem(response, 422, response.json()["code"])
    assert said["title"] == "The document breaks a limit"


async def test_an_oversized_body(client: httpx.AsyncClient) -> None:
    async with serving(max_body_bytes=1000, paths="cpu") as small:
        problem(await post(small, b" " * 1001), 413, "body-too-large")


@pytest.mark.parametrize(
    ("path", "name", "syscall"), [("cpu", "socket", "socket"), ("cpu", "open", "openat"), ("gpu", "socket", "socket")]
)
async def test_a_worker_that_breaks_the_filter_is_killed(
    client: httpx.AsyncClient, path: str, name: str, syscall: str
) -> None:
    said = problem(await post(client, b"sabotage:" + name.encode(), f"path={path}"), 502, "worker-killed")
    assert (said["signal"], said["syscall"], said["stage"]) == ("SIGSYS", syscall, "sabotage")
    assert (await post(client, document(), f"path={path}")).status_code == 200


async def test_the_host_has_no_files_in_the_gpu_path(client: httpx.AsyncClient) -> None:
    said = problem(await post(client, b"sabotage:open", "path=gpu"), 422, "sabotage-failed")
    assert said["detail"] == "ENOENT"


@pytest.mark.parametrize("path", PATHS)
async def test_a_worker_that_crashes_costs_one_request(client: httpx.AsyncClient, path: str) -> None:
    response, other = await asyncio.gather(
        post(client, b"sabotage:crash", f"path={path}"), post(client, document(), f"path={path}")
    )
    problem(response, 502, "worker-killed")
    assert other.status_code == 200


@pytest.mark.parametrize("path", PATHS)
async def test_what_a_worker_lies_about_is_not_passed_on(client: httpx.AsyncClient, path: str) -> None:
    response = await post(client, b"sabotage:lie", f"path={path}")
    problem(response, 502, "worker-answer-invalid")
    assert "script" not in response.text


@pytest.mark.parametrize("path", PATHS)
async def test_a_worker_stopped_by_each_limit(path: str) -> None:
    limits = {"wall_s": 30.0, "cpu_s": 2.0, "output_bytes": 1 << 20, "memory_bytes": 256 << 20}
    async with serving(paths=path, **limits) as client:
        codes = {"hoard": "limit-memory", "flood": "limit-output", "spin": "limit-cpu"}
        if path == "gpu" and "cgroup" in WAIVED:
            del codes["hoard"]  # on this path the bound is the cgroup's
        for name, code in codes.items():
            said = problem(await post(client, b"sabotage:" + name.encode(), f"path={path}"), 422, code)
            assert "RENDERSERVER_" in said["detail"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_worker_stopped_by_the_wall_clock(path: str) -> None:
    async with serving(paths=path, wall_s=0.3) as client:
        problem(await post(client, b"sabotage:spin", f"path={path}"), 422, "limit-wall")


async def test_a_fork_server_that_dies_is_started_again() -> None:
    settings = Settings(workers=2, paths=("cpu",))
    backends = local(settings, sabotaged)
    app = create_app(settings, backends)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        flying = asyncio.create_task(post(client, b"sabotage:spin", "path=cpu"))
        await asyncio.sleep(0.3)
        backend = backends.paths["cpu"]
        assert isinstance(backend, LocalBackend)
        pid = backend.server.pid
        assert pid is not None
        os.kill(pid, 9)
        problem(await flying, 503, "fork-server-gone")
        async with asyncio.timeout(20):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.05)
        assert (await post(client, document(), "path=cpu")).status_code == 200


async def test_readyz_agrees_with_what_a_render_was_held_to(client: httpx.AsyncClient) -> None:
    said = json.loads((await client.get("/readyz")).text)
    for path in PATHS:
        layers = (await post(client, document(), f"path={path}")).headers["sandbox-layers"].split(", ")
        assert said["paths"][path]["ready"]
        assert said["paths"][path]["layers"] == layers
