"""Whether a picture is ours: what is wrong with one is noticed."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.fresh import picture

RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 255)


def drawn(left: tuple[int, ...], right: tuple[int, ...], size: tuple[int, int] = (80, 60), form: str = "PNG") -> bytes:
    image = Image.new("RGBA", size, left)
    image.paste(right, (size[0] // 2, 0, *size))
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


def test_red_on_the_left_and_blue_on_the_right_is_right() -> None:
    assert picture.wrong(drawn(RED, BLUE)) == ""
    assert picture.wrong(drawn((254, 1, 0, 255), BLUE)) == ""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (drawn(BLUE, RED), "at (10, 30) it is (0, 0, 255, 255), not (255, 0, 0, 255)"),
        (drawn(RED, RED), "at (70, 30)"),
        (drawn((250, 0, 0, 255), BLUE), "at (10, 30)"),
        (drawn(RED, (0, 0, 255, 128)), "at (70, 30)"),
        (drawn((0, 0, 0, 0), (0, 0, 0, 0)), "at (10, 30)"),
        (drawn(RED, BLUE, (40, 30)), "40 x 30 pixels, not 80 x 60"),
        (drawn(RED, BLUE, form="WEBP"), "not a PNG"),
        (drawn(RED, BLUE)[:-80], "not a PNG"),
        (b"{}", "not a PNG"),
        (b"", "not a PNG"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said(data: bytes, said: str) -> None:
    assert said in picture.wrong(data)
