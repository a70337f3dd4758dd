from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import pytest

from renderer.formats import ImageFormat
from tests.app.containers.reading import files_of, outputs_of
from tests.app.fakes import JSON, PICTURE, completed, house, picture_of, problem, refusal, report

pytestmark = pytest.mark.anyio

TWO = "?node=1:2&node=1:3"
ZIP = {**JSON, "Accept": "application/zip"}


async def test_a_zip_has_every_picture_and_a_list_of_them() -> None:
    def make(number: int, asked: dict[str, Any]) -> tuple[bytes, bytes]:
        warnings = [{"code": "image-missing", "node": "1:9", "detail": "x"}]
        said = report(node=asked["node"], name="Größe", warnings=warnings, warnings_dropped=2)
        return said, picture_of(number, asked)[1]

    async with house() as it:
        it.cpu.make = make
        response = await it.post(query=TWO, headers=ZIP)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip")
    assert response.headers["content-disposition"] == 'attachment; filename="renders.zip"'
    assert (response.headers["render-count"], response.headers["vary"]) == ("2", "Accept")
    files = files_of(response.content)
    assert list(files) == ["1-2.png", "1-3.png", "renders.json"]
    assert files["1-3.png"] == b"png of 1:3, 1"
    assert outputs_of(files)[1] == {
        "index": 1,
        "node": "1:3",
        "file": "1-3.png",
        "name": "Größe",
        "format": "png",
        "width": 10,
        "height": 20,
        "bytes": 13,
        "warnings": [{"code": "image-missing", "node": "1:9", "detail": "x"}],
        "warnings_dropped": 2,
    }


async def test_what_fails_is_a_problem_in_the_list() -> None:
    def make(number: int, asked: dict[str, Any]) -> tuple[bytes, bytes]:
        return picture_of(number, asked) if number != 1 else (refusal("node-not-found", "There is none."), b"")

    async with house() as it:
        it.cpu.make = make
        response = await it.post(query=f"{TWO}&node=1:4", headers=ZIP)
    files = files_of(response.content)
    assert list(files) == ["1-2.png", "1-4.png", "renders.json"]
    missing = outputs_of(files)[1]
    assert (missing["file"], missing["node"]) == (None, "1:3")
    assert (missing["problem"]["code"], missing["problem"]["status"]) == ("node-not-found", 422)
    assert (missing["problem"]["detail"], missing["problem"]["index"]) == ("There is none.", 1)


async def test_one_picture_in_a_zip_and_one_that_fails_in_none() -> None:
    async with house() as it:
        drawn = await it.post(headers=ZIP)
        it.cpu.outcome = completed(output=b"", report=refusal("document-not-json"))
        problem(await it.post(headers=ZIP), 422, "document-not-json")
    assert files_of(drawn.content)["render.png"] == PICTURE


@pytest.mark.parametrize("image_format", ImageFormat)
async def test_only_what_is_text_is_made_smaller(image_format: ImageFormat) -> None:
    content = b"<svg/>" * 100_000
    async with house() as it:
        it.cpu.outcome = completed(report=report(media_type=image_format.media_type), output=content)
        response = await it.post(query=f"?format={image_format.value}", headers=ZIP)
    assert files_of(response.content)[f"render.{image_format.value}"] == content
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        size = archive.infolist()[0].compress_size
    assert (size < len(content) / 10) is (image_format is ImageFormat.SVG)


async def test_a_zip_can_be_read_as_it_comes_without_its_directory() -> None:
    """As readers of streams do: an entry of unknown size ends where its deflated data end."""
    async with house() as it:
        body = (await it.post(query=TWO, headers=ZIP)).content
    found = {}
    while body.startswith(b"PK\x03\x04"):
        assert int.from_bytes(body[8:10], "little") == zipfile.ZIP_DEFLATED
        name, extra = (int.from_bytes(body[start : start + 2], "little") for start in (26, 28))
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        content = inflating.decompress(body[30 + name + extra :])
        assert inflating.eof
        found[body[30 : 30 + name].decode()] = content
        crc = int.from_bytes(inflating.unused_data[4:8], "little")
        assert inflating.unused_data[:4] == b"PK\x07\x08"
        assert crc == zlib.crc32(content)
        body = inflating.unused_data[16:]
    assert found["1-2.png"] == b"png of 1:2, 0"
    assert list(found) == ["1-2.png", "1-3.png", "renders.json"]


async def test_warnings_in_the_list_are_bounded_and_counted() -> None:
    warnings = [{"code": "image-missing", "node": f"{i}:1", "detail": "x" * 300} for i in range(500)]
    async with house() as it:
        it.cpu.outcome = completed(report=report(warnings=warnings, warnings_dropped=7))
        response = await it.post(headers=ZIP)
    (listed,) = outputs_of(files_of(response.content))
    assert 10 <= len(listed["warnings"]) <= 14
    assert len(listed["warnings"]) + listed["warnings_dropped"] == 507


async def test_a_name_that_the_list_has_is_no_pictures() -> None:
    def make(number: int, asked: dict[str, Any]) -> tuple[bytes, bytes]:
        return report(node="1:2", name="../renders.json"), b"x"

    async with house() as it:
        it.cpu.count, it.cpu.make = 2, make
        response = await it.post(query="?export=true", headers=ZIP)
    files = files_of(response.content)
    assert len(outputs_of(files)) == 2
    assert not [name for name in files if name.startswith(("/", "..")) or "\\" in name]
