"""What a request for several pictures comes down to."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from renderer.formats import VECTORS, ImageFormat
from tests.app.containers.reading import files_of, parts_of
from tests.app.fakes import JSON, FakeServer, House, completed, house, problem, report
from tests.app.test_upload import FORM, form, part

pytestmark = pytest.mark.anyio

TWO = "?node=1:2&node=1:3"


def with_a_gpu(servers: dict[str, FakeServer]) -> None:
    servers["gpu"].device = {"name": "card", "software": False, "api": "GLES"}


async def post_nodes(it: House, nodes: Any, query: str = "", **headers: str) -> httpx.Response:
    said = nodes if isinstance(nodes, bytes) else json.dumps(nodes).encode()
    return await it.post(form(part("document", b"{}"), part("nodes", said)), query, FORM | headers)


def outputs(it: House, server: str = "cpu") -> list[dict[str, Any]]:
    (seen,) = it.servers[server].seen
    said: list[dict[str, Any]] = seen.header["outputs"]
    return said


# --- the query --------------------------------------------------------------------------------------------------------


async def test_all_options_of_the_query_are_each_ones() -> None:
    query = f"{TWO}&width=7&background=%23fff&quality=3&contents_only=false&use_absolute_bounds=true&format=jpg"
    async with house() as it:
        response = await it.post(query=query)
    assert response.status_code == 200
    first, second = outputs(it)
    assert (first["width"], first["quality"], first["format"], first["contents_only"]) == (7, 3, "jpg", False)
    assert first | {"node": "1:3"} == second
    assert it.cpu.seen[0].header["exports"] is False


@pytest.mark.parametrize(
    "query", ["scale=1&scale=2", "export=true&export=true", "path=cpu&path=cpu", "quality=1&quality=1"]
)
async def test_only_a_node_may_be_given_twice(query: str) -> None:
    async with house() as it:
        said = problem(await it.post(query=f"{TWO}&{query}"), 422, "option-invalid")
    assert said["field"] == query.partition("=")[0]


async def test_a_node_among_others_that_is_not_valid_is_named() -> None:
    async with house() as it:
        said = problem(await it.post(query=f"{TWO}&node="), 422, "option-invalid")
    assert said["field"] == "node"


async def test_more_pictures_than_the_server_makes_name_the_setting() -> None:
    async with house(max_outputs=2) as it:
        assert (await it.post(query=TWO)).status_code == 200
        many = problem(await it.post(query=f"{TWO}&node=1:4"), 422, "option-invalid")
        listed = problem(await post_nodes(it, ["1:2", "1:3", "1:4"]), 422, "option-invalid")
        exported = problem(await it.post(query=f"{TWO}&node=1:4&export=true"), 422, "option-invalid")
    assert (many["field"], listed["field"], exported["field"]) == ("node", "nodes", "node")
    assert all("RENDERSERVER_MAX_OUTPUTS" in said["detail"] for said in (many, listed, exported))
    assert len(it.cpu.seen) == 1


# --- export settings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "nodes"), [("", [None]), ("&node=1:2", ["1:2"]), ("&node=1:2&node=1:3", ["1:2", "1:3"])]
)
async def test_export_settings_are_those_of_the_nodes_that_are_named_or_of_all(query: str, nodes: list[Any]) -> None:
    async with house() as it:
        response = await it.post(query=f"?export=true&background=%23fff&svg_include_id=true&quality=3{query}")
    assert response.status_code == 200, response.text
    assert [each["node"] for each in outputs(it)] == nodes
    assert it.cpu.seen[0].header["exports"] is True
    assert outputs(it)[0]["svg_options"] == {"include_id": True}
    assert (outputs(it)[0]["quality"], outputs(it)[0]["background"]) == (3, [1.0, 1.0, 1.0, 1.0])


@pytest.mark.parametrize("option", ["format=png", "scale=2", "width=9", "height=9"])
async def test_what_export_settings_say_cannot_be_said_again(option: str) -> None:
    async with house() as it:
        said = problem(await it.post(query=f"?export=true&{option}"), 422, "option-invalid")
    assert said["field"] == option.partition("=")[0]
    assert "export=true takes it from the document's export settings" in said["detail"]


async def test_no_export_is_none() -> None:
    async with house() as it:
        response = await it.post(query="?export=false&scale=2")
    assert response.headers["content-type"] == "image/png"


# --- which path -------------------------------------------------------------------------------------------------------


async def test_an_order_with_a_vector_goes_to_the_cpu_path_as_a_whole() -> None:
    async with house(with_a_gpu) as it:
        await it.post(query=TWO)
        assert len(outputs(it, "gpu")) == 2
        for vector in VECTORS:
            it.cpu.seen.clear()
            response = await post_nodes(it, ["1:2", {"node": "1:3", "format": vector.value}])
            assert response.headers["render-path"] == "cpu"
            assert [each["format"] for each in outputs(it)] == ["png", vector.value]
        it.cpu.seen.clear()
        assert (await it.post(query="?export=true")).headers["render-path"] == "cpu"


async def test_the_gpu_path_says_why_it_does_not_take_them() -> None:
    async with house(with_a_gpu) as it:
        nodes = ["1:2", {"node": "1:3", "format": "pdf"}]
        listed = problem(await post_nodes(it, nodes, "?path=gpu"), 422, "option-invalid")
        exported = problem(await it.post(query="?export=true&path=gpu"), 422, "option-invalid")
        pixels = await post_nodes(it, ["1:2", {"node": "1:3", "format": "webp"}], "?path=gpu")
    assert (listed["field"], exported["field"]) == ("path", "path")
    assert "nodes[1] asks for pdf, which is written on the CPU path alone" in listed["detail"]
    assert "export settings may ask for pdf or svg, which is written on the CPU path alone" in exported["detail"]
    assert pixels.headers["render-path"] == "gpu"


async def test_a_form_that_can_still_change_who_draws_is_refused_by_whom_it_comes_to() -> None:
    async with house(with_a_gpu, queue_size=0) as it:
        it.cpu.outcome = completed(report=report(media_type="image/svg+xml"))
        async with it.app.state.shared.backends.paths["gpu"].slots.take():
            assert (await post_nodes(it, [{"node": "1:2", "format": "svg"}])).status_code == 200
            problem(await post_nodes(it, ["1:2"]), 429, "overloaded")
            problem(await it.post(), 429, "overloaded")


# --- the part `nodes` -------------------------------------------------------------------------------------------------


async def test_what_an_item_leaves_out_the_query_says() -> None:
    nodes = [
        "1:2",
        {"node": "1-3", "scale": 3},
        {"node": "1:4", "height": 5, "quality": 9},
        {"node": "1:5", "format": "svg", "use_absolute_bounds": True, "svg_include_id": True},
        {"node": "1:5", "format": "svg", "svg_outline_text": True},
    ]
    async with house() as it:
        response = await post_nodes(it, nodes, "?width=100&quality=7&svg_outline_text=false")
    assert response.status_code == 200, response.text
    names = ("node", "format", "scale", "width", "height", "quality", "use_absolute_bounds", "svg_options")
    assert [tuple(each[name] for name in names) for each in outputs(it)] == [
        ("1:2", "png", None, 100, None, 7, False, {}),
        ("1-3", "png", 3.0, None, None, 7, False, {}),
        ("1:4", "png", None, None, 5, 9, False, {}),
        ("1:5", "svg", None, 100, None, 7, True, {"include_id": True, "outline_text": False}),
        ("1:5", "svg", None, 100, None, 7, False, {"outline_text": True}),
    ]
    assert it.cpu.seen[0].inputs == [b"{}"]  # the part is the front end's own


async def test_a_suffix_ends_the_name_of_its_file() -> None:
    async with house() as it:
        response = await post_nodes(it, [{"node": "1:2", "suffix": "@2x", "scale": 2}, "1:2"])
    parts = parts_of(response.headers["content-type"], response.content)
    assert [each.get_filename() for each in parts] == ["1-2@2x.png", "1-2.png"]


async def test_one_item_is_a_container_too() -> None:
    async with house() as it:
        it.cpu.outcome = completed(report=report(media_type="image/webp"))
        response = await post_nodes(it, [{"node": "1:2", "format": "webp", "suffix": "-a"}])
    (only,) = parts_of(response.headers["content-type"], response.content)
    assert (only.get_filename(), only["Render-Node"]) == ("1-2-a.webp", "1:2")


@pytest.mark.parametrize(
    ("nodes", "field"),
    [
        (["1:2", "1:2", "1:2", {"node": "1:3", "scale": 9}], "nodes[3].scale"),
        ([{"node": "1:2", "scale": 2, "width": 3}], "nodes[0]"),
        ([{"node": "1:2", "zoom": 3}], "nodes[0].zoom"),
        ([{"node": "1:2", "path": "cpu"}], "nodes[0].path"),
        ([{"node": "1:2", "export": True}], "nodes[0].export"),
        ([{"scale": 2}], "nodes[0].node"),
        ([{"node": None}], "nodes[0].node"),
        ([{"node": ["1:2"]}], "nodes[0].node"),
        ([{"node": "1:2", "format": "bmp"}], "nodes[0].format"),
        ([{"node": "1:2", "format": "png", "svg_include_id": True}], "nodes[0].svg_include_id"),
        ([{"node": "1:2", "svg_include_id": True}], "nodes[0].svg_include_id"),
        ([{"node": "1:2", "suffix": "x" * 101}], "nodes[0].suffix"),
        ([{"node": "1:2", "scale": float("nan")}], "nodes[0].scale"),
        (["1:2", ""], "nodes[1].node"),
        (["1:2", "é"], "nodes[1].node"),
        ([5], "nodes[0]"),
        ([None], "nodes[0]"),
        ([["1:2"]], "nodes[0]"),
    ],
)
async def test_an_item_that_is_not_valid_is_named(nodes: Any, field: str) -> None:
    async with house() as it:
        said = problem(await post_nodes(it, nodes), 422, "option-invalid")
    assert said["field"] == field
    assert it.cpu.seen == []


async def test_every_wrong_item_is_reported_at_once() -> None:
    async with house() as it:
        nodes = [{"node": "1:2", "scale": 9}, "1:3", {"node": "1:4", "zoom": 1, "quality": 0}]
        said = problem(await post_nodes(it, nodes), 422, "option-invalid")
    assert {each["field"] for each in said["errors"]} == {"nodes[0].scale", "nodes[2].zoom", "nodes[2].quality"}


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"{}", "is a JSON list"),
        (b"null", "is a JSON list"),
        (b"[]", "one item at least"),
        (b'"1:2"', "is a JSON list"),
        (b"", "is empty"),
        (b"[" + b" " * (256 * 1024) + b'"1:2"]', "may have 262144"),
    ],
)
async def test_a_part_that_is_no_list_says_so(nodes: bytes, sentence: str) -> None:
    async with house() as it:
        said = problem(await post_nodes(it, nodes), 422, "part-invalid")
    assert said["field"] == "nodes"
    assert sentence in said["detail"]


async def test_there_is_one_part_of_that_name_at_most() -> None:
    async with house() as it:
        body = form(part("document", b"{}"), part("nodes", b'["1:2"]'), part("nodes", b'["1:3"]'))
        said = problem(await it.post(body, headers=FORM), 422, "part-invalid")
    assert said["field"] == "nodes"


@pytest.mark.parametrize(("query", "field"), [("?node=1:2", "node"), (TWO, "node"), ("?export=true", "export")])
async def test_it_is_said_in_one_place_what_to_draw(query: str, field: str) -> None:
    async with house() as it:
        said = problem(await post_nodes(it, ["1:3"], query), 422, "option-invalid")
    assert said["field"] == field
    assert "leave one of the two out" in said["detail"]


async def test_a_comparison_has_no_such_part() -> None:
    body = form(part("document", b"{}"), part("nodes", b'["1:2"]'))
    async with house() as it:
        said = problem(await it.client.post("/v1/compare", content=body, headers=FORM), 422, "part-invalid")
        problem(
            await it.client.post("/v1/compare?node=1:2&node=1:3", content=b"{}", headers=JSON), 422, "option-invalid"
        )
    assert said["field"] == "nodes"


# --- Accept -----------------------------------------------------------------------------------------------------------


def accepting(accept: str) -> dict[str, str]:
    return {**JSON, "Accept": accept}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "multipart/mixed"),
        ("*/*", "multipart/mixed"),
        ("multipart/*", "multipart/mixed"),
        ("application/zip", "application/zip"),
        ("application/*", "application/zip"),
        ("application/zip, */*;q=0.1", "application/zip"),
        ("application/zip;q=0.5, multipart/mixed;q=0.4", "application/zip"),
        ("application/zip;q=0.4, multipart/mixed;q=0.5", "multipart/mixed"),
        ("multipart/mixed;q=0, */*", "application/zip"),
        ("image/webp, application/zip;q=0.1", "application/zip"),
    ],
)
async def test_several_pictures_are_answered_in_what_is_accepted(accept: str, media_type: str) -> None:
    async with house() as it:
        response = await it.post(query=TWO, headers=accepting(accept))
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize("query", [TWO, "?export=true"])
async def test_who_accepts_no_container_is_told_which_there_are(query: str) -> None:
    async with house() as it:
        response = await it.post(query=query, headers=accepting("image/png, text/html"))
        listed = await post_nodes(it, ["1:2"], Accept="image/png")
    for each in (response, listed):
        said = problem(each, 406, "not-acceptable")
        assert "multipart/mixed or application/zip" in said["detail"]
        assert each.headers["vary"] == "Accept"
    assert it.cpu.seen == []


@pytest.mark.parametrize(
    ("accept", "query", "media_type"),
    [
        ("application/zip", "", "application/zip"),
        ("application/zip", "?node=1:2", "application/zip"),
        ("application/zip", "?format=png", "application/zip"),
        ("multipart/mixed", "", "multipart/mixed"),
        ("multipart/mixed", "?format=png", "multipart/mixed"),
        ("application/zip, image/png;q=0.9", "", "application/zip"),
        ("application/zip, image/png;q=0.9", "?format=png", "application/zip"),
        ("application/zip;q=0.9, image/png", "", "image/png"),
        ("application/zip, image/png", "", "image/png"),
        ("application/zip, */*", "?format=png", "image/png"),
        ("*/*", "", "image/png"),
        ("text/html", "?format=png", "image/png"),
    ],
)
async def test_one_picture_is_in_a_container_for_who_would_rather_have_it(
    accept: str, query: str, media_type: str
) -> None:
    async with house() as it:
        response = await it.post(query=query, headers=accepting(accept))
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("accept", "query", "image_format"),
    [
        ("application/zip", "", ImageFormat.PNG),
        ("application/*", "", ImageFormat.PNG),
        ("application/zip, image/*;q=0.5", "", ImageFormat.PNG),
        ("application/zip, image/webp;q=0.5", "", ImageFormat.WEBP),
        ("application/zip, image/webp;q=0.5, image/avif;q=0.6", "", ImageFormat.AVIF),
        ("application/zip, image/webp;q=0.5", "&format=jpg", ImageFormat.JPEG),
        ("application/zip, application/pdf;q=0.5", "", ImageFormat.PDF),
    ],
)
async def test_pictures_in_a_container_are_of_the_format_that_is_named(
    accept: str, query: str, image_format: ImageFormat
) -> None:
    async with house() as it:
        response = await it.post(query=TWO + query, headers=accepting(accept))
    assert response.status_code == 200, response.text
    assert {each["format"] for each in outputs(it)} == {image_format.value}
    assert [name.rpartition(".")[2] for name in files_of(response.content)][:2] == [image_format.suffixes[0]] * 2


async def test_a_contradiction_that_the_header_made_says_that_it_depends_on_it() -> None:
    async with house() as it:
        response = await it.post(query="?svg_include_id=true", headers=accepting("image/webp"))
        problem(response, 422, "option-invalid")
        several = await it.post(query=f"{TWO}&path=gpu", headers=accepting("multipart/mixed, image/svg+xml"))
        assert problem(several, 422, "option-invalid")["field"] == "path"
    assert response.headers["vary"] == several.headers["vary"] == "Accept"
