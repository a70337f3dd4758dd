from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from renderer.formats import BITMAPS, DEFAULT, LOSSY, VECTORS, ImageFormat, listed, of_suffix

ROOT = Path(__file__).parents[2]


def test_every_format_is_known_whole() -> None:
    assert [each.value for each in ImageFormat] == ["png", "jpg", "webp", "avif", "pdf", "svg"]
    assert [each.media_type for each in ImageFormat] == [
        *("image/png", "image/jpeg", "image/webp", "image/avif"),
        *("application/pdf", "image/svg+xml"),
    ]
    assert all(each.label.lower() in (each.value, "jpeg") for each in ImageFormat)


def test_formats_hold_pixels_or_what_to_draw() -> None:
    assert [each.value for each in VECTORS] == ["pdf", "svg"]
    assert [each.value for each in LOSSY] == ["jpg", "webp", "avif"]
    assert (*BITMAPS, *VECTORS) == tuple(ImageFormat)
    assert DEFAULT is ImageFormat.PNG


def test_nothing_is_said_twice() -> None:
    suffixes = [suffix for each in ImageFormat for suffix in each.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert len({each.media_type for each in ImageFormat}) == len({each.label for each in ImageFormat}) == 6


@pytest.mark.parametrize(
    ("suffix", "image_format"),
    [
        (".png", ImageFormat.PNG),
        (".JPG", ImageFormat.JPEG),
        (".jpeg", ImageFormat.JPEG),
        ("svg", ImageFormat.SVG),
        (".bmp", None),
        ("", None),
        (".", None),
    ],
)
def test_a_file_is_known_by_its_suffix(suffix: str, image_format: ImageFormat | None) -> None:
    assert of_suffix(suffix) is image_format


def test_names_are_listed_as_a_sentence_has_them() -> None:
    assert listed(LOSSY) == "jpg, webp and avif"
    assert listed(VECTORS, "or") == "pdf or svg"
    assert listed([ImageFormat.PNG]) == "png"


def test_the_front_end_can_ask_without_what_draws() -> None:
    script = (
        "import sys; before = set(sys.modules); import renderer.formats; "
        "print({name.partition('.')[0] for name in sys.modules.keys() - before} - sys.stdlib_module_names)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "{'renderer'}\n"
