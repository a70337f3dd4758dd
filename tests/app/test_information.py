"""What the server says of itself: /readyz, /metrics, /docs, /openapi.json."""

from __future__ import annotations

import re

import pytest

from app.problems import CATALOGUE
from renderer.documents import DECODED, DocumentFormat
from renderer.formats import BITMAPS, ImageFormat
from sandbox.job import Verdict
from tests.app.fakes import LAYERS, FakeServer, completed, house

pytestmark = pytest.mark.anyio


async def test_readyz_says_what_is_in_force() -> None:
    async with house(waive="landlock") as it:
        response = await it.client.get("/readyz")
    said = response.json()
    assert (response.status_code, said["ready"], said["draining"]) == (200, True, False)
    assert said["paths"]["gpu"] == {
        "ready": True,
        "layers": list(LAYERS),
        "waived": ["landlock"],
        "unsandboxed": False,
        "device": "llvmpipe",
        "software": True,
        "missing": None,
    }


async def test_a_path_has_waived_only_what_it_would_have() -> None:
    async with house(waive="landlock,cgroup,netns,seccomp") as it:
        said = (await it.client.get("/readyz")).json()["paths"], (await it.client.get("/v1/sandbox")).json()["paths"]
    for paths in said:
        assert {name: path["waived"] for name, path in paths.items()} == {
            "cpu": ["seccomp"],
            "gpu": ["cgroup", "landlock", "netns", "seccomp"],
        }


async def test_not_ready_when_no_path_is() -> None:
    def break_all(servers: dict[str, FakeServer]) -> None:
        for server in servers.values():
            server.refuses = True

    async with house(break_all) as it:
        assert (await it.client.get("/readyz")).status_code == 503
        assert (await it.client.get("/healthz")).status_code == 200


async def test_not_ready_while_the_only_fork_server_is_being_started_again() -> None:
    async with house(paths="cpu") as it:
        it.cpu.ready = False
        assert (await it.client.get("/readyz")).status_code == 503


async def test_metrics_count_by_verdict_and_violation() -> None:
    async with house() as it:
        await it.post()
        await it.post(query="?scale=9")
        await it.post(b"")
        it.cpu.outcome = completed(verdict=Verdict.KILLED, signal="SIGSYS", syscall="socket")
        await it.post()
        text = (await it.client.get("/metrics")).text
    assert 'renderserver_renders_total{path="cpu",verdict="ok"} 1' in text
    assert 'renderserver_renders_total{path="cpu",verdict="body-empty"} 1' in text
    assert 'renderserver_renders_total{path="cpu",verdict="worker-killed"} 1' in text
    assert 'renderserver_violations_total{syscall="socket"} 1' in text
    assert 'renderserver_render_seconds_bucket{path="cpu",le="+Inf"} 3' in text
    assert 'renderserver_requests{state="running"} 0' in text
    sample = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e-]+\Z')
    assert all(line.startswith("# ") or sample.match(line) for line in text.splitlines())


async def test_docs_work_without_a_network() -> None:
    async with house() as it:
        response = await it.client.get("/docs")
    page = response.text
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=['\"]?(?:https?:)?//", page)
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "unsafe-inline" not in response.headers["content-security-policy"]
    assert all(f"<tr id={code}>" in page for code in CATALOGUE)
    assert "contents_only" in page
    assert "Sandbox-Layers" in page


async def test_openapi_describes_the_call_as_it_is() -> None:
    async with house() as it:
        said = (await it.client.get("/openapi.json")).json()
    render = said["paths"]["/v1/render"]["post"]
    assert {item["name"] for item in render["parameters"]} == {
        *("node", "export", "format", "scale", "width", "height", "background", "path"),
        *("quality", "contents_only", "use_absolute_bounds"),
        *("svg_outline_text", "svg_include_id", "svg_include_node_id", "svg_simplify_stroke"),
    }
    assert set(render["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    containers = {"multipart/mixed", "application/zip"}
    assert set(render["responses"]["200"]["content"]) == {each.media_type for each in ImageFormat} | containers
    assert "Sandbox-Layers" in render["responses"]["200"]["headers"]
    documented = {int(status) for status in render["responses"]}
    assert documented == {200} | ({kind.status for kind in CATALOGUE.values()} - {404, 405})
    for status in documented - {200}:
        content = render["responses"][str(status)]["content"]
        assert set(content) == {"application/problem+json"}
        assert content["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "Problem" in said["components"]["schemas"]


@pytest.mark.parametrize(("call", "formats"), [("/v1/render", tuple(ImageFormat)), ("/v1/compare", BITMAPS)])
async def test_openapi_says_all_that_the_page_must_know_of_each_format(
    call: str, formats: tuple[ImageFormat, ...]
) -> None:
    async with house() as it:
        said = (await it.client.get("/openapi.json")).json()
    parameters = said["paths"][call]["post"]["parameters"]
    (schema,) = [item["schema"] for item in parameters if item["name"] == "format"]
    assert schema["enum"] == [each.value for each in formats]
    assert schema["x-formats"] == [
        {
            "name": each.value,
            "label": each.label,
            "media_type": each.media_type,
            "suffixes": list(each.suffixes),
            "vector": each.vector,
            "lossy": each.lossy,
        }
        for each in formats
    ]


@pytest.mark.parametrize("call", ["/v1/render", "/v1/compare"])
async def test_openapi_says_all_that_the_page_must_know_of_each_format_of_documents(call: str) -> None:
    async with house() as it:
        body = (await it.client.get("/openapi.json")).json()["paths"][call]["post"]["requestBody"]
    assert set(body["content"]) == {*(each.media_type for each in DECODED), "multipart/form-data"}
    assert body["x-documents"] == [
        {
            "label": each.label,
            "media_type": each.media_type,
            "suffixes": list(each.suffixes),
            "decoded": each.decoded,
        }
        | ({"signature": each.signature} if each.signature else {})
        for each in DocumentFormat
    ]


async def test_openapi_says_what_is_drawn_where_no_node_is_named() -> None:
    async with house() as it:
        parameters = (await it.client.get("/openapi.json")).json()["paths"]["/v1/render"]["post"]["parameters"]
    (said,) = [item["description"] for item in parameters if item["name"] == "node"]
    assert said.endswith("Default: of a file its first page with anything on it, else the node itself.")


async def test_the_reference_lists_the_formats_and_their_options() -> None:
    async with house() as it:
        page = (await it.client.get("/docs")).text
    assert "<code>format</code><td>png | jpg | webp | avif | pdf | svg<td>" in page
    assert "<code>svg_outline_text</code><td>boolean<td>For svg: text as paths" in page
    assert "Default true" in page
    assert "format=svg&amp;svg_outline_text=false" in page
    assert "Accept: application/pdf" in page


async def test_openapi_says_how_several_pictures_are_asked_for_and_answered() -> None:
    async with house() as it:
        api = (await it.client.get("/openapi.json")).json()
    render = api["paths"]["/v1/render"]["post"]
    schemas = {item["name"]: item["schema"] for item in render["parameters"]}
    assert (schemas["node"]["type"], schemas["node"]["items"]["type"]) == ("array", "string")
    assert schemas["export"]["type"] == "boolean"
    nodes = render["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]["nodes"]
    item = nodes["items"]["anyOf"][1]
    assert {"node", "suffix", "format", "scale", "svg_include_id"} <= set(item["properties"])
    assert item["required"] == ["node"]
    assert (
        item["properties"]["format"]["anyOf"][0]["$ref"].removeprefix("#/components/schemas/")
        in (api["components"]["schemas"])
    )
    assert "$defs" not in item
    assert "renders.json" in render["responses"]["200"]["content"]["application/zip"]["schema"]["description"]
    assert "Render-Count" in render["responses"]["200"]["headers"]
    compare = api["paths"]["/v1/compare"]["post"]
    assert "nodes" not in compare["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    assert {item["name"] for item in compare["parameters"]} & {"export"} == set()


async def test_the_reference_tells_of_several_pictures() -> None:
    async with house() as it:
        page = (await it.client.get("/docs")).text
    assert "<code>node</code><td>string, any number of times<td>" in page
    assert "<code>export</code><td>boolean, default False<td>" in page
    assert "<code>multipart/mixed</code><td>A part for each picture" in page
    assert "nodes: JSON: a list of what to draw" in page
    assert "node=1:2&amp;node=1:3" in page
