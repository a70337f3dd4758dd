from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator

import httpx
import pytest

from renderer.documents import DECODED
from tests.app.fakes import House, house, problem

pytestmark = pytest.mark.anyio

IMAGE = b"bytes of an image"
DIGEST = hashlib.sha1(IMAGE, usedforsecurity=False).hexdigest()
BOUNDARY = "limit"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(name: str, content: bytes, *, filename: str | None = None, more: str = "") -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    return f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n{more}\r\n".encode() + content + b"\r\n"


def form(*parts: bytes, end: bytes = f"--{BOUNDARY}--\r\n".encode()) -> bytes:
    return b"".join(parts) + end


async def in_pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def post_pieces(it: House, data: bytes, size: int, headers: dict[str, str]) -> httpx.Response:
    return await it.client.post("/v1/render", content=in_pieces(data, size), headers=headers)


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_a_form_in_pieces_of_any_size(size: int) -> None:
    body = form(
        part("document", b"{}\r\n--limi", filename="d.json", more="Content-Type: application/json\r\n"),
        part("image", IMAGE, filename=f"{DIGEST}.png"),
        part(DIGEST, IMAGE),
        part("image", b"another", filename="holiday.jpg"),
    )
    async with house() as it:
        response = await post_pieces(it, body, size, FORM)
    assert response.status_code == 200
    (seen,) = it.cpu.seen
    assert seen.inputs == [b"{}\r\n--limi", IMAGE, b"another"]
    assert seen.sealed
    assert seen.header["images"] == [DIGEST, hashlib.sha1(b"another", usedforsecurity=False).hexdigest()]


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([part("image", IMAGE)], "document"),
        ([part("document", b"{}"), part("document", b"{}")], "document"),
        ([part("document", b"")], "document"),
        ([part("document", b"{}"), part("image", b"")], "image"),
        ([part("document", b"{}"), part("font", b"OTTO")], "font"),
        ([part("document", b"{}"), part("node", b"1:2")], "node"),
    ],
)
async def test_a_part_that_cannot_be_used_is_named(parts: list[bytes], field: str) -> None:
    async with house() as it:
        said = problem(await it.post(form(*parts), headers=FORM), 422, "part-invalid")
    assert said["field"] == field


async def test_an_image_under_a_digest_that_is_not_its_own() -> None:
    body = form(part("document", b"{}"), part("image", b"other bytes", filename=DIGEST))
    async with house() as it:
        said = problem(await it.post(body, headers=FORM), 422, "image-digest-mismatch")
    assert DIGEST in said["detail"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (form(part("document", b"{}"), end=b""), FORM),
        (form(part("document", b"{}"))[:20], FORM),
        (b"no boundary at all", FORM),
        (form(part("document", b"{}")), {"Content-Type": "multipart/form-data"}),
        (form(part("document", b"{}")), {"Content-Type": f"multipart/form-data; boundary={'x' * 300}"}),
        (form(b"--limit\r\nX: y\r\n\r\nz\r\n"), FORM),
        (form(b"--limit\r\nContent-Disposition: attachment; name=document\r\n\r\nz\r\n"), FORM),
        (form(part("document", b"e30=", more="Content-Transfer-Encoding: base64\r\n")), FORM),
        (form(part("document", b"{}", more="X: " + "y" * 10_000 + "\r\n")), FORM),
        (form(part("document", b"{}", more="X: y\r\n" * 50)), FORM),
        (form(part("d" * 10_000, b"{}")), FORM),
    ],
)
async def test_a_malformed_form(body: bytes, headers: dict[str, str]) -> None:
    async with house() as it:
        problem(await it.post(body, headers=headers), 400, "multipart-invalid")
    assert it.cpu.seen == []


async def test_ten_thousand_parts_are_stopped_early() -> None:
    before = open_descriptors()
    async with house() as it:
        problem(await it.post(form(*[part("image", b"x")] * 10_000), headers=FORM), 422, "part-invalid")
    assert open_descriptors() <= before


@pytest.mark.parametrize("headers", [{"Content-Type": "application/json"}, FORM])
async def test_an_empty_body(headers: dict[str, str]) -> None:
    async with house() as it:
        problem(await it.post(b"", headers=headers), 400, "body-empty")
        problem(await post_pieces(it, b"", 1, headers), 400, "body-empty")


@pytest.mark.parametrize(
    ("media_type", "sentence"),
    [
        ("application/x-figma", ".fig file cannot be drawn yet"),
        ("text/html", "text/html is not supported"),
        ("image/svg+xml", "not supported"),
        ("", "no Content-Type"),
    ],
)
async def test_a_media_type_that_is_not_supported(media_type: str, sentence: str) -> None:
    async with house() as it:
        said = problem(await it.post(b"{}", headers={"Content-Type": media_type}), 415, "media-type-unsupported")
    assert sentence in said["detail"]


async def test_a_fig_file_in_a_form_is_refused_as_one() -> None:
    body = form(part("document", b"fig-kiwi", more="Content-Type: application/x-figma\r\n"))
    async with house() as it:
        problem(await it.post(body, headers=FORM), 415, "media-type-unsupported")


async def test_a_fig_file_in_a_form_is_known_by_its_name() -> None:
    body = form(part("document", b"{}", filename="a.FIG", more="Content-Type: application/octet-stream\r\n"))
    async with house() as it:
        said = problem(await it.post(body, headers=FORM), 415, "media-type-unsupported")
    assert ".fig file cannot be drawn yet" in said["detail"]


async def test_what_is_accepted_are_the_formats_that_are_decoded_and_a_form() -> None:
    async with house() as it:
        response = await it.post(b"{}", headers={"Content-Type": "text/html"})
    assert response.headers["accept"] == ", ".join([*(each.media_type for each in DECODED), "multipart/form-data"])


async def test_a_compressed_body_is_refused() -> None:
    async with house() as it:
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        said = problem(await it.post(b"\x1f\x8b", headers=headers), 415, "media-type-unsupported")
    assert "uncompressed" in said["detail"]


async def test_a_charset_parameter_is_no_other_media_type() -> None:
    async with house() as it:
        assert (await it.post(headers={"Content-Type": "Application/JSON; charset=utf-8"})).status_code == 200


async def test_an_oversized_body_is_refused_by_its_announced_length_before_it_is_read() -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"x" * 2000

    async with house(max_body_bytes=1000) as it:
        headers = {"Content-Type": "application/json", "Content-Length": "2000"}
        response = await it.client.post("/v1/render", content=body(), headers=headers)
        said = problem(response, 413, "body-too-large")
    assert "RENDERSERVER_MAX_BODY_BYTES" in said["detail"]
    assert it.cpu.seen == []


async def test_an_oversized_body_of_unknown_length_is_refused_while_it_comes() -> None:
    async with house(max_body_bytes=1000) as it:
        problem(await post_pieces(it, b"x" * 2000, 100, {"Content-Type": "application/json"}), 413, "body-too-large")
        problem(await post_pieces(it, form(part("document", b"x" * 2000)), 100, FORM), 413, "body-too-large")
        assert (await post_pieces(it, b"x" * 1000, 100, {"Content-Type": "application/json"})).status_code == 200


async def test_all_bodies_together_are_bounded_and_given_back() -> None:
    async with house(max_pending_bytes=1500, workers=2) as it:
        for _ in range(3):
            assert (await it.post(b"x" * 1000)).status_code == 200
        problem(await it.post(b"x" * 1501), 429, "overloaded")
        assert (await it.post(b"x" * 1500)).status_code == 200
        assert it.app.state.shared.admission.pending_bytes == 0


async def test_a_body_that_does_not_arrive() -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    async with house(upload_timeout_s=0.05) as it:
        # The transport in memory would wait for the end of the body first, so the application is called directly.
        problem(await _direct(it, slow()), 408, "upload-timeout")


async def _direct(it: House, chunks: AsyncIterator[bytes]) -> httpx.Response:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": await anext(chunks), "more_body": True}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/render",
        "raw_path": b"/v1/render",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "scheme": "http",
        "server": ("test", 80),
        "client": ("test", 1),
    }
    await it.app(scope, receive, send)  # type: ignore[arg-type]
    start, body = sent
    return httpx.Response(start["status"], headers=start["headers"], content=body["body"])  # type: ignore[arg-type]


async def test_a_request_leaves_no_descriptor_behind() -> None:
    good = form(part("document", b"{}"), part("image", IMAGE))
    bad = form(part("document", b"{}"), part("image", IMAGE), part("font", b"x"))
    async with house() as it:
        await it.post(good, headers=FORM)
        before = open_descriptors()
        for body in (good, bad, good[:-10]):
            await it.post(body, headers=FORM)
        await it.post(b"{}")
        assert open_descriptors() == before
