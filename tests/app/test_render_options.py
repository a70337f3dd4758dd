from __future__ import annotations

import pytest

from app.options import RenderQuery, encode_header, parse_colour
from tests.app.fakes import house, problem

pytestmark = pytest.mark.anyio


async def test_the_worker_gets_the_options_as_they_were_checked() -> None:
    async with house() as it:
        query = "?node=1:2&format=png&scale=2&background=%23f008&quality=7&contents_only=false&use_absolute_bounds=true"
        response = await it.post(b'{"name": "x"}', query)
    assert response.status_code == 200
    (seen,) = it.cpu.seen
    assert seen.inputs == [b'{"name": "x"}']
    assert seen.sealed
    assert seen.header == {
        "options": {
            "node": "1:2",
            "format": "png",
            "scale": 2.0,
            "width": None,
            "height": None,
            "background": [1.0, 0.0, 0.0, 136 / 255],
            "quality": 7,
            "contents_only": False,
            "use_absolute_bounds": True,
        },
        "media_type": "application/json",
        "images": [],
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("scale=0", "scale"),
        ("scale=0.009", "scale"),
        ("scale=4.01", "scale"),
        ("scale=nan", "scale"),
        ("scale=inf", "scale"),
        ("scale=big", "scale"),
        ("scale=", "scale"),
        ("width=0", "width"),
        ("width=16385", "width"),
        ("height=1.5", "height"),
        ("format=bmp", "format"),
        ("format=PNG", "format"),
        ("format=pdf", "format"),
        ("format=svg", "format"),
        ("path=tpu", "path"),
        ("quality=0", "quality"),
        ("quality=101", "quality"),
        ("background=red", "background"),
        ("background=%2312345", "background"),
        ("contents_only=maybe", "contents_only"),
        ("node=", "node"),
        ("node=%00", "node"),
        ("node=" + "9" * 257, "node"),
        ("zoom=2", "zoom"),
        ("Scale=2", "Scale"),
        ("scale=1&scale=2", "scale"),
    ],
)
async def test_an_option_that_is_not_valid_is_named(query: str, field: str) -> None:
    async with house() as it:
        said = problem(await it.post(query=f"?{query}"), 422, "option-invalid")
    assert said["field"] == field
    assert field in said["detail"]
    assert it.cpu.seen == []


async def test_every_wrong_option_is_reported_at_once() -> None:
    async with house() as it:
        said = problem(await it.post(query="?scale=9&width=0&zoom=1"), 422, "option-invalid")
    assert {error["field"] for error in said["errors"]} == {"scale", "width", "zoom"}


async def test_scale_and_width_exclude_each_other() -> None:
    async with house() as it:
        said = problem(await it.post(query="?scale=2&width=100"), 422, "option-invalid")
    assert "scale excludes width and height" in said["detail"]


async def test_formats_that_come_later_say_so() -> None:
    async with house() as it:
        said = problem(await it.post(query="?format=pdf"), 422, "option-invalid")
    assert "pdf is not supported yet; png, jpg, webp and avif are" in said["detail"]


@pytest.mark.parametrize(
    ("text", "rgba"),
    [
        ("#fff", (1.0, 1.0, 1.0, 1.0)),
        ("fff", (1.0, 1.0, 1.0, 1.0)),
        ("#0f08", (0.0, 1.0, 0.0, 136 / 255)),
        ("#102030", (16 / 255, 32 / 255, 48 / 255, 1.0)),
        ("#10203040", (16 / 255, 32 / 255, 48 / 255, 64 / 255)),
        ("transparent", (0.0, 0.0, 0.0, 0.0)),
    ],
)
async def test_colours(text: str, rgba: tuple[float, ...]) -> None:
    assert parse_colour(text) == pytest.approx(rgba)


async def test_the_header_names_images_in_the_order_of_the_inputs() -> None:
    header = encode_header(RenderQuery(), media_type="application/json", images=("b" * 40, "a" * 40))
    assert header.endswith(b'"images": ["%s", "%s"]}' % (b"b" * 40, b"a" * 40))
