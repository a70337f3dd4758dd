from __future__ import annotations

import pytest

from app.options import RenderQuery, encode_header, parse_colour
from renderer.formats import VECTORS, ImageFormat
from tests.app.fakes import FakeServer, completed, house, problem, report

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
        "outputs": [
            {
                "node": "1:2",
                "format": "png",
                "scale": 2.0,
                "width": None,
                "height": None,
                "background": [1.0, 0.0, 0.0, 136 / 255],
                "quality": 7,
                "contents_only": False,
                "use_absolute_bounds": True,
                "shows": "picture",
                "svg_options": {},
            }
        ],
        "exports": False,
        "skip": [],
        "max_outputs": 1,
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
        ("format=jpeg", "format"),
        ("format=image/png", "format"),
        ("format=", "format"),
        ("format=svg&svg_outline_text=maybe", "svg_outline_text"),
        ("svg_outline_text=true", "svg_outline_text"),
        ("format=png&svg_include_id=true", "svg_include_id"),
        ("format=pdf&svg_include_node_id=false", "svg_include_node_id"),
        ("svg_simplify_stroke=false", "svg_simplify_stroke"),
        ("format=svg&path=gpu", "path"),
        ("format=pdf&path=gpu", "path"),
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


async def test_an_option_for_svg_says_what_it_is_for() -> None:
    async with house() as it:
        said = problem(await it.post(query="?format=pdf&svg_include_id=true"), 422, "option-invalid")
    assert "svg_include_id: belongs to svg; ask for format=svg, or leave the option out" in said["detail"]


async def test_the_options_for_svg_reach_the_worker_as_they_were_given() -> None:
    query = "?format=svg&svg_outline_text=false&svg_include_id=true&svg_simplify_stroke=true"
    async with house() as it:
        it.cpu.outcome = completed(report=report(media_type="image/svg+xml"))
        assert (await it.post(query=query)).status_code == 200
    options = it.cpu.seen[0].header["outputs"][0]
    assert options["svg_options"] == {"outline_text": False, "include_id": True, "simplify_stroke": True}
    assert not [name for name in options if name.startswith("svg_") and name != "svg_options"]


@pytest.mark.parametrize("image_format", ImageFormat)
async def test_a_quality_is_taken_with_every_format(image_format: ImageFormat) -> None:
    """It counts for some; a client need not know for which."""
    async with house() as it:
        it.cpu.outcome = completed(report=report(media_type=image_format.media_type))
        assert (await it.post(query=f"?quality=7&format={image_format.value}")).status_code == 200


# --- which path -------------------------------------------------------------------------------------------------------


def with_a_gpu(servers: dict[str, FakeServer]) -> None:
    servers["gpu"].device = {"name": "card", "software": False, "api": "GLES"}


@pytest.mark.parametrize("image_format", VECTORS)
@pytest.mark.parametrize("path", ["", "&path=auto", "&path=cpu"])
async def test_vector_formats_are_written_on_the_cpu_path(image_format: ImageFormat, path: str) -> None:
    async with house(with_a_gpu) as it:
        it.cpu.outcome = completed(report=report(media_type=image_format.media_type))
        response = await it.post(query=f"?format={image_format.value}{path}")
    assert response.status_code == 200, response.text
    assert response.headers["render-path"] == "cpu"
    assert it.servers["gpu"].seen == []


async def test_where_the_cpu_path_is_switched_off_no_other_takes_its_place() -> None:
    async with house(with_a_gpu, paths="gpu") as it:
        problem(await it.post(query="?format=pdf"), 503, "path-unavailable")
        assert (await it.post()).status_code == 200


async def test_a_path_that_writes_no_vector_format_says_what_to_take() -> None:
    async with house(with_a_gpu) as it:
        said = problem(await it.post(query="?format=svg&path=gpu"), 422, "option-invalid")
    assert "svg is written on the CPU path alone; leave the option out, or take cpu or auto" in said["detail"]


# --- Accept -----------------------------------------------------------------------------------------------------------


def accepting(accept: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Accept": accept}


@pytest.mark.parametrize("image_format", ImageFormat)
async def test_without_a_format_the_accept_header_chooses(image_format: ImageFormat) -> None:
    async with house() as it:
        it.cpu.outcome = completed(report=report(media_type=image_format.media_type))
        response = await it.post(headers=accepting(f"text/html, {image_format.media_type};q=0.4"))
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == image_format.media_type
    assert response.headers["vary"] == "Accept"
    assert it.cpu.seen[0].header["outputs"][0]["format"] == image_format.value


@pytest.mark.parametrize("accept", ["image/webp", "text/html", "*/*;q=0"])
async def test_a_format_that_is_named_is_made_whatever_is_accepted(accept: str) -> None:
    async with house() as it:
        response = await it.post(query="?format=png", headers=accepting(accept))
    assert (response.status_code, response.headers["content-type"]) == (200, "image/png")
    assert response.headers["vary"] == "Accept"


async def test_a_client_that_accepts_no_format_is_told_which_there_are() -> None:
    async with house() as it:
        response = await it.post(headers=accepting("text/html, image/png;q=0"))
        said = problem(response, 406, "not-acceptable")
    assert all(each.media_type in said["detail"] for each in ImageFormat)
    assert response.headers["vary"] == "Accept"
    assert it.cpu.seen == []


async def test_an_option_that_is_not_valid_comes_before_what_is_accepted() -> None:
    async with house() as it:
        problem(await it.post(query="?scale=9", headers=accepting("text/html")), 422, "option-invalid")


async def test_options_are_held_to_the_format_that_the_header_chose() -> None:
    async with house(with_a_gpu) as it:
        it.cpu.outcome = completed(report=report(media_type="image/svg+xml"))
        drawn = await it.post(query="?svg_include_id=true", headers=accepting("image/svg+xml"))
        wrong = await it.post(query="?svg_include_id=true", headers=accepting("image/webp"))
        other = await it.post(query="?path=gpu", headers=accepting("application/pdf"))
    assert drawn.status_code == 200, drawn.text
    assert problem(wrong, 422, "option-invalid")["field"] == "svg_include_id"
    assert problem(other, 422, "option-invalid")["field"] == "path"


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
    assert b'"images": ["%s", "%s"]' % (b"b" * 40, b"a" * 40) in header
