from __future__ import annotations

from typing import Any

import pytest

from sandbox.client.forkserver import ForkServerGoneError
from sandbox.job import Verdict
from tests.app.containers.reading import content_of, parts_of, problem_of
from tests.app.fakes import JSON, LAYERS, PICTURE, completed, house, picture_of, problem, refusal, report

pytestmark = pytest.mark.anyio

TWO = "?node=1:2&node=1:3"
MIXED = {**JSON, "Accept": "multipart/mixed"}


def second_is_missing(number: int, asked: dict[str, Any]) -> tuple[bytes, bytes]:
    if number == 1:
        return refusal("node-not-found", "The document has no node 1:3.", stage="parse"), b""
    return picture_of(number, asked)


async def test_a_node_named_twice_is_two_pictures_in_their_order() -> None:
    async with house() as it:
        response = await it.post(query=f"{TWO}&scale=2&format=webp")
    assert response.status_code == 200
    first, second = parts_of(response.headers["content-type"], response.content)
    assert [content_of(part) for part in (first, second)] == [b"webp of 1:2, 0", b"webp of 1:3, 1"]
    assert [part["Render-Node"] for part in (first, second)] == ["1:2", "1:3"]
    assert [part["Render-Index"] for part in (first, second)] == ["0", "1"]
    assert [part.get_filename() for part in (first, second)] == ["1-2.webp", "1-3.webp"]
    (seen,) = it.cpu.seen
    assert [(each["node"], each["scale"]) for each in seen.header["outputs"]] == [("1:2", 2.0), ("1:3", 2.0)]


async def test_what_is_said_of_all_and_of_each() -> None:
    def make(number: int, asked: dict[str, Any]) -> tuple[bytes, bytes]:
        warnings = [{"code": "image-missing", "node": "1:9", "detail": "x"}] if number else []
        return report(node=asked["node"], media_type="image/svg+xml", warnings=warnings), b"<svg/>"

    async with house() as it:
        it.cpu.make = make
        response = await it.post(query=f"{TWO}&format=svg")
    expected = {
        "render-count": "2",
        "render-path": "cpu",
        "render-device": '"Fake";api="none";software=?1',
        "sandbox-layers": ", ".join(LAYERS),
        "cache-control": "no-store",
        "vary": "Accept",
        "x-content-type-options": "nosniff",
    }
    assert {name: response.headers[name] for name in expected} == expected
    assert "content-length" not in response.headers
    plain, warned = parts_of(response.headers["content-type"], response.content)
    assert plain.get_content_type() == "image/svg+xml"
    assert plain["Render-Size"] == "10x20"
    assert plain["Content-Disposition"] == 'attachment; filename="1-2.svg"'
    assert plain["X-Content-Type-Options"] == "nosniff"
    assert plain["Content-Security-Policy"].startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'")
    assert "parse;dur=1.00" in plain["Server-Timing"]
    assert [part["Render-Warnings"] for part in (plain, warned)] == ["0", '1, image-missing;node="1:9";detail="x"']


async def test_the_same_node_twice_is_two_files() -> None:
    async with house() as it:
        response = await it.post(query="?node=1:2&node=1:2")
    parts = parts_of(response.headers["content-type"], response.content)
    assert [part.get_filename() for part in parts] == ["1-2.png", "1-2-2.png"]


async def test_a_picture_that_fails_is_a_problem_in_its_place() -> None:
    async with house() as it:
        it.cpu.make = second_is_missing
        response = await it.post(query=f"{TWO}&node=1:4", headers={**JSON, "Request-Id": "mine-1"})
    assert response.status_code == 200
    first, missing, last = parts_of(response.headers["content-type"], response.content)
    assert (content_of(first), content_of(last)) == (b"png of 1:2, 0", b"png of 1:4, 2")
    said = problem_of(missing, "node-not-found")
    assert (said["status"], said["detail"]) == (422, "The document has no node 1:3.")
    assert (said["node"], said["index"], said["request_id"]) == ("1:3", 1, "mine-1")
    assert missing["Render-Node"] == "1:3"
    assert missing["Content-Disposition"] is None


async def test_a_problem_may_be_the_first_of_all() -> None:
    def make(number: int, asked: dict[str, Any]) -> tuple[bytes, bytes]:
        return picture_of(number, asked) if number else (refusal("node-not-found"), b"")

    async with house() as it:
        it.cpu.make = make
        response = await it.post(query=TWO)
    missing, drawn = parts_of(response.headers["content-type"], response.content)
    problem_of(missing, "node-not-found")
    assert content_of(drawn) == b"png of 1:3, 1"
    assert response.headers["sandbox-layers"] == ", ".join(LAYERS)


async def test_an_order_that_fails_as_a_whole_is_a_problem_with_its_status() -> None:
    async with house() as it:
        it.cpu.outcome = ForkServerGoneError("gone")
        problem(await it.post(query=TWO), 503, "fork-server-gone")
        it.cpu.outcome = completed(verdict=Verdict.REFUSED, refused_layer="seccomp", report=b"", output=b"")
        it.cpu.count = 0
        problem(await it.post(query=TWO), 502, "worker-answer-invalid")
        slots = it.app.state.shared.backends.paths["cpu"].slots
        assert (slots.running, it.app.state.shared.admission.in_flight) == (0, 0)


async def test_export_settings_that_ask_for_nothing_are_no_answer() -> None:
    async with house() as it:
        it.cpu.count = 0
        problem(await it.post(query="?export=true"), 502, "worker-answer-invalid")
        it.cpu.count, it.cpu.make = 1, lambda number, asked: (refusal("exports-none", "No node has any."), b"")
        problem(await it.post(query="?export=true"), 422, "exports-none")


async def test_one_picture_comes_as_a_part_for_who_accepts_nothing_else() -> None:
    async with house() as it:
        response = await it.post(headers=MIXED)
        (part,) = parts_of(response.headers["content-type"], response.content)
        it.cpu.outcome = completed(output=b"", report=refusal("document-not-json"))
        problem(await it.post(headers=MIXED), 422, "document-not-json")
    assert content_of(part) == PICTURE
    assert part.get_content_type() == "image/png"
    assert part.get_filename() == "render.png"
    assert part["Render-Node"] is None
    assert response.headers["render-count"] == "1"


async def test_files_are_named_as_the_document_names_what_it_exports() -> None:
    def make(number: int, asked: dict[str, Any]) -> tuple[bytes, bytes]:
        names = ["Icons/Größe", 'a"b\\c', "Icons/Größe"]
        return report(node=f"1:{number}", name=names[number], suffix="@2x"), b"x"

    async with house() as it:
        it.cpu.count, it.cpu.make = 3, make
        response = await it.post(query="?export=true")
    parts = parts_of(response.headers["content-type"], response.content)
    assert [part["Content-Disposition"] for part in parts] == [
        """attachment; filename="Icons/Gr__e@2x.png"; filename*=UTF-8''Icons%2FGr%C3%B6%C3%9Fe%402x.png""",
        'attachment; filename="a-b-c@2x.png"',
        """attachment; filename="Icons/Gr__e-2@2x.png"; filename*=UTF-8''Icons%2FGr%C3%B6%C3%9Fe-2%402x.png""",
    ]
    assert [part["Render-Node"] for part in parts] == ["1:0", "1:1", "1:2"]


async def test_what_a_worker_writes_cannot_break_a_part() -> None:
    nasty = "a\r\n\r\n--b\r\nSet-Cookie: x\x00\u202eé"

    def make(number: int, asked: dict[str, Any]) -> tuple[bytes, bytes]:
        return report(node=nasty, name=nasty, suffix=nasty), b"x"

    async with house() as it:
        it.cpu.count, it.cpu.make = 2, make
        response = await it.post(query="?export=true")
    parts = parts_of(response.headers["content-type"], response.content)
    assert [content_of(part) for part in parts] == [b"x", b"x"]
    assert all(part["Set-Cookie"] is None for part in parts)


async def test_no_two_answers_have_the_same_boundary() -> None:
    async with house() as it:
        kinds = {(await it.post(query=TWO)).headers["content-type"] for _ in range(3)}
    assert len(kinds) == 3
    assert all(len(kind.partition("boundary=")[2]) >= 32 for kind in kinds)
